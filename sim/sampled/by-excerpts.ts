import type {GpuValues} from '../gpu/parameters.ts';
import {play} from '../gpu/gpu.ts';
import {launchOccupancy} from '../gpu/sm.ts';
import {bound} from '../oracle/bound.ts';
import type {Launch, Trace} from '../trace/trace.ts';
import {excerpt, type Part} from './excerpt.ts';
import {extrapolate, type Played, type Sampled} from './extrapolate.ts';
import {busiest} from '../oracle/load.ts';
import {plan, type Excerpts} from './plan.ts';
import type {Asked} from './sample.ts';
import {residenceOf, type Residence} from './residence.ts';

/**
 * Prepares to play excerpts of a trace, about `lines` lines together, and returns what plays them on the GPU at its clock and
 * extrapolates from them. Undefined: there is more than one kernel to shorten, or it would not be less than to play it all.
 */
export function byExcerpts(trace: Trace, gpu: GpuValues, {elementType, l2}: Asked, lines: number): ((values: GpuValues) => Sampled) | undefined {
  const chosen = choose(trace, gpu, lines);
  if (!chosen) return undefined;
  const options = {elementType, fidelity: 'detailed'} as const;
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
  return (values) => {
    const plays = prepared.map(({trace: some, before, ...work}): Played => ({...work, run: play(some, values, {...options, l2: before})}));
    return extrapolate(plays, all, chosen.whole, {least, residence, values});
  };
}

/** What to play of a trace in place of all of it. */
function choose(trace: Trace, gpu: GpuValues, lines: number): Excerpts | undefined {
  const [launch] = trace.launches as [Launch];
  const perSm = launchOccupancy(gpu.sm, launch).ctas;
  const sms = gpu.sm.gpcs.reduce((a, b) => a + b, 0);
  const excerpts = plan(launch, sms * perSm, linesPerStep(launch), lines);
  return excerpts && (excerpts.whole || trace.launches.length === 1) ? excerpts : undefined;
}

/** Lines that a CTA copies, or loads to be multiplied, for a K tile. */
export function linesPerStep({programs}: Launch): number {
  const loop = programs.flatMap(({ops, body, epilogue}) => ops.slice(body, epilogue));
  return loop.reduce((sum, op) => sum + (op.op === 'LDGSTS' || op.op === 'LDG' ? op.rows * Math.ceil(op.bytes / 128) : 0), 0);
}

/** Which parts find an operand in L2: as many as do in the whole, every so-manieth where only some do. */
function heldBy({operands, grid}: Launch, parts: readonly Part[], {launches}: Residence): (part: number, operand: number) => boolean {
  const shares = launches[0]!.held;
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
