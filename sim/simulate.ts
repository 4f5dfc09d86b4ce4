import {boundAtBoost, playWithinPower} from './clock.ts';
import {requireRoom} from './gpu/sm.ts';
import type {Probe} from './gpu/probe.ts';
import {jobOf, type Job} from './job.ts';
import type {Point} from './point.ts';
import {check} from './probes/invariants.ts';
import {resultOf} from './result-of.ts';
import type {Result} from './stats/result.ts';
import {readTrace} from './trace/codec.ts';

/** Simulates one point. The same point and version give the same result, but for `host`, on any machine. */
export function simulate(point: Point, probes: readonly Probe[] = []): Result {
  return simulateJob(point, jobFor(point), probes);
}

/** What a point is to run: read from its trace file, or its GEMM pruned, packed and traced. */
export function jobFor(point: Point): Job {
  return 'trace' in point.workload ? readTrace(point.workload.trace) : jobOf(point);
}

/** Simulates a job on the point's GPU. */
export function simulateJob(point: Point, job: Job, probes: readonly Probe[] = []): Result {
  // Of a kernel that does not fit nothing can be sampled or bounded either.
  requireRoom(point.gpu.values.sm, job.trace.launches);
  const begun = process.hrtime.bigint();
  const {run, hertz, error} = point.fidelity === 'bound' ? boundAtBoost(point, job) : playWithinPower(point, job, probes);
  const wall = Number(process.hrtime.bigint() - begun) / 1e9;
  check(job, run, point.gpu.values);
  return resultOf(point, job, {run, hertz, ...(error !== undefined && {error})}, wall);
}
