import {availableParallelism} from 'node:os';
import {openPool} from '../sweep/pool.ts';
import {exitCodes} from './exit.ts';

export interface RunOptions {
  /** Where results go; of several experiments, each to a directory of its name below. */
  readonly out?: string;
  readonly set: readonly string[];
  readonly workers?: number;
  /** Seconds that a point may take, as predicted: chooses the fidelity of each. */
  readonly budget?: number;
  /** Seconds after which a point is ended, and MiB of a worker. */
  readonly timeout?: number;
  readonly memory?: number;
  /** Results as JSON lines on stdout, and nothing else there. */
  readonly json?: boolean;
  /** Also plays every pattern's ablations against dense, and writes them beside the results. */
  readonly waterfall?: boolean;
  /** Also writes down when each CTA ran. */
  readonly timeline?: boolean;
}

/** Simulates every point of the experiments and writes their results. Returns the exit code; throws BadInput before anything is run. */
export async function run(files: readonly string[], options: RunOptions): Promise<number> {
  // The first thread loads the simulator while this one reads the experiment, which takes as long.
  const pool = openPool(options.workers ?? availableParallelism(), options.memory);
  let code: number;
  try {
    const {simulateParts} = await import('./simulate-parts.ts');
    const {simulateAll} = await import('../sweep/engine.ts');
    code = await simulateParts({workers: pool.workers, simulate: (errands, batch) => simulateAll(pool, errands, batch)}, files, options);
  } finally {
    await pool.close();
  }
  if (code !== exitCodes.done || !(options.waterfall || options.timeline)) return code;
  return (await import('./explanations.ts')).writeExplanations(files, options);
}
