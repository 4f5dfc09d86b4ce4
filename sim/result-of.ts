import {createHash} from 'node:crypto';
import type {Clocked} from './clock.ts';
import {gpuFor, type Job} from './job.ts';
import {launchTime} from './launch-time.ts';
import {measure} from './measure.ts';
import {canonicalJson, type Point} from './point.ts';
import {reasonNames, summarise} from './stats/ledger.ts';
import {schema, type Result} from './stats/result.ts';

/** The record of a run at its clock, which took the host `wall` seconds. All but `host`, what was measured and the weights' sum goes into the digest. */
export function resultOf(point: Point, job: Job, {run, hertz, error}: Clocked, wall: number): Result {
  const gpu = gpuFor(point.gpu.values, job.dtype);
  const kernels = launchTime(job.trace, gpu.host).all;
  const multiplying = job.trace.launches.filter(({accumulators}) => accumulators.down > 0);
  const ctas = (multiplying.length > 0 ? multiplying : job.trace.launches).reduce((sum, {grid}) => sum + grid.ctas, 0);
  const result: Omit<Result, 'digest' | 'host'> = {
    schema,
    experiment: point.experiment,
    gpu: point.gpu.name,
    dtype: job.dtype,
    workload: job.gemm.name,
    m: job.gemm.m,
    n: job.gemm.n,
    k: job.gemm.k,
    count: job.gemm.count,
    ...(job.gemm.network !== undefined && {network: job.gemm.network}),
    ...(job.gemm.weights && {weights: job.gemm.weights}),
    ...(job.gemm.importance && {importance: job.gemm.importance}),
    ...(job.gemm.importance && {importance: job.gemm.importance}),
    pattern: job.pattern,
    kernel: {
      name: job.trace.launches[0]!.name,
      ...job.kernel,
      tile: job.kernel.tile as readonly [number, number, number],
      warps: job.kernel.warps as readonly [number, number],
      ctas,
      ctas_per_sm: run.ctasPerSm,
      waves: ctas / (run.ctasPerSm * run.ledger.length),
    },
    fidelity: point.fidelity,
    seed: job.seed,
    ...(point.ranking === 'global' && {ranking: point.ranking}),
    ...(point.stages.length > 0 && {stages: point.stages}),
    activations: job.activations,
    l2: point.l2,
    launch: point.launch,
    axes: point.axes,
    time_us: (run.cycles / hertz) * 1e6 + kernels / 1e3,
    cycles: run.cycles,
    clock_mhz: hertz / 1e6,
    metrics: {...measure(job, run, gpu, hertz), ...(error !== undefined && {'tvw.time_relative_error_95': error})},
    ledger: summarise(run.ledger, run.cycles),
    ledger_by_sm: {reasons: reasonNames, rows: run.ledger},
    tiles: job.tiles,
    warnings: [],
  };
  const digest = createHash('sha256').update(canonicalJson(result)).digest('hex');
  const peak = process.resourceUsage().maxRSS / 1024;
  const measured = point.measured_us;
  const compared = measured === undefined ? {} : {measured_us: measured, error: result.time_us / measured - 1};
  const weighed = job.magnitude === undefined ? {} : {magnitude: job.magnitude};
  const profiled = point.measured_metrics && {measured_metrics: point.measured_metrics};
  return {...result, ...weighed, ...compared, ...profiled, digest, host: {wall_s: wall, events: run.events, peak_rss_mb: Math.round(peak)}};
}
