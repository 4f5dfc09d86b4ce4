import type {Point} from '../point.ts';
import {begin, ctasOf, watchCtas} from '../probes/progress.ts';
import {jobFor, simulateJob} from '../simulate.ts';
import {encodeEntry} from './entry.ts';

/** What a worker thread is handed: a point, its digest and the simulator's version, and the place where it says how far it is. */
export interface Task {
  readonly point: Point;
  readonly digest: string;
  readonly version: string;
  readonly index: number;
  readonly counters: Int32Array;
}

/** What became of it: an entry for a store, or the reason why there is none. */
export type Answer = {readonly entry: string; readonly wall: number; readonly events: number} | {readonly reason: string};

/** Simulates one point in a worker thread. */
export default function work({point, digest, version, index, counters}: Task): Answer {
  begin(counters, index);
  try {
    const job = jobFor(point);
    const result = simulateJob(point, job, [watchCtas(counters, index, ctasOf(job.trace))]);
    return {entry: encodeEntry(digest, version, result), wall: result.host.wall_s, events: result.host.events};
  } catch (error) {
    return {reason: reasonOf(error as Error)};
  }
}

/** What arrays take is no part of what a worker is limited to. */
function reasonOf(error: Error): string {
  if (!(error instanceof RangeError) || !/allocation failed|typed array length/i.test(error.message)) return error.message;
  const held = Math.round(process.memoryUsage().rss / 2 ** 20);
  return `its arrays need more memory than this process can get, which holds ${held} MiB; fewer --workers leave more to each (${error.message})`;
}
