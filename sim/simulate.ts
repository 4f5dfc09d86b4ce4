import {createHash} from 'node:crypto';
import {decode} from './gpu/decode.ts';
import {play} from './gpu/gpu.ts';
import type {Run} from './gpu/run.ts';
import type {CtaMoments} from './gpu/cta-scheduler.ts';
import {elements, jobOf, type Job} from './job.ts';
import {bound} from './oracle/bound.ts';
import {expectedWork} from './oracle/expected-work.ts';
import {check} from './probes/invariants.ts';
import {readTrace} from './trace/codec.ts';
import type {Launch} from './trace/trace.ts';
import {canonicalJson, type Point} from './point.ts';
import {reasonNames, summarise} from './stats/ledger.ts';
import {sustainedClock} from './gpu/power.ts';
import {measure, workOf} from './measure.ts';
import {schema, type Result} from './stats/result.ts';

/** Simulates one point. The same point and version give the same result, but for `host`, on any machine. */
export function simulate(point: Point, probes: readonly CtaMoments[] = []): Result {
  return simulateJob(point, jobFor(point), probes);
}

/** What a point is to run: read from its trace file, or made from its GEMM. */
export function jobFor(point: Point): Job {
  return 'trace' in point.workload ? readTrace(point.workload.trace) : jobOf(point);
}

/** Simulates a job on the point's GPU. */
export function simulateJob(point: Point, job: Job, probes: readonly CtaMoments[] = []): Result {
  const gpu = point.gpu.values;
  const begun = process.hrtime.bigint();
  const {run, hertz} = point.fidelity === 'bound' ? boundAtBoost(point, job) : playWithinPower(point, job, probes);
  const wall = Number(process.hrtime.bigint() - begun) / 1e9;
  check(job, run, gpu);
  const kernels = run.launches * (gpu.host.launchGap + gpu.host.nullKernel);
  const {grid} = job.trace.launches[0]!;
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
    pattern: job.pattern,
    kernel: {
      name: job.trace.launches[0]!.name,
      ...job.kernel,
      tile: job.kernel.tile as readonly [number, number, number],
      warps: job.kernel.warps as readonly [number, number],
      ctas: grid.ctas,
      ctas_per_sm: run.ctasPerSm,
      waves: grid.ctas / (run.ctasPerSm * run.ledger.length),
    },
    fidelity: point.fidelity,
    seed: job.seed,
    activations: job.activations,
    l2: point.l2,
    launch: point.launch,
    axes: point.axes,
    time_us: (run.cycles / hertz) * 1e6 + kernels / 1e3,
    cycles: run.cycles,
    clock_mhz: hertz / 1e6,
    metrics: measure(job, run, gpu, hertz),
    ledger: summarise(run.ledger, run.cycles),
    ledger_by_sm: {reasons: reasonNames, rows: run.ledger},
    tiles: job.tiles,
    warnings: [],
  };
  const digest = createHash('sha256').update(canonicalJson(result)).digest('hex');
  const peak = process.resourceUsage().maxRSS / 1024;
  return {...result, digest, host: {wall_s: wall, events: run.events, peak_rss_mb: Math.round(peak)}};
}

/** The bound's clock is the highest: a lower one would make no kernel faster. */
function boundAtBoost(point: Point, job: Job): {readonly run: Run; readonly hertz: number} {
  const gpu = point.gpu.values;
  return {run: bound(job.trace, gpu, elements[job.dtype]!.mma, point.l2), hertz: gpu.clock.frequency};
}

/** The most that (share of the run that DRAM was busy) × (share that the clock was guessed wrong) may be; more, and all is played again. */
const tolerance = 0.04;

/**
 * Plays at the clock that the trace's work is expected to leave, and finds the clock at which the run stays within the board's
 * power. Only DRAM keeps its own time, so a clock guessed wrong matters by the share of the run that DRAM was busy.
 */
function playWithinPower(point: Point, job: Job, probes: readonly CtaMoments[]): {readonly run: Run; readonly hertz: number} {
  const gpu = point.gpu.values;
  const boost = gpu.clock.frequency;
  const elementType = elements[job.dtype]!.mma;
  const mmaOf = (launch: Launch) => decode(launch, elementType, gpu.tensorCore).mma;
  const playAt = (frequency: number): Run => play(job.trace, {...gpu, clock: {frequency}}, {elementType, l2: point.l2, probes});
  const guess = sustainedClock(gpu.power, expectedWork(job.trace, gpu, mmaOf), boost);
  const run = playAt(guess);
  const hertz = sustainedClock(gpu.power, workOf(run), boost);
  if (run.utilisation.dram * Math.abs(hertz / guess - 1) <= tolerance) return {run, hertz};
  const again = playAt(hertz);
  return {run: again, hertz: sustainedClock(gpu.power, workOf(again), boost)};
}
