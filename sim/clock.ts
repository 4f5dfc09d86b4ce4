import {play} from './gpu/gpu.ts';
import type {Probe} from './gpu/probe.ts';
import {sustainedClock} from './gpu/power.ts';
import type {GpuValues} from './gpu/parameters.ts';
import type {Run} from './gpu/run.ts';
import {elements} from './elements.ts';
import {gpuFor, type Job} from './job.ts';
import {workOf} from './measure.ts';
import {bound} from './oracle/bound.ts';
import {expectedWork} from './oracle/expected-work.ts';
import {sampler, type Sampled} from './sampled/sample.ts';
import type {Point} from './point.ts';

/** A run, and the SM clock at which it stays within the board's power. */
export interface Clocked {
  readonly run: Run;
  readonly hertz: number;
  /** Of a sampled run: half width of the interval its time lies in with 95 %, as a share of the time. */
  readonly error?: number;
}

/** The bound's clock is the highest: a lower one would make no kernel faster. */
export function boundAtBoost(point: Point, job: Job): Clocked {
  const gpu = point.gpu.values;
  return {run: bound(job.trace, gpu, elements[job.dtype]!.mma, point.l2), hertz: gpu.clock.frequency};
}

/** The most that (share of the run that DRAM was busy) × (share that the clock was guessed wrong) may be; more, and all is played again. */
const tolerance = 0.04;

/**
 * Plays at the clock that the trace's work is expected to leave, and finds the clock at which the run stays within the board's
 * power. Only DRAM keeps its own time, so a clock guessed wrong matters by the share of the run that DRAM was busy.
 */
export function playWithinPower(point: Point, job: Job, probes: readonly Probe[]): Clocked {
  const gpu = gpuFor(point.gpu.values, job.dtype);
  const boost = gpu.clock.frequency;
  const elementType = elements[job.dtype]!.mma;
  const playOn = playerOf(point, job, probes);
  const playAt = (frequency: number) => playOn({...gpu, clock: {frequency}});
  const guess = sustainedClock(gpu.power, expectedWork(job.trace, gpu, elementType), boost);
  const first = playAt(guess);
  const hertz = sustainedClock(gpu.power, workOf(first.run), boost);
  if (first.run.utilisation.dram * Math.abs(hertz / guess - 1) <= tolerance) return {...first, hertz};
  const again = playAt(hertz);
  return {...again, hertz: sustainedClock(gpu.power, workOf(again.run), boost)};
}

/** What runs the job's trace on a GPU at a clock: all of it, or what is enough to tell. */
function playerOf(point: Point, {trace, dtype}: Job, probes: readonly Probe[]): (values: GpuValues) => {readonly run: Run} | Sampled {
  const options = {elementType: elements[dtype]!.mma, l2: point.l2};
  if (point.fidelity === 'sampled') return sampler(trace, point.gpu.values, options);
  const fidelity = point.fidelity === 'reference' ? 'reference' : 'detailed';
  return (values) => ({run: play(trace, values, {...options, probes, fidelity})});
}
