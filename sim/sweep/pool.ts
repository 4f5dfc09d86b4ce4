import {totalmem} from 'node:os';
import {fileURLToPath} from 'node:url';
import {Piscina} from 'piscina';
import type {Point} from '../point.ts';
import {ctaCounters} from '../probes/progress.ts';
import type {Result} from '../stats/result.ts';
import type {Task} from './worker.ts';

/** What became of a point: a result, or the reason why there is none. */
export type Outcome = {readonly result: Result} | {readonly reason: string};

export interface Batch {
  /** Called once a point, in the order in which they end. */
  readonly settled?: (index: number, outcome: Outcome) => void;
  /** How long each point takes, next to the others: the longest is begun first. */
  readonly costs?: readonly number[];
  /** From ctaCounters(points): how far each point is. */
  readonly counters?: Int32Array;
  /** Ends everything at once; points that had not ended have no outcome. */
  readonly signal?: AbortSignal;
}

/** Threads that simulate points. */
export interface Pool {
  /** The outcomes in the order of the points; undefined: the signal came first. Never rejects for what a point does. */
  readonly simulate: (points: readonly Point[], batch?: Batch) => Promise<readonly (Outcome | undefined)[]>;
  readonly close: () => Promise<void>;
}

/** Opens a pool of at most `workers` threads. The first starts at once, the others when there is work for them. */
export function openPool(workers: number): Pool {
  const memory = Math.max(4096, Math.floor((0.8 * machineMemory()) / 2 ** 20 / workers));
  const threads = new Piscina<Task, Result>({
    filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
    minThreads: 1,
    maxThreads: workers,
    // A point is one task that never waits; more of them on a thread would only queue there.
    concurrentTasksPerWorker: 1,
    stricterFIFO: true,
    maxQueue: Infinity,
    resourceLimits: {maxOldGenerationSizeMb: memory, stackSizeMb: 8},
  });
  return {
    close: () => threads.destroy(),
    simulate: async (points, {costs = points.map(() => 1), counters = ctaCounters(points.length), settled, signal} = {}) => {
      const outcomes: (Outcome | undefined)[] = Array.from(points, () => undefined);
      const stop = () => void threads.destroy();
      signal?.addEventListener('abort', stop, {once: true});
      const settle = (index: number, outcome: Outcome) => {
        outcomes[index] = outcome;
        settled?.(index, outcome);
      };
      await Promise.all(
        longestFirst(costs).map(async (index) => {
          const outcome = await threads.run({point: points[index]!, index, counters}).then(
            (result) => ({result}),
            (error: unknown) => ({reason: reasonOf(error, memory)}),
          );
          if (!signal?.aborted || 'result' in outcome) settle(index, outcome);
        }),
      );
      signal?.removeEventListener('abort', stop);
      return outcomes;
    },
  };
}

function longestFirst(costs: readonly number[]): readonly number[] {
  return costs.map((_, i) => i).sort((a, b) => costs[b]! - costs[a]!);
}

function reasonOf(error: unknown, memory: number): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return `needs more than the ${(memory / 1024).toFixed(0)} GiB that each worker may take; fewer --workers leave more to each`;
  return error.message;
}

/** Of the machine, or of the container if that has less. */
function machineMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}
