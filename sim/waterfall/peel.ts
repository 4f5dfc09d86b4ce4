import {elements} from '../elements.ts';
import {jobOf, type Job} from '../job.ts';
import type {Point} from '../point.ts';
import type {Effect} from '../stats/waterfall.ts';
import type {OperandName} from '../trace/trace.ts';
import {equalTiles} from './equal-tiles.ts';
import {multiplying, withMma} from './pipe.ts';
import {picoseconds, played, type Ablation, type State} from './state.ts';
import {firstLaunch, withIndexKnown, withoutEpilogue, withoutFill, withoutIndex, withoutOperands} from './surgery.ts';

/** A point taken apart from the outside in: what each effect costs it, and the bare main loop that is left. */
export interface Peeled {
  /** In the order in which they were switched off. */
  readonly effects: ReadonlyMap<Effect, State>;
  /** The main loop alone, spread evenly over the SMs, no multiplication wasted. */
  readonly core: State;
  readonly ablation: Ablation;
  /** Multiply-adds of kept rows and columns. */
  readonly useful: number;
}

/** An effect, and what is left without it. */
interface Layer {
  readonly effect: Effect;
  readonly ablation: Ablation;
  /** Whether the end is that of the last CTA, or the SMs' mean. */
  readonly even: boolean;
}

/** Plays a job at `hertz` with one effect after another switched off, each on top of those before it. `own`: at its own clock. */
export function peeled(point: Point, job: Job, own: State, hertz: number): Peeled {
  const {all, useful} = layers(point, job);
  const effects = new Map<Effect, State>();
  let before = own;
  const peel = (effect: Effect, next: State) => {
    effects.set(effect, {cycles: before.cycles - next.cycles, time_ps: before.time_ps - next.time_ps});
    before = next;
  };
  let run = played(point, job.dtype, {trace: job.trace, gpu: point.gpu.values}, hertz);
  peel('clock', {...run.full, time_ps: picoseconds(run.full.cycles, hertz, job.trace.launches.length, point)});
  peel('launch', run.full);
  for (const {effect, ablation, even} of all) {
    if (effect !== 'tail') run = played(point, job.dtype, ablation, hertz);
    peel(effect, even ? run.even : run.full);
  }
  return {effects, core: before, ablation: all.at(-1)!.ablation, useful};
}

/** The bare main loop of a job, with nothing told of how it was reached. */
export function coreOf(point: Point, job: Job, hertz: number): State {
  return played(point, job.dtype, layers(point, job).all.at(-1)!.ablation, hertz).even;
}

/** What there is to switch off in a job, from the outside in. */
function layers(point: Point, job: Job): {readonly all: readonly Layer[]; readonly useful: number} {
  const all: Layer[] = [];
  let {trace} = job;
  let {tiles} = job;
  const gpu = point.gpu.values;
  const layer = (effect: Effect, next = trace, even = true) => {
    trace = next;
    all.push({effect, ablation: {trace, gpu}, even});
  };
  if (trace.launches.length > 1) layer('further', firstLaunch(trace), false);
  if (new Set(tiles.map(({rows}) => rows)).size > 1) {
    const equal = jobOf({...point, kernel: job.kernel}, equalTiles);
    tiles = equal.tiles;
    layer('imbalance', firstLaunch(equal.trace), false);
  }
  layer('tail');
  layer('epilogue', withoutEpilogue(trace));
  layer('fill', withoutFill(trace));
  const has = (name: OperandName) => trace.launches[0]!.operands.some((o) => o.name === name);
  if (has('metadata')) layer('metadata', withoutOperands(trace, ['metadata']));
  if (has('index')) {
    const waiting = trace;
    layer('index_wait', withIndexKnown(waiting));
    layer('index', withoutIndex(waiting));
  }
  const pipe = multiplying(trace, gpu, elements[job.dtype]!.mma);
  const useful = tiles.reduce((sum, {rows, columns}) => sum + rows * columns, 0) * job.gemm.m;
  if (pipe) all.push({effect: 'padding', ablation: {trace, gpu: withMma(gpu, pipe.mma, useful / pipe.macs)}, even: true});
  return {all, useful};
}
