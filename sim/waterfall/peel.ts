import {elements} from '../elements.ts';
import {jobOf, type Job} from '../job.ts';
import type {Point} from '../point.ts';
import type {Effect} from '../stats/waterfall.ts';
import {equalTiles} from './equal-tiles.ts';
import {layers} from './layers.ts';
import {pipeTime} from './pipe.ts';
import {nothing, played, stateOf, timeOf, type Ablation, type State} from './state.ts';
import {firstLaunch} from './surgery.ts';

/** A point taken apart from the outside in: what each effect costs it. Together they are all that it takes. */
export type Peeled = ReadonlyMap<Effect, State>;

/** Plays a job at `hertz` with one effect after another switched off, each on top of those before it. `own`: at its own clock. */
export function peeled(point: Point, job: Job, own: State, hertz: number): Peeled {
  const costs = new Map<Effect, State>();
  let before = own;
  const peel = (effect: Effect, next: State): void => {
    costs.set(effect, {cycles: before.cycles - next.cycles, time_ps: before.time_ps - next.time_ps});
    before = next;
  };
  let ablation: Ablation = {trace: job.trace, gpu: point.gpu.values, atHand: []};
  let run = played(point, job.dtype, ablation, hertz);
  const without = (effect: Effect, next: Ablation, until: 'full' | 'even'): void => {
    ablation = next;
    run = played(point, job.dtype, ablation, hertz);
    peel(effect, run[until]);
  };

  peel('clock', timeOf(run.full.cycles, hertz, job.trace, point));
  peel('launch', run.full);
  if (job.trace.launches.length > 1) without('further', {...ablation, trace: firstLaunch(job.trace)}, 'full');
  let {tiles} = job;
  if (new Set(tiles.map(({rows}) => rows)).size > 1) {
    const equal = jobOf({...point, kernel: job.kernel}, equalTiles);
    tiles = equal.tiles;
    without('imbalance', {...ablation, trace: firstLaunch(equal.trace)}, 'full');
  }
  peel('tail', run.even);
  for (const {effect, without: cut} of layers) {
    const next = cut(ablation, run);
    if (next) without(effect, next, 'even');
  }
  // What is left are multiplications; how long the tensor pipes need for them is arithmetic.
  const useful = tiles.reduce((sum, {rows, columns}) => sum + rows * columns, 0) * job.gemm.m;
  const pipe = pipeTime(ablation.trace, point.gpu.values, elements[job.dtype]!.mma);
  if (pipe) {
    const state = (cycles: number): State => stateOf(Math.round(cycles), hertz, point);
    peel('loop', state(pipe.issued));
    peel('padding', state(pipe.of(useful)));
    peel('vector', state(pipe.ofDense(useful)));
  }
  peel('multiplications', nothing);
  return costs;
}
