import {progressOf, progressText} from '../probes/progress.ts';

/** Often enough to look alive, seldom enough to cost nothing. */
const interval = 100;

/** Keeps one line on a terminal up to date; does nothing in a pipe. Returns what ends it. */
export function startTicker(
  counters: Int32Array,
  costs: readonly number[],
  settled: readonly boolean[],
  failed: {readonly points: number},
  out: NodeJS.WriteStream = process.stderr,
): () => void {
  if (!out.isTTY || process.env['TERM'] === 'dumb') return () => undefined;
  const clear = '\r\u001b[2K';
  const begun = performance.now();
  const draw = () => {
    const line = progressText(progressOf(counters, costs, settled), (performance.now() - begun) / 1000, failed.points);
    out.write(`${clear}${line.slice(0, (out.columns || 80) - 1)}`);
  };
  let drawn = true;
  const timer = setInterval(draw, interval);
  return () => {
    if (drawn) out.write(clear);
    clearInterval(timer);
    drawn = false;
  };
}
