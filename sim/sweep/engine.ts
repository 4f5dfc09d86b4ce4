import type {Point} from '../point.ts';
import {ctaCounters, hasBegun} from '../probes/progress.ts';
import {cost} from './cost.ts';
import {nameOf} from './name.ts';
import type {Pool} from './pool.ts';
import type {Key, Store} from './store.ts';
import type {Answer} from './worker.ts';

/** A point, and the store its result belongs to. */
export interface Errand {
  readonly point: Point;
  readonly key: Key;
  readonly store: Store;
  /** Why it cannot be run. */
  readonly unfit?: string;
}

/** What became of a point: it was there already, it was simulated, or there is a reason why not. */
export type Outcome = {readonly found: true} | {readonly wall: number; readonly events: number} | {readonly reason: string};

/** The directory of results takes nothing any more; what was there before can be read. */
export class StorageFailure extends Error {
  override readonly name = 'StorageFailure';
  readonly directory: string;

  constructor(directory: string, reason: string) {
    super(`${directory}  a result could not be written: ${reason}`);
    this.directory = directory;
  }
}

export interface Batch {
  /** Called once a point, in the order in which they end. */
  readonly settled?: (index: number, outcome: Outcome) => void;
  /** From ctaCounters(points): how far each point is. */
  readonly counters?: Int32Array;
  /** Ends everything at once; points that had not ended have no outcome. */
  readonly signal?: AbortSignal;
  /** Seconds that a point may take. */
  readonly timeout?: number;
}

/**
 * Sees that every point has its result in its store. The longest is begun first, and a worker is handed a point when it is
 * through with the one before. Returns outcomes in the order of the points; undefined: the signal came first. Throws a
 * StorageFailure when a result cannot be written.
 */
export async function simulateAll(pool: Pool, errands: readonly Errand[], batch: Batch = {}): Promise<readonly (Outcome | undefined)[]> {
  const {counters = ctaCounters(errands.length), settled, signal, timeout} = batch;
  const outcomes: (Outcome | undefined)[] = errands.map(() => undefined);
  const queue = longestFirst(errands.map(({point}) => cost(point)));
  let full: StorageFailure | undefined;
  const stop = () => void pool.close();
  signal?.addEventListener('abort', stop, {once: true});
  const keep = async (index: number, answer: Answer) => {
    const {point, key, store} = errands[index]!;
    try {
      if ('reason' in answer) await store.fail(key, {point: nameOf(point), reason: answer.reason});
      else await store.write(key, answer.entry).then(() => store.forgive(key));
    } catch (error) {
      full ??= new StorageFailure(store.directory, (error as Error).message);
      return stop();
    }
    settle(index, 'reason' in answer ? answer : {wall: answer.wall, events: answer.events});
  };
  const settle = (index: number, outcome: Outcome) => {
    outcomes[index] = outcome;
    settled?.(index, outcome);
  };
  let next = 0;
  const serve = async () => {
    // While one result is on its way to the disk, the next point is simulated.
    let kept: Promise<void> | undefined;
    while (next < queue.length && !full && !signal?.aborted) {
      const index = queue[next++]!;
      const errand = errands[index]!;
      // Another run on the same directory may have been quicker.
      if (errand.unfit !== undefined) await keep(index, {reason: errand.unfit});
      else if (errand.store.has(errand.key)) settle(index, {found: true});
      else {
        const answer = await limited(pool, errand, index, counters, timeout);
        await kept;
        // What was cut off is no failure.
        if (!('reason' in answer && (signal?.aborted || full))) kept = keep(index, answer);
      }
    }
    await kept;
  };
  await Promise.all(Array.from({length: pool.workers}, serve));
  signal?.removeEventListener('abort', stop);
  if (full) throw full;
  return outcomes;
}

function longestFirst(costs: readonly number[]): readonly number[] {
  return costs.map((_, i) => i).sort((a, b) => costs[b]! - costs[a]!);
}

/** Seconds between looks at the time. */
const tick = 0.05;

async function limited(pool: Pool, {point, key, store}: Errand, index: number, counters: Int32Array, timeout?: number): Promise<Answer> {
  const task = {point, digest: key.point, version: store.version, index, counters};
  if (timeout === undefined) return pool.simulate(task);
  const stop = new AbortController();
  let left = timeout;
  // A thread takes its time to start, and that is not the point's.
  const timer = setInterval(() => {
    if (hasBegun(counters, index) && (left -= tick) <= 0) stop.abort();
  }, tick * 1000);
  const answer = await pool.simulate(task, stop.signal);
  clearInterval(timer);
  return 'reason' in answer && stop.signal.aborted ? {reason: `took longer than the ${timeout} s that --timeout allows`} : answer;
}
