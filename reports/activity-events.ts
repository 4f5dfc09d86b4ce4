import type {Activity, ActivityRow} from '../sim/stats/activity.ts';
import type {Clock, Span, TraceEvent} from './trace-events.ts';

/** Rows of the viewer: below an SM's CTA slots come its sub-cores' ledgers, their tensor pipes, and its warps. */
const threads = {ledger: 100, pipe: 200, warp: 300} as const;

/** Where things stand in the viewer. */
export interface Places {
  readonly l2: number;
  readonly dram: number;
  /** The process of an SM. */
  readonly sm: (sm: number) => number;
}

interface Seen {
  /** The names of its rows. */
  readonly rows: readonly TraceEvent[];
  readonly spans: readonly Span[];
  readonly counters: readonly TraceEvent[];
}

/** What a close look saw: the names of its rows, and their spans and counters. */
export function activityEvents(activity: Activity, places: Places, clock: Clock): Seen {
  const rows = activity.rows.toSorted((a, b) => a.sm - b.sm || threadOf(a) - threadOf(b));
  const named = rows.flatMap((row): TraceEvent[] => {
    const place = {ph: 'M', pid: places.sm(row.sm), tid: threadOf(row)} as const;
    return [
      {...place, name: 'thread_name', args: {name: nameOf(row)}},
      {...place, name: 'thread_sort_index', args: {sort_index: threadOf(row)}},
    ];
  });
  const process = (pid: number, name: string): TraceEvent => ({name: 'process_name', ph: 'M', pid, args: {name}});
  const {every, slices, channels, activations} = activity.units;
  const [from, to] = [Math.max(0, Math.floor(activity.from / every)), Math.ceil(activity.to / every)];
  const counter = (pid: number, name: string, unit: string, values: readonly number[]): TraceEvent[] =>
    values.slice(from, to).flatMap((value, i, of): TraceEvent[] => {
      // A counter keeps its value until it is told another.
      return value === of[i - 1] ? [] : [{name, ph: 'C', pid, ts: clock((from + i) * every), args: {[unit]: value}}];
    });
  const shares = (values: readonly number[]) => values.map((share) => Math.round(1000 * share) / 10);
  return {
    rows: [
      process(places.l2, 'L2: share of time that each slice delivers'),
      process(places.dram, 'DRAM: share of time that each channel’s bus is busy'),
      ...named,
    ],
    spans: rows.flatMap((row) => spans(row, places.sm(row.sm))),
    counters: [
      ...slices.flatMap((values, i) => counter(places.l2, `slice ${two(i)}`, '% busy', shares(values))),
      ...channels.flatMap((values, i) => counter(places.dram, `channel ${two(i)}`, '% busy', shares(values))),
      ...counter(places.dram, 'rows opened', `in ${every} cycles`, activations),
    ],
  };
}

const two = (number: number): string => String(number).padStart(2, '0');

const threadOf = ({kind, subcore, slot = 0}: ActivityRow): number => threads[kind] + (kind === 'warp' ? slot : subcore);

function nameOf({kind, subcore, slot = 0}: ActivityRow): string {
  if (kind === 'warp') return `warp ${two(slot)} (sub-core ${subcore})`;
  return `sub-core ${subcore}: ${kind === 'pipe' ? 'tensor pipe' : 'ledger'}`;
}

function spans(row: ActivityRow, pid: number): readonly Span[] {
  const place = {cat: row.kind === 'ledger' ? 'sub-core' : row.kind, pid, tid: threadOf(row)} as const;
  return row.start.map((from, i): Span => {
    const to = row.end[i]!;
    return {...place, name: row.what[i]!, from, to, args: {sm_cycles: to - from}};
  });
}
