import {availableParallelism} from 'node:os';
import {simulateAll} from '../sweep/engine.ts';
import {openPool} from '../sweep/pool.ts';
import {announceOnly, simulateParts} from './simulate-parts.ts';
import {readingOf, type SpaceOptions} from './sweep-options.ts';

export interface SweepOptions extends SpaceOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly engine: 'local' | 'slurm';
  readonly site?: string;
  readonly detach?: boolean;
  readonly status?: boolean;
  readonly cancel?: boolean;
}

/** Simulates the points of a sweep that have no result yet. Returns the exit code; throws BadInput before anything is run. */
export async function sweep(file: string, options: SweepOptions): Promise<number> {
  const {out, json, timeout, memory, workers = availableParallelism()} = options;
  const simulating = {...readingOf(options), out, json, timeout, announce: true};
  if (options.dryRun) return announceOnly(file, simulating, workers);
  if (options.status || options.cancel || options.engine === 'slurm') return (await import('./cluster.ts')).onCluster(file, options, simulating);
  const pool = openPool(workers, memory);
  try {
    return await simulateParts({workers, simulate: (errands, batch) => simulateAll(pool, errands, batch)}, [file], simulating);
  } finally {
    await pool.close();
  }
}
