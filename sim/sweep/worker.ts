import type {Point} from '../point.ts';
import {ctasOf, watchCtas} from '../probes/progress.ts';
import {jobFor, simulateJob} from '../simulate.ts';
import type {Result} from '../stats/result.ts';

/** What a worker thread is handed: a point, and the place where it says how far it is. */
export interface Task {
  readonly point: Point;
  readonly index: number;
  readonly counters: Int32Array;
}

/** Simulates one point in a worker thread. */
export default function work({point, index, counters}: Task): Result {
  const job = jobFor(point);
  return simulateJob(point, job, [watchCtas(counters, index, ctasOf(job.trace))]);
}
