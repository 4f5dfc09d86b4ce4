import test from 'ava';
import {experiment, read} from './config/given.ts';
import {watchTimes} from './probes/cta-times.ts';
import {simulate} from './simulate.ts';
import {reasonNames} from './stats/ledger.ts';
import {activityOf, timelineOf} from './timeline.ts';

const {points} = read({
  'e.yaml': experiment({
    workload: '[{name: tiny, m: 256, n: 256, k: 512}]',
    patterns: '[{type: tw, sparsity: 0.5, granularity: 64}]',
    kernel: '{tile: [64, 64, 32], warps: [2, 2], stages: 3, splitK: 2}',
  }),
});
const point = points[0]!;

test('every CTA of every kernel has its place and its time, and watching changes no digest', (t) => {
  const timeline = timelineOf(point)!;
  const result = simulate(point);
  t.is(timeline.digest, result.digest);
  t.is(timeline.launches.length, 2);
  const [main, reduction] = timeline.launches.map(({first}) => first) as [number, number];
  t.deepEqual([main, reduction], [0, result.kernel.ctas]);
  t.is(new Set(timeline.cta.slice(0, reduction)).size, reduction);
  timeline.start.forEach((start, i) => t.true(start < timeline.end[i]! && timeline.end[i]! <= result.cycles));
  t.true(timeline.steps.slice(0, reduction).every((steps) => steps > 0));
});

test('a kernel starts when the one before it has ended', (t) => {
  const {start, end, launches} = timelineOf(point)!;
  const first = launches[1]!.first;
  t.true(Math.min(...start.slice(first)) > Math.max(...end.slice(0, first)));
});

test('`bound` plays no CTA, and has no timeline', (t) => t.is(timelineOf({...point, fidelity: 'bound'}), undefined));

test('a trace that is played again begins the list anew', (t) => {
  const {times, probe} = watchTimes(1);
  const play = (until: number) => {
    probe.started!(0, 0, 0, 10);
    probe.ended!(0, 0, 0, until);
  };
  play(100);
  play(90);
  t.deepEqual(times, {cta: [0], sm: [0], slot: [0], start: [10], end: [90]});
});

test('how busy the units were adds up, over the intervals, to their share of the whole run', (t) => {
  const {loads, cycles} = timelineOf(point)!;
  const {metrics} = simulate(point);
  t.is(loads!.tensor.length, Math.ceil(cycles / loads!.every));
  const whole = (kind: 'tensor' | 'shared' | 'dram') => (100 * loads!.every * loads![kind].reduce((a, b) => a + b, 0)) / cycles;
  t.true(Math.abs(whole('tensor') - metrics['sm__throughput.avg.pct_of_peak_sustained_elapsed']!) < 0.1);
  t.true(Math.abs(whole('shared') - metrics['l1tex__throughput.avg.pct_of_peak_sustained_elapsed']!) < 0.1);
  t.true(Math.abs(whole('dram') - metrics['dram__throughput.avg.pct_of_peak_sustained_elapsed']!) < 0.1);
});

const whole = {sms: [0, 1], from: 0, to: Infinity, most: 1e6, every: 500};

test('looking closely changes no digest', (t) => {
  for (const look of [whole, {...whole, from: 100, to: 200}, {...whole, most: 10}])
    t.is(activityOf(point, look)!.timeline.digest, simulate(point).digest);
});

test('a sub-core’s time is told as the ledger charges it, cycle by cycle', (t) => {
  const {activity} = activityOf(point, whole)!;
  const {ledger_by_sm: ledger, cycles} = simulate(point);
  for (const sm of whole.sms) {
    const told: Record<string, number> = {};
    const rows = activity.rows.filter((row) => row.sm === sm && row.kind === 'ledger');
    t.is(rows.length, 4);
    for (const {start, end, what} of rows) {
      t.deepEqual([start[0], end.at(-1)], [0, cycles]);
      start.forEach((from, i) => {
        if (i > 0) t.is(from, end[i - 1]!);
        told[what[i]!] = (told[what[i]!] ?? 0) + (end[i]! - from);
      });
    }
    ledger.reasons.forEach((reason, i) => t.is(told[reason] ?? 0, ledger.rows[sm]![i]!));
  }
});

test('tensor pipes are at work for as long as the ledger says, to 1 %', (t) => {
  const {activity} = activityOf(point, whole)!;
  const {ledger_by_sm: ledger} = simulate(point);
  const pipes = activity.rows.filter(({sm, kind}) => sm === 0 && kind === 'pipe');
  const busy = pipes.reduce((sum, {start, end}) => sum + start.reduce((all, from, i) => all + end[i]! - from, 0), 0);
  t.true(Math.abs(busy / ledger.rows[0]![ledger.reasons.indexOf('tensor_active')]! - 1) < 0.01);
});

test('a warp does one thing at a time, and its waits have the ledger’s reasons', (t) => {
  const warps = activityOf(point, whole)!.activity.rows.filter(({kind}) => kind === 'warp');
  t.true(warps.length >= 8);
  for (const {start, end, what} of warps) {
    start.forEach((from, i) => t.true(from < end[i]! && (i === 0 || from >= end[i - 1]!)));
    t.true(what.every((name) => ['MMA', 'issue'].includes(name) || reasonNames.some((reason) => name === `wait: ${reason}`)));
  }
  t.true(warps.some(({what}) => what.includes('wait: barrier')));
});

test('a window shows the part of spans that lies in it; a cap keeps the earliest and counts the others', (t) => {
  const {activity} = activityOf(point, {...whole, from: 1000, to: 1500})!;
  for (const {start, end} of activity.rows) t.true(start.every((from) => from >= 1000) && end.every((to) => to <= 1500));
  const capped = activityOf(point, {...whole, most: 50})!.activity;
  t.is(capped.rows.reduce((sum, {start}) => sum + start.length, 0), 50); // prettier-ignore
  t.true(capped.leftOut > 0);
});

test('slices and channels are busy, one by one, for as long as they are together', (t) => {
  const cold = {...point, l2: 'cold' as const};
  const {activity, timeline} = activityOf(cold, whole)!;
  const mean = (of: readonly (readonly number[])[]) => of.flat().reduce((a, b) => a + b, 0) / of.length;
  const together = (kind: 'l2' | 'dram') => timeline.loads![kind].reduce((a, b) => a + b, 0);
  t.true(together('dram') > 0);
  t.true(Math.abs(mean(activity.units.slices) / together('l2') - 1) < 0.01);
  t.true(Math.abs(mean(activity.units.channels) / together('dram') - 1) < 0.01);
  t.true(activity.units.activations.some((opened) => opened > 0));
});
