import {progressOf, progressText} from '../probes/progress.ts';

export interface Ticker {
  /** Prints a line above the one that is redrawn. */
  readonly say: (line: string) => void;
  readonly stop: () => void;
}

/** Often enough to look alive, seldom enough to cost nothing. */
const interval = 100;

/** Keeps one line on a terminal up to date; does nothing in a pipe. */
export function startTicker(
  counters: Int32Array,
  costs: readonly number[],
  settled: readonly boolean[],
  out: NodeJS.WriteStream = process.stderr,
): Ticker {
  if (!out.isTTY || process.env['TERM'] === 'dumb') return {say: (line) => void out.write(`${line}\n`), stop: () => undefined};
  const clear = '\r\u001b[2K';
  const begun = performance.now();
  const draw = () => {
    const line = progressText(progressOf(counters, costs, settled), (performance.now() - begun) / 1000);
    out.write(`${clear}${line.slice(0, out.columns - 1)}`);
  };
  const timer = setInterval(draw, interval);
  return {
    say: (line) => void out.write(`${clear}${line}\n`),
    stop: () => {
      clearInterval(timer);
      out.write(clear);
    },
  };
}
