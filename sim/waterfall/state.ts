import {play} from '../gpu/gpu.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import {elements} from '../elements.ts';
import type {Point} from '../point.ts';
import {summarise} from '../stats/ledger.ts';
import type {Effect, WaterfallBar} from '../stats/waterfall.ts';
import type {Trace} from '../trace/trace.ts';

/** What a play took, launches aside or not. Integers, so that differences add up. */
export interface State {
  readonly cycles: number;
  readonly time_ps: number;
}

export const nothing: State = {cycles: 0, time_ps: 0};

/** What `there` takes more than `here`, as a bar. */
export function difference(effects: readonly Effect[], there: State, here: State): WaterfallBar {
  return {effects, cycles: there.cycles - here.cycles, time_ps: there.time_ps - here.time_ps};
}

/** Cycles at a clock of `hertz` and the fixed cost of `launches` kernels, in whole picoseconds. */
export function picoseconds(cycles: number, hertz: number, launches: number, {gpu}: Point): number {
  const {launchGap, nullKernel} = gpu.values.host;
  return Math.round((cycles / hertz) * 1e12) + Math.round(launches * (launchGap + nullKernel) * 1e3);
}

export interface Ablation {
  readonly trace: Trace;
  readonly gpu: GpuValues;
}

/** Plays an ablation at `hertz`. `full`: to the end of the last CTA; `even`: as if what is left when SMs run out of CTAs were spread. */
export function played(point: Point, dtype: string, {trace, gpu}: Ablation, hertz: number): {readonly full: State; readonly even: State} {
  const fidelity = point.fidelity === 'reference' ? 'reference' : 'detailed';
  const run = play(trace, {...gpu, clock: {frequency: hertz}}, {elementType: elements[dtype]!.mma, l2: point.l2, fidelity});
  const {tail = 0, idle = 0} = summarise(run.ledger, run.cycles);
  const state = (cycles: number): State => ({cycles, time_ps: picoseconds(cycles, hertz, 0, point)});
  return {full: state(run.cycles), even: state(run.cycles - tail - idle)};
}
