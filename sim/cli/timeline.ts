import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {BadReport} from '../../reports/read.ts';
import {nameInFull} from '../../reports/study.ts';
import {traceEvents} from '../../reports/trace-events.ts';
import {exitCodes} from './exit.ts';
import {picked} from './pick.ts';

export interface TimelineOptions {
  readonly out?: string;
  /** µs */
  readonly from?: number;
  readonly to?: number;
  /** CTAs at most. */
  readonly most: number;
}

/** Writes a point's timeline as a trace that chrome://tracing and ui.perfetto.dev open. Returns the exit code. */
export async function timeline(named: string, {out, from = 0, to = Infinity, most}: TimelineOptions): Promise<number> {
  const {directory, points} = await picked(named);
  const timed = points.filter((p) => p.timeline !== undefined);
  if (timed.length === 0) throw new BadReport(`${named}: holds no timeline; \`tvwsim run --timeline\` writes it`);
  const point = timed.reduce((a, b) => (b.result.time_us < a.result.time_us ? b : a));
  const trace = traceEvents(point, point.timeline!, {from, to, most});
  const file = out ?? join(directory, 'timeline.trace.json');
  try {
    writeFileSync(file, JSON.stringify(trace));
  } catch (error) {
    throw new BadReport(`${file}: cannot be written: ${(error as Error).message}`);
  }
  const left = trace.otherData['ctas_left_out'];
  console.log(
    `${nameInFull(point)}: ${trace.traceEvents.length} events${left ? `, ${left} CTAs left out` : ''}; open it in ui.perfetto.dev or chrome://tracing`,
  );
  console.log(file);
  return exitCodes.done;
}
