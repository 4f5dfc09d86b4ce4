import {once} from 'node:events';
import {totalmem} from 'node:os';
import {setTimeout} from 'node:timers/promises';
import type {Worker} from 'node:worker_threads';
import {Piscina} from 'piscina';
import {startFile} from '../config/source.ts';
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
    filename: startFile('sim/sweep/worker'),
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
  const starting = new Set<Promise<unknown>>();
  const watched = new WeakSet<Worker>();
  /** The first word of a thread is that it is up. */
  const watch = () => {
    for (const thread of threads.threads) {
      if (watched.has(thread)) continue;
      watched.add(thread);
      const up = Promise.race([once(thread, 'message'), once(thread, 'exit')]).catch(() => undefined);
      starting.add(up);
      void up.then(() => starting.delete(up));
    }
  };
  watch();
  return {
    workers,
    // Node 20 aborts the whole process when a thread is ended while it loads its modules.
    close: async () => {
      watch();
      const enough = new AbortController();
      await Promise.race([Promise.all(starting), setTimeout(longestStart, undefined, {signal: enough.signal}).catch(() => undefined)]);
      enough.abort();
      await threads.destroy();
    },
    simulate: (task, signal) => {
      const answer = threads.run(task, signal ? {signal} : {}).catch((error: unknown): Answer => ({reason: reasonOf(error, memory)}));
      watch();
      return answer;
    },
  };
}

/** ms that a thread may take to be up. */
const longestStart = 10_000;

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
