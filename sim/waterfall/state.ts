import {play} from '../gpu/gpu.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import {elements} from '../elements.ts';
import type {Point} from '../point.ts';
import {launchTime} from '../launch-time.ts';
import {summarise} from '../stats/ledger.ts';
import type {Effect, WaterfallBar} from '../stats/waterfall.ts';
import type {OperandName, Trace} from '../trace/trace.ts';
import {linesOf} from './lines.ts';

/** What a play took. Integers, so that differences add up. */
export interface State {
  readonly cycles: number;
  readonly time_ps: number;
}

export const nothing: State = {cycles: 0, time_ps: 0};

/** What `there` takes more than `here`, as a bar. */
export function difference(effect: Effect, there: State, here: State): WaterfallBar {
  return {effects: [effect], cycles: there.cycles - here.cycles, time_ps: there.time_ps - here.time_ps};
}

/** So many cycles at a clock of `hertz` and the fixed cost of a trace's kernels, in whole picoseconds. */
export function timeOf(cycles: number, hertz: number, trace: Pick<Trace, 'launches'>, {gpu}: Point): State {
  return {cycles, time_ps: Math.round((cycles / hertz) * 1e12) + Math.round(launchTime(trace, gpu.values.host).all * 1e3)};
}

/** So many cycles, launches aside. */
export const stateOf = (cycles: number, hertz: number, point: Point): State => timeOf(cycles, hertz, {launches: []}, point);

export interface Ablation {
  readonly trace: Trace;
  readonly gpu: GpuValues;
  /** Operands that DRAM delivers at once. */
  readonly atHand: readonly OperandName[];
}

/** `full`: to the end of the last CTA; `even`: as if what is left when SMs run out of CTAs were spread. */
export interface Played {
  readonly full: State;
  readonly even: State;
  /** Read from DRAM. */
  readonly dramBytes: number;
}

/** Plays an ablation at `hertz`. */
export function played(point: Point, dtype: string, {trace, gpu, atHand}: Ablation, hertz: number): Played {
  const fidelity = point.fidelity === 'reference' ? 'reference' : 'detailed';
  const given = {elementType: elements[dtype]!.mma, l2: point.l2, fidelity} as const;
  const run = play(trace, {...gpu, clock: {frequency: hertz}}, atHand.length > 0 ? {...given, atHand: linesOf(trace, atHand)} : given);
  const {tail = 0, idle = 0} = summarise(run.ledger, run.cycles);
  return {full: stateOf(run.cycles, hertz, point), even: stateOf(run.cycles - tail - idle, hertz, point), dramBytes: run.dram.read};
}
