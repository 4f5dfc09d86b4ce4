import {totalmem} from 'node:os';
import {fileURLToPath} from 'node:url';
import {Piscina} from 'piscina';
import type {Answer, Task} from './worker.ts';

/** Threads that simulate points. */
export interface Pool {
  readonly workers: number;
  /** Never rejects for what a point does. `signal` ends it, and the thread it runs on. */
  readonly simulate: (task: Task, signal?: AbortSignal) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/** What each worker may take of the machine's memory, in MiB, where nothing else is said. */
const share = (workers: number): number => Math.max(4096, Math.floor((0.8 * machineMemory()) / 2 ** 20 / workers));

/**
 * Opens a pool of at most `workers` threads, each with at most `memory` MiB of objects. The first starts at once, the others
 * when there is work for them.
 */
export function openPool(workers: number, memory: number = share(workers)): Pool {
  const threads = new Piscina<Task, Answer>({
    filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
    minThreads: 1,
    maxThreads: workers,
    // A point is one task that never waits; more of them on a thread would only queue there.
    concurrentTasksPerWorker: 1,
    stricterFIFO: true,
    maxQueue: Infinity,
    // A thread that has nothing to do for a moment is about to be handed the next point.
    idleTimeout: 10_000,
    resourceLimits: {maxOldGenerationSizeMb: memory, stackSizeMb: 8},
  });
  return {
    workers,
    close: () => threads.destroy(),
    simulate: (task, signal) => threads.run(task, signal ? {signal} : {}).catch((error: unknown): Answer => ({reason: reasonOf(error, memory)})),
  };
}

function reasonOf(error: unknown, memory: number): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return `needs more than the ${sized(memory)} that each worker may take; fewer --workers leave more to each, --memory allows more`;
  return error.message;
}

const sized = (memory: number): string => (memory < 1024 ? `${memory} MiB` : `${(memory / 1024).toFixed(memory % 1024 === 0 ? 0 : 1)} GiB`);

/** Of the machine, or of the container if that has less. */
function machineMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}
