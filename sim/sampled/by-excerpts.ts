import type {GpuValues} from '../gpu/parameters.ts';
import {play, type Play} from '../gpu/gpu.ts';
import {launchOccupancy} from '../gpu/sm.ts';
import {bound} from '../oracle/bound.ts';
import type {Launch, Trace} from '../trace/trace.ts';
import {excerpt, type Part} from './excerpt.ts';
import {extrapolate, type Played, type Sampled} from './extrapolate.ts';
import {busiest} from '../oracle/load.ts';
import {plan, type Excerpts} from './plan.ts';
import {residenceOf, type Residence} from './residence.ts';

export interface Sampling {
  /** Lines that SMs ask L2 for in all plays together. */
  readonly lines?: number;
}

/** Lines of the plays: what a fraction of a second simulates, and enough for a dozen K tiles of a few waves. */
const defaultLines = 3e6;
/** A stated error above this is none: everything is played. */
const greatestError = 0.05;

/**
 * Prepares to sample a trace, and returns what plays it on the GPU at its clock: enough CTAs and K tiles to extrapolate from.
 * A trace that is small, or whose excerpts disagree by more than 5 %, is played whole, and its error is 0.
 */
export function sampler(trace: Trace, gpu: GpuValues, {elementType, l2}: Play & {l2: 'warm' | 'cold'}, {lines = defaultLines}: Sampling = {}) {
  const options = {elementType, fidelity: 'detailed'} as const;
  const whole = (values: GpuValues): Sampled => ({run: play(trace, values, {...options, l2}), error: 0});
  const chosen = choose(trace, gpu, lines);
  if (!chosen) return whole;
  const [launch, ...rest] = trace.launches as [Launch, ...Launch[]];
  const residence = residenceOf(trace, gpu, l2);
  const least = bound(trace, gpu, elementType, l2);
  const sms = least.ledger.length;
  const load = (steps: ArrayLike<number>) => busiest(steps, sms, least.ctasPerSm);
  const prepared = chosen.plays.map((parts) => ({
    trace: {...trace, launches: [excerpt(launch, parts), ...rest]},
    before: {...trace, launches: [excerpt(launch, parts, heldBy(launch, parts, residence))]},
    ...workOf(parts),
    load: load(parts.map(({steps}) => steps)),
  }));
  const all = {...workOf(Array.from(launch.grid.steps, (steps) => ({steps}))), load: load(launch.grid.steps)};
  return (values: GpuValues): Sampled => {
    const plays = prepared.map(({trace: some, before, ...work}): Played => ({...work, run: play(some, values, {...options, l2: before})}));
    const sampled = extrapolate(plays, all, chosen.whole, {least, residence, values});
    return sampled.error > greatestError ? whole(values) : sampled;
  };
}

/** What to play of a trace in place of all of it; undefined: nothing, it is small or has more than one kernel to shorten. */
function choose(trace: Trace, gpu: GpuValues, lines: number): Excerpts | undefined {
  const [launch] = trace.launches as [Launch];
  const perSm = launchOccupancy(gpu.sm, launch).ctas;
  const sms = gpu.sm.gpcs.reduce((a, b) => a + b, 0);
  if (perSm === 0) return undefined;
  const perStep = linesPerStep(launch);
  const all = perStep * launch.grid.steps.reduce((a, b) => a + b, 0);
  if (all < lines) return undefined;
  const excerpts = plan(launch, sms * perSm, perStep, lines);
  return excerpts && (excerpts.whole || trace.launches.length === 1) ? excerpts : undefined;
}

function linesPerStep({programs}: Launch): number {
  const loop = programs.flatMap(({ops, body, epilogue}) => ops.slice(body, epilogue));
  return loop.reduce((sum, op) => sum + (op.op === 'LDGSTS' ? op.rows * Math.ceil(op.bytes / 128) : 0), 0);
}

/** Which parts find an operand in L2: as many as do in the whole, every so-manieth where only some do. */
function heldBy({operands, grid}: Launch, parts: readonly Part[], {held}: Residence): (part: number, operand: number) => boolean {
  const shares = held[0]!;
  const owed = operands.map(() => 0);
  const found = parts.map(({cta}) =>
    operands.map((_, operand) => {
      owed[operand]! += shares[operand * grid.ctas + cta]!;
      if (owed[operand]! < 0.5 || shares[operand * grid.ctas + cta] === 0) return false;
      owed[operand]!--;
      return true;
    }),
  );
  return (part, operand) => found[part]![operand]!;
}

function workOf(parts: readonly {readonly steps: number}[]): {readonly ctas: number; readonly steps: number} {
  return {ctas: parts.length, steps: parts.reduce((sum, {steps}) => sum + steps, 0)};
}

export type {Sampled};
