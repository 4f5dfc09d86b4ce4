import test from 'ava';
import type {Activity} from '../sim/stats/activity.ts';
import {explanationsOf, fivePatterns} from './samples.ts';
import {study} from './study.ts';
import {traceEvents, type TraceEvent} from './trace-events.ts';

const results = fivePatterns();
const [point] = study(results, explanationsOf(results));
const everything = {from: 0, to: Infinity, most: 1e6};
const {traceEvents: events, otherData} = traceEvents(point!, point!.timeline!, everything);
/** A warp, its sub-core's tensor pipe and ledger, two slices and a channel. */
const activity: Activity = {
  from: 0,
  to: 400,
  rows: [
    {sm: 3, subcore: 1, slot: 5, kind: 'warp', start: [0, 10, 12], end: [10, 12, 44], what: ['wait: long_scoreboard', 'issue', 'MMA']},
    {sm: 3, subcore: 1, kind: 'pipe', start: [12], end: [44], what: ['MMA']},
    {sm: 3, subcore: 1, kind: 'ledger', start: [0, 12, 44], end: [12, 44, 400], what: ['long_scoreboard', 'tensor_active', 'tail']},
  ],
  leftOut: 2,
  units: {every: 100, slices: [[0.5, 0.5, 0.25, 0], [1, 1, 1, 1]], channels: [[0, 0.5, 0.5, 1]], activations: [3, 4, 4, 0]},
}; // prettier-ignore
const close = traceEvents(point!, point!.timeline!, everything, activity);
interface Slice extends TraceEvent {
  readonly ts: number;
  readonly dur: number;
}

/** Begins and ends put together again, as a viewer does: an end closes what was begun last in its row. Throws where there is nothing to close. */
function slicesOf(all: readonly TraceEvent[], ns = (us: number) => us): readonly Slice[] {
  const open = new Map<string, TraceEvent[]>();
  const done = all.flatMap((event): Slice[] => {
    const row = `${event.pid} ${event.tid}`;
    if (event.ph === 'B') open.set(row, [...(open.get(row) ?? []), event]);
    if (event.ph !== 'E') return [];
    const begun = open.get(row)?.pop();
    if (begun?.name !== event.name || begun.args !== event.args) throw new Error(`${event.name} is not what is open in row ${row} at ${event.ts}`);
    return [{...begun, ts: ns(begun.ts!), dur: ns(event.ts!) - ns(begun.ts!)}];
  });
  if ([...open.values()].some((row) => row.length > 0)) throw new Error('a slice has no end');
  return done.toSorted((x, y) => x.ts - y.ts);
}

const slices = (cat: string, of = events) => slicesOf(of).filter((e) => e.cat === cat);

test('it is valid Trace Event JSON: phases, times and places are what viewers want', (t) => {
  const read = JSON.parse(JSON.stringify({traceEvents: events})) as {traceEvents: TraceEvent[]};
  for (const {name, ph, pid, tid, ts, args} of read.traceEvents) {
    t.true(['B', 'E', 'C', 'M'].includes(ph) && Number.isInteger(pid));
    t.true(name.length > 0);
    if (ph !== 'M') t.true(Number.isFinite(ts) && ts! >= 0);
    if (ph === 'B' || ph === 'E') t.true(Number.isInteger(tid));
    if (ph === 'C') t.true(Object.values(args!).every((value) => Number.isFinite(value)));
  }
  const times = read.traceEvents.flatMap(({ts}) => (ts === undefined ? [] : [ts]));
  t.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});

/** How viewers read times: as they are, cut to whole nanoseconds, or rounded to them. */
const readings = {
  'as they are': (us: number) => us * 1000,
  'cut to nanoseconds': (us: number) => Math.trunc(us * 1000),
  'rounded to nanoseconds': (us: number) => Math.round(us * 1000),
};

for (const [how, ns] of Object.entries(readings)) {
  test(`slices of one row nest, their times read ${how}: none begins in another and ends after it`, (t) => {
    const rows = new Map<string, Slice[]>();
    for (const e of slicesOf(close.traceEvents, ns)) rows.set(`${e.pid} ${e.tid}`, [...(rows.get(`${e.pid} ${e.tid}`) ?? []), e]);
    for (const row of rows.values())
      for (const [i, a] of row.entries())
        for (const b of row.slice(i + 1)) t.true(b.ts >= a.ts + a.dur || b.ts + b.dur <= a.ts + a.dur, JSON.stringify([a, b]));
  });
}

test('a slice within another, as short as nothing or as long, is closed before it', (t) => {
  const row = {
    sm: 3,
    subcore: 1,
    kind: 'pipe' as const,
    start: [0, 0, 5, 10, 10],
    end: [10, 5, 10, 10, 20],
    what: ['all', 'first', 'second', 'none', 'after'],
  };
  const all = traceEvents(point!, point!.timeline!, everything, {...activity, rows: [row]});
  t.deepEqual(
    slices('pipe', [...all.traceEvents]).map(({name, args}) => [name, args!['sm_cycles']]),
    [
      ['first', 5],
      ['all', 10],
      ['second', 5],
      ['none', 0],
      ['after', 10],
    ],
  );
});

test('thousands of slices of some cycles are together as long as their cycles to 1 %, cut to nanoseconds', (t) => {
  const start = Array.from({length: 5000}, (_, i) => 3 * i);
  const row = {sm: 3, subcore: 1, kind: 'pipe' as const, start, end: start.map((from) => from + 3), what: start.map(() => 'MMA')};
  const all = traceEvents(point!, point!.timeline!, everything, {...activity, rows: [row]});
  const mmas = slices('pipe', [...all.traceEvents]);
  const together = mmas.reduce((sum, {ts, dur}) => sum + Math.trunc((ts + dur) * 1000) - Math.trunc(ts * 1000), 0) / 1000;
  t.true(Math.abs((together * results[0]!.clock_mhz) / (3 * 5000) - 1) < 0.01);
  const [first, second] = mmas.map(({ts}) => Math.trunc(ts * 1000));
  t.deepEqual([first, second], [0, 2], 'three cycles of 1410 MHz are 2.1 ns');
});

test('every row has a name, and none is numbered 0, which some viewers take for an idle system', (t) => {
  const {traceEvents: all} = close;
  const named = (what: string) =>
    new Set(all.filter(({name}) => name === what).map(({pid, tid}) => (tid === undefined ? `${pid}` : `${pid} ${tid}`)));
  for (const {ph, pid, tid} of all) {
    t.true(named('process_name').has(`${pid}`) && pid > 0);
    if (ph === 'B') t.true(named('thread_name').has(`${pid} ${tid}`) && tid! > 0);
  }
});

test('the ledger’s slices are as long as its reasons, and together as the run', (t) => {
  const {ledger, cycles, clock_mhz} = results[0]!;
  const durations = Object.fromEntries(slices('ledger').map((e) => [e.name, e.dur * clock_mhz]));
  for (const [reason, expected] of Object.entries(ledger)) t.true(Math.abs(durations[reason]! - expected) <= 2);
  t.true(Math.abs(Object.values(durations).reduce((a, b) => a + b, 0) / cycles - 1) < 1e-5);
});

test('every CTA is a slice named after its weight tile, within its kernel', (t) => {
  const ctas = slices('cta');
  t.is(ctas.length, 10);
  t.deepEqual([...new Set(ctas.map((e) => e.name))].toSorted(), ['weight tile 0', 'weight tile 1', 'weight tile 2']);
  const [kernel] = slices('kernel');
  t.true(ctas.every((e) => e.ts >= kernel!.ts && e.ts + e.dur <= kernel!.ts + kernel!.dur + 1e-9));
});

test('a window and a cap leave CTAs out, and say how many', (t) => {
  t.is(otherData['ctas_left_out'], 0);
  const capped = traceEvents(point!, point!.timeline!, {...everything, most: 3});
  t.is(slices('cta', [...capped.traceEvents]).length, 3);
  t.is(capped.otherData['ctas_left_out'], 7);
  const late = traceEvents(point!, point!.timeline!, {...everything, from: 150});
  t.is(slices('cta', [...late.traceEvents]).length, 2);
});

test('how busy the units were is a counter each, in per cent, as far as the window shows', (t) => {
  const of = (name: string, all: readonly TraceEvent[]) => all.filter((e) => e.ph === 'C' && e.name === name).map((e) => e.args!['% busy']);
  t.deepEqual(of('tensor pipes', events), [50, 90, 90, 10]);
  t.deepEqual(of('DRAM channels', events), [100, 50, 50, 25]);
  const {cycles, clock_mhz} = results[0]!;
  const half = traceEvents(point!, point!.timeline!, {...everything, from: cycles / clock_mhz / 2});
  t.deepEqual(of('L2 slices', half.traceEvents), [40, 0]);
});

test('warps, tensor pipes and sub-cores have rows of their own below the CTA slots of their SM, under names that stay', (t) => {
  const rows = close.traceEvents.filter((e) => e.name === 'thread_name' && e.pid === 13).map((e) => e.args!['name']);
  t.deepEqual(rows, ['CTA slot 0', 'CTA slot 1', 'sub-core 1: ledger', 'sub-core 1: tensor pipe', 'warp 05 (sub-core 1)']);
  const [mma] = slices('pipe', [...close.traceEvents]);
  t.deepEqual(
    [mma!.name, mma!.args!['sm_cycles'], Math.round(mma!.dur! * 1000)],
    ['MMA', 32, Math.round((44 * 1000) / 1410) - Math.round((12 * 1000) / 1410)],
  );
  t.is(slices('warp', [...close.traceEvents]).length, 3);
  t.is(close.otherData['spans_left_out'], 2);
});

test('every L2 slice and DRAM channel is a counter that speaks when it changes', (t) => {
  const of = (name: string) => close.traceEvents.filter((e) => e.ph === 'C' && e.name === name).map((e) => Object.values(e.args!)[0]);
  t.deepEqual(of('slice 00'), [50, 25, 0]);
  t.deepEqual(of('slice 01'), [100]);
  t.deepEqual(of('channel 00'), [0, 50, 100]);
  t.deepEqual(of('rows opened'), [3, 4, 0]);
});
