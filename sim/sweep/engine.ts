import {setTimeout} from 'node:timers/promises';
import type {Point} from '../point.ts';
import {ctaCounters, hasBegun} from '../probes/progress.ts';
import {Claims, type Claim} from './claims.ts';
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
  /** Called when nothing is left to do but to wait for other runs on the same directory, which simulate so many points. */
  readonly waits?: (points: number) => void;
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
  const {counters = ctaCounters(errands.length), settled, waits, signal, timeout} = batch;
  const outcomes: (Outcome | undefined)[] = errands.map(() => undefined);
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
  const stopped = () => full !== undefined || signal?.aborted === true;
  const claims = new Map([...new Set(errands.map(({store}) => store.directory))].map((directory) => [directory, new Claims(directory)]));
  const longest = longestFirst(errands.map(({point}) => cost(point)));
  // What another run is at, or died over, comes last: a point that no memory holds may have ended it, and is to end no other.
  const isLate = (index: number) => claims.get(errands[index]!.store.directory)!.claimedBefore(errands[index]!.key.name);
  const queue = [...longest.filter((index) => !isLate(index)), ...longest.filter(isLate)];
  /** Points that other runs on the same directory simulate, and when each had failed last. */
  const elsewhere = new Map<number, number>();
  /** The claim to a point that nobody has a result of; undefined: there is one by now, or another run will bring it. */
  const claimTo = (index: number): Claim | undefined => {
    const {store, key} = errands[index]!;
    const claim = claims.get(store.directory)!.take(key.name);
    if ('holder' in claim) {
      if (!elsewhere.has(index)) elsewhere.set(index, store.failedAt(key));
      return undefined;
    }
    elsewhere.delete(index);
    // Whoever had it may have written its result since it was looked for.
    if (!store.has(key)) return claim;
    claim.release();
    settle(index, {found: true});
    return undefined;
  };
  /** Waits for what other runs bring; returns a point that one of them has left. */
  const leftElsewhere = async () => {
    for (let said = false; elsewhere.size > 0 && !stopped(); await setTimeout(tick * 1000)) {
      for (const [index, failedAt] of elsewhere) {
        const {store, key} = errands[index]!;
        if (store.failedAt(key) !== failedAt) {
          elsewhere.delete(index);
          settle(index, {reason: store.failure(key)?.reason ?? 'failed in another run'});
        } else {
          const claim = claimTo(index);
          if (claim) return {index, claim};
        }
      }
      if (!said && elsewhere.size > 0) waits?.(elsewhere.size);
      said = true;
    }
    return undefined;
  };
  let next = 0;
  /** The next point that is this run's to simulate; undefined: there is none but what others may leave. */
  const nextOwn = async (): Promise<Own | undefined> => {
    while (next < queue.length && !stopped()) {
      const index = queue[next++]!;
      const {store, key, unfit} = errands[index]!;
      if (unfit !== undefined) await keep(index, {reason: unfit});
      else if (store.has(key)) settle(index, {found: true});
      else {
        const claim = claimTo(index);
        if (claim) return {index, claim};
      }
    }
    return undefined;
  };
  const begun = (own: Own | undefined) => own && {...own, answer: limited(pool, errands[own.index]!, own.index, counters, timeout)};
  const serve = async () => {
    let kept: Promise<void> | undefined;
    for (let own = begun((await nextOwn()) ?? (await leftElsewhere())); own;) {
      const {index, claim} = own;
      const answer = await own.answer;
      // The thread has its next point before anything is done with this one's result, which goes to the disk meanwhile.
      const next = begun(await nextOwn());
      await kept;
      // What was cut off is no failure.
      if ('reason' in answer && stopped()) claim.release();
      else kept = keep(index, answer).finally(claim.release);
      if (!next) await kept;
      own = next ?? begun(await leftElsewhere());
    }
    await kept;
  };
  try {
    await Promise.all(Array.from({length: pool.workers}, serve));
  } finally {
    for (const own of claims.values()) own.close();
    signal?.removeEventListener('abort', stop);
  }
  if (full) throw full;
  return outcomes;
}

/** A point that this run simulates. */
interface Own {
  readonly index: number;
  readonly claim: Claim;
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
