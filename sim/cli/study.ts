import type {Point} from '../point.ts';
import {ctaCounters} from '../probes/progress.ts';
import type {Result} from '../stats/result.ts';
import {cost} from '../sweep/cost.ts';
import {simulateAll} from '../sweep/engine.ts';
import {nameOf} from '../sweep/name.ts';
import type {Pool} from '../sweep/pool.ts';
import type {Store} from '../sweep/store.ts';
import {exitCodes} from './exit.ts';
import {quoted, typed} from './shell.ts';
import {startTicker} from './ticker.ts';

/** Points that are asked for step by step, each step by what the one before it found; all of them are kept in a store. */
export interface Study {
  /** The results of points, in their order; undefined: the point failed. Those that are there are not simulated again. */
  readonly results: (points: readonly Point[]) => Promise<readonly (Result | undefined)[]>;
  /** Says what failed, and where results are. Returns the exit code. */
  readonly conclude: () => number;
}

/** The study ends the process at Ctrl-C, when it has said how to go on. */
export function openStudy(pool: Pool, store: Store, timeout?: number): Study {
  const failures = new Map<string, string>();
  return {
    results: async (points) => {
      const errands = points.map((point) => ({point, key: store.keyOf(point), store}));
      const there = errands.map(({key}) => store.has(key) && store.read(key) !== undefined);
      const [counters, settled, failed] = [ctaCounters(points.length), [...there], {points: 0}];
      const stop = new AbortController();
      const interrupt = () => stop.abort();
      process.once('SIGINT', interrupt);
      const costs = points.map((point, i) => (there[i] ? 0 : cost(point)));
      const stopTicker = startTicker(counters, costs, settled, failed);
      const outcomes = await simulateAll(pool, errands, {
        counters,
        signal: stop.signal,
        ...(timeout === undefined ? {} : {timeout}),
        settled: (index, outcome) => {
          settled[index] = true;
          if ('reason' in outcome) failures.set(nameOf(points[index]!), outcome.reason);
        },
      }).finally(() => {
        stopTicker();
        process.off('SIGINT', interrupt);
      });
      if (stop.signal.aborted) {
        console.error(`interrupted; what was done is kept in ${quoted(`${store.directory}/points`)}\nto go on: npx ${typed()}`);
        process.exit(exitCodes.interrupted);
      }
      return errands.map(({key}, i) => {
        const line = outcomes[i] && !('reason' in outcomes[i]) ? store.read(key) : undefined;
        return line === undefined ? undefined : (JSON.parse(line) as Result);
      });
    },
    conclude: () => {
      for (const [name, reason] of failures) console.error(`failed: ${name}: ${reason}`);
      console.log(`results: ${quoted(store.directory)}`);
      return failures.size > 0 ? exitCodes.failed : exitCodes.done;
    },
  };
}
