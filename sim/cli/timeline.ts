import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {BadReport, type RunRecord} from '../../reports/read.ts';
import {nameInFull, type Point} from '../../reports/study.ts';
import {traceEvents} from '../../reports/trace-events.ts';
import type {Activity} from '../stats/activity.ts';
import type {Timeline} from '../stats/timeline.ts';
import {exitCodes} from './exit.ts';
import {originOf, originsOf} from './origins.ts';
import {picked} from './pick.ts';

export interface TimelineOptions {
  readonly out?: string;
  /** SMs that are looked at closely. */
  readonly sms: readonly number[];
  readonly ctasOnly?: boolean;
  /** µs */
  readonly from?: number;
  readonly to?: number;
  /** CTAs at most, and spans. */
  readonly most: number;
}

/** Writes a point's timeline as a trace that chrome://tracing and ui.perfetto.dev open. Returns the exit code. */
export async function timeline(named: string, options: TimelineOptions): Promise<number> {
  const {out, from = 0, to = Infinity, most} = options;
  const {directory, record, points} = await picked(named);
  if (to <= from) throw new BadReport(`timeline: --from ${from} --to ${to} is no stretch of time`);
  const timed = points.filter((p) => p.timeline !== undefined);
  const point = (timed.length > 0 ? timed : points).reduce((a, b) => (b.result.time_us < a.result.time_us ? b : a));
  const seen = options.ctasOnly ? 'it was not asked for' : await lookedAt(point, record, {...options, from, to});
  const reason = typeof seen === 'string' ? seen : undefined;
  const {timeline: when = point.timeline, activity}: Partial<Seen> = typeof seen === 'string' ? {} : seen;
  if (!when) throw new BadReport(`${named}: holds no timeline; \`tvwsim run --timeline\` writes it. It cannot be simulated again: ${reason}`);
  if (reason !== undefined && !options.ctasOnly) console.error(`CTAs only: ${reason}`);
  if (activity?.rows.length === 0) console.error('no warps: they are watched in fidelity: detailed, within the window asked for');
  const trace = traceEvents(point, when, {from, to, most}, activity);
  const file = out ?? join(directory, 'timeline.trace.json');
  try {
    writeFileSync(file, JSON.stringify(trace));
  } catch (error) {
    throw new BadReport(`${file}: cannot be written: ${(error as Error).message}`);
  }
  const left = (['ctas_left_out', 'spans_left_out'] as const).filter((what) => trace.otherData[what]);
  const said = left.map((what) => `, ${trace.otherData[what]} ${what.split('_')[0] === 'ctas' ? 'CTAs' : 'spans'} left out`).join('');
  console.log(`${nameInFull(point)}: ${trace.traceEvents.length} events${said}; open it in ui.perfetto.dev or chrome://tracing`);
  console.log(file);
  return exitCodes.done;
}

interface Seen {
  readonly timeline: Timeline;
  readonly activity: Activity;
}

/** Simulates a point again, looking closely; or says why it cannot. */
async function lookedAt(
  {result}: Point,
  record: RunRecord | undefined,
  options: TimelineOptions & {readonly from: number; readonly to: number},
): Promise<Seen | string> {
  const {sms, most, from, to} = options;
  const known = originsOf(record);
  if ('reason' in known) return known.reason;
  const origin = originOf(known.points, result);
  if (!origin) return 'the experiment does not make this point any more';
  const all = result.ledger_by_sm.rows.length;
  const missing = sms.find((sm) => sm >= all);
  if (missing !== undefined) throw new BadReport(`timeline: there is no SM ${missing}; ${result.gpu} has ${all}, 0 to ${all - 1}`);
  const cycles = (us: number): number => Math.min(result.cycles, Math.round(us * result.clock_mhz));
  // Readings of units as fine as the window asks for.
  const every = Math.min(1000, Math.max(50, Math.round((cycles(to) - cycles(from)) / 250)));
  const {activityOf} = await import('../timeline.ts');
  const seen = activityOf(origin, {sms, from: cycles(from), to: cycles(to), most, every});
  if (!seen) return `in fidelity: ${origin.fidelity} its CTAs are not all simulated`;
  return seen.timeline.digest === result.digest ? seen : 'this version of tvwsim does not come to the same result';
}
