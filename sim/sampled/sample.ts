import {play, type Play} from '../gpu/gpu.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import {launchOccupancy} from '../gpu/sm.ts';
import type {Launch, Trace} from '../trace/trace.ts';
import {byExcerpts, linesPerStep} from './by-excerpts.ts';
import {byFlow} from './by-flow.ts';
import {byScale} from './by-scale.ts';
import type {Sampled} from './extrapolate.ts';
import {isStaged} from './traffic.ts';

/** How a trace is to be played. */
export interface Asked {
  readonly elementType: Play['elementType'];
  readonly l2: 'warm' | 'cold';
}

export interface Sampling {
  /** What asks L2 for fewer lines than this is played whole. */
  readonly whole?: number;
  /** Lines of all excerpts together, of kernels that are played in excerpts. */
  readonly lines?: number;
}

/** Lines that are followed one by one in a sixth of a second. */
const defaultWhole = 3e5;
/** Enough lines for a dozen K tiles of a few waves. */
const defaultLines = 3e6;
/** A stated error above this is none: everything is played. */
const greatestError = 0.1;

/**
 * Prepares to sample a trace, and returns what estimates its run on the GPU at its clock: tile by tile if its main loop copies
 * into stages of shared memory, on a scale model if CUDA cores multiply, else from excerpts. A trace that is small, or of which
 * excerpts disagree, is played whole, and its error is 0.
 */
export function sampler(trace: Trace, gpu: GpuValues, asked: Asked, {whole = defaultWhole, lines = defaultLines}: Sampling = {}) {
  const playWhole = (values: GpuValues): Sampled => ({run: play(trace, values, {...asked, fidelity: 'detailed'}), error: 0});
  const [launch] = trace.launches;
  if (!launch || launchOccupancy(gpu.sm, launch).ctas === 0) return playWhole;
  const kind = kindOf(launch);
  const all = linesPerStep(launch) * launch.grid.steps.reduce((a, b) => a + b, 0);
  if (all < (kind === 'excerpts' ? lines : whole) || (kind === 'flow' && isShort(launch))) return playWhole;
  const prepared = {flow: byFlow, scale: byScale, excerpts: byExcerpts}[kind](trace, gpu, asked, lines);
  if (!prepared) return playWhole;
  return (values: GpuValues): Sampled => {
    const sampled = prepared(values);
    return sampled && sampled.error <= greatestError ? sampled : playWhole(values);
  };
}

/** Whether CTAs do not use each of their stages on average: they are all beginning and end then, of which tiles tell little. */
function isShort({grid, stages}: Launch): boolean {
  return grid.steps.reduce((sum, steps) => sum + steps, 0) < stages * grid.ctas;
}

function kindOf(launch: Launch): 'flow' | 'scale' | 'excerpts' {
  if (isStaged(launch)) return 'flow';
  return launch.accumulators.down === 0 ? 'scale' : 'excerpts';
}

export type {Sampled};
