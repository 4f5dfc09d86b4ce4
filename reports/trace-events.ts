import type {Activity} from '../sim/stats/activity.ts';
import type {Timeline} from '../sim/stats/timeline.ts';
import {activityEvents} from './activity-events.ts';
import {plain} from './format.ts';
import {ordered} from './reasons.ts';
import {nameInFull, type Point} from './study.ts';

/** An event of the Trace Event Format: a name, a counter's value, or the begin or end of a slice; ts in µs. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: 'B' | 'E' | 'C' | 'M';
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly cat?: string;
  readonly args?: {readonly [name: string]: string | number};
}

/** Some viewers find what an end belongs to by its name and arguments. */
const edge = (ph: 'B' | 'E', {name, cat, pid, tid, args}: Span, ts: number): TraceEvent => ({name, ph, cat, pid, tid, ts, args});

/** Something that lasts, in a row of the viewer; in cycles. */
export interface Span {
  readonly name: string;
  readonly cat: string;
  readonly pid: number;
  readonly tid: number;
  readonly from: number;
  readonly to: number;
  readonly args: {readonly [name: string]: string | number};
}

/** A trace as chrome://tracing and ui.perfetto.dev open it. */
export interface EventTrace {
  readonly displayTimeUnit: 'ns';
  readonly otherData: {readonly [name: string]: string | number};
  readonly traceEvents: readonly TraceEvent[];
}

/** Which part of a timeline is exported, µs, and how many CTAs at most. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly most: number;
}

/** When a cycle is, µs, to the nanosecond, as viewers have it. */
export type Clock = (cycle: number) => number;

/**
 * Begins and ends of spans, row by row in order. Not slices with a duration: begin plus duration is a hair off the next one's begin,
 * which makes it overlap, and cut to nanoseconds one by one thousands of short slices are together too short.
 */
function edges(spans: readonly Span[], clock: Clock): readonly TraceEvent[] {
  const rows = new Map<string, Span[]>();
  for (const span of spans) {
    const row = rows.get(`${span.pid} ${span.tid}`);
    if (row) row.push(span);
    else rows.set(`${span.pid} ${span.tid}`, [span]);
  }
  return [...rows.values()].flatMap((row) => {
    const events: TraceEvent[] = [];
    const open: Span[] = [];
    const close = (until: number) => {
      for (let top = open.at(-1); top && top.to <= until; top = open.at(-1)) {
        events.push(edge('E', top, clock(top.to)));
        open.pop();
      }
    };
    for (const span of row.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
      close(span.from);
      events.push(edge('B', span, clock(span.from)));
      open.push(span);
    }
    close(Infinity);
    return events;
  });
}

/** Threads are counted from one: to some viewers the one numbered 0 is where a system idles. */
const only = 1;

/** Rows of the viewer: kernels and counters first, then the ledger and the units, then a process an SM with a thread a CTA slot. */
const processes = {kernels: 1, ledger: 2, units: 3, l2: 4, dram: 5, firstSm: 10} as const;

/** What the units are called. */
const units = {tensor: 'tensor pipes', shared: 'shared memory', crossbar: 'crossbar', l2: 'L2 slices', dram: 'DRAM channels'} as const;

/** A point's CTAs, kernels, counters and ledger, and what a close look at some SMs saw, as Chrome trace events in the order of their beginning. */
export function traceEvents(point: Point, timeline: Timeline, window: Window, activity?: Activity): EventTrace {
  const us = (cycles: number) => cycles / timeline.clock_mhz;
  const clock: Clock = (cycle) => Math.round((cycle * 1000) / timeline.clock_mhz) / 1000;
  const inWindow = timeline.cta.map((_, i) => i).filter((i) => us(timeline.end[i]!) > window.from && us(timeline.start[i]!) < window.to);
  const shown = inWindow.slice(0, window.most);
  const sms = [...new Set(shown.map((i) => timeline.sm[i]!))].toSorted((a, b) => a - b);
  const places = {l2: processes.l2, dram: processes.dram, sm: (sm: number) => processes.firstSm + sm};
  const close = activity ? activityEvents(activity, places, clock) : {rows: [], spans: [], counters: []};
  const spans = [...kernels(timeline), ...ledger(point), ...shown.map((i) => cta(timeline, i)), ...close.spans];
  const events = [...edges(spans, clock), ...counters(timeline, shown, clock), ...loads(timeline, window, us, clock), ...close.counters];
  return {
    displayTimeUnit: 'ns',
    otherData: {
      point: nameInFull(point),
      workload: plain(point.result.workload),
      gpu: plain(point.result.gpu),
      digest: timeline.digest,
      sm_cycles: timeline.cycles,
      clock_mhz: timeline.clock_mhz,
      ctas_left_out: timeline.cta.length - shown.length,
      ...(activity && {spans_left_out: activity.leftOut}),
    },
    traceEvents: [...names(sms, timeline.slots), ...close.rows, ...events.toSorted((a, b) => a.ts! - b.ts!)],
  };
}

function names(sms: readonly number[], slots: number): readonly TraceEvent[] {
  const name = (pid: number, text: string, tid?: number): TraceEvent =>
    tid === undefined ? {name: 'process_name', ph: 'M', pid, args: {name: text}} : {name: 'thread_name', ph: 'M', pid, tid, args: {name: text}};
  return [
    name(processes.kernels, 'kernels'),
    name(processes.kernels, 'stream', only),
    name(processes.ledger, 'ledger: SM cycles by reason, mean of all sub-cores, not in order of time'),
    name(processes.ledger, 'reasons', only),
    name(processes.units, 'units: share of time at work'),
    ...sms.flatMap((sm) => [
      name(processes.firstSm + sm, `SM ${sm}`),
      ...Array.from({length: slots}, (_, slot) => name(processes.firstSm + sm, `CTA slot ${slot}`, only + slot)),
    ]),
  ];
}

/** A slice a kernel: from its first CTA's start to its last one's end. */
function kernels({launches, cta: all, start, end}: Timeline): readonly Span[] {
  return launches.map(({name, first}, l) => {
    const until = launches[l + 1]?.first ?? all.length;
    const [from, to] = [
      start.slice(first, until).reduce((a, b) => Math.min(a, b), Infinity),
      end.slice(first, until).reduce((a, b) => Math.max(a, b), 0),
    ];
    return {name: plain(name), cat: 'kernel', pid: processes.kernels, tid: only, from, to, args: {ctas: until - first}};
  });
}

function cta(timeline: Timeline, i: number): Span {
  const {cta: number, sm, slot, start, end, tile, steps} = timeline;
  return {
    name: `weight tile ${tile[i]}`,
    cat: 'cta',
    pid: processes.firstSm + sm[i]!,
    tid: only + slot[i]!,
    from: start[i]!,
    to: end[i]!,
    args: {cta: number[i]!, k_tiles: steps[i]!, sm_cycles: end[i]! - start[i]!},
  };
}

/** How many CTAs and SMs are at work, whenever that changes. */
function counters({sm, start, end}: Timeline, shown: readonly number[], clock: Clock): readonly TraceEvent[] {
  const changes = shown.flatMap((i) => [{time: start[i]!, sm: sm[i]!, by: 1}, {time: end[i]!, sm: sm[i]!, by: -1}]).toSorted((a, b) => a.time - b.time || a.by - b.by); // prettier-ignore
  const on = new Map<number, number>();
  let ctas = 0;
  return changes.flatMap(({time, sm: at, by}, i): TraceEvent[] => {
    ctas += by;
    on.set(at, (on.get(at) ?? 0) + by);
    if (changes[i + 1]?.time === time) return [];
    const busy = [...on.values()].filter((count) => count > 0).length;
    const counter = (name: string, value: number): TraceEvent => ({name, ph: 'C', pid: processes.kernels, ts: clock(time), args: {value}});
    return [counter('CTAs running', ctas), counter('SMs busy', busy)];
  });
}

/** How busy the units of each kind were, interval by interval, in per cent. */
function loads({loads: read}: Timeline, {from, to}: Window, us: (cycles: number) => number, clock: Clock): readonly TraceEvent[] {
  if (!read) return [];
  return Object.entries(units).flatMap(([kind, name]) =>
    read[kind as keyof typeof units].flatMap((share, i): TraceEvent[] => {
      if (us((i + 1) * read.every) <= from || us(i * read.every) >= to) return [];
      return [{name, ph: 'C', pid: processes.units, ts: clock(i * read.every), args: {'% busy': Math.round(share * 1000) / 10}}];
    }),
  );
}

/** The ledger's reasons one after another, as long as their cycles; together as long as the run. */
function ledger({result}: Point): readonly Span[] {
  let at = 0;
  return ordered(Object.keys(result.ledger)).map((reason) => {
    const cycles = result.ledger[reason]!;
    const from = at;
    at += cycles;
    return {name: plain(reason), cat: 'ledger', pid: processes.ledger, tid: only, from, to: at, args: {sm_cycles: cycles}};
  });
}
