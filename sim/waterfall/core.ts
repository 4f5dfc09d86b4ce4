import type {GpuValues} from '../gpu/parameters.ts';
import {elements} from '../elements.ts';
import type {Job} from '../job.ts';
import type {Point} from '../point.ts';
import type {Effect, WaterfallBar} from '../stats/waterfall.ts';
import type {Trace} from '../trace/trace.ts';
import {lineBytes, withMoreActivations, withMoreWeights} from './more-copies.ts';
import type {Peeled} from './peel.ts';
import {denseRate, multiplying, withMma} from './pipe.ts';
import {difference, played, type State} from './state.ts';

/**
 * From the dense main loop to the pattern's: what the pattern spares is put back into its loop, one thing on top of the other
 * (activations, weights, the 2:4's multiplications, those of pruned rows and columns), and what is left is the loop itself.
 * Bars from the dense side on; `first`: what the one from the dense loop is called.
 */
export function coreBars(point: Point, job: Job, pattern: Peeled, dense: State, first: readonly Effect[], hertz: number): readonly WaterfallBar[] {
  const bars: WaterfallBar[] = [];
  let {core: before} = pattern;
  let waiting: Effect[] = [];
  const add = (effect: Effect, trace: Trace | undefined, gpu: GpuValues | undefined) => {
    waiting.unshift(effect);
    // What cannot be put back alone is told together with what is put back next.
    if (!trace || !gpu) return;
    const next = played(point, job.dtype, {trace, gpu}, hertz).even;
    bars.unshift(difference(waiting, before, next));
    before = next;
    waiting = [];
  };

  const spared = sparedCopies(job, pattern.ablation.trace);
  const {gpu} = pattern.ablation;
  let {trace} = pattern.ablation;
  if (spared.activationRows > 0) {
    const more = withMoreActivations(trace, spared.activationRows, job.gemm.k);
    add('activations', more, gpu);
    trace = more ?? trace;
  }
  if (spared.weightLines > 0) {
    trace = withMoreWeights(trace, spared.weightLines);
    add('weights', trace, gpu);
  }
  const elementType = elements[job.dtype]!.mma;
  const pipe = multiplying(trace, gpu, elementType);
  if (pipe) {
    const slower = pipe.mma.sparse === 'dense' ? 1 : denseRate(pipe.mma, gpu, elementType, job.trace.elementBytes);
    if (slower !== 1) add('vector', trace, slower === undefined ? undefined : withMma(gpu, pipe.mma, slower));
    const {m, n, k} = job.gemm;
    const pruned = (m * n * k) / pattern.useful;
    if (pruned !== 1) add('multiplications', trace, withMma(gpu, pipe.mma, (slower ?? 1) * pruned));
  }
  return [difference([...first, ...waiting], before, dense), ...bars];
}

/** What the dense kernel copies more than this one, a K tile of this one: rows of activations, lines of weights. Rounded. */
function sparedCopies(job: Job, trace: Trace): {readonly activationRows: number; readonly weightLines: number} {
  const {gemm, kernel, tiles} = job;
  const [bm, bn] = kernel.tile as [number, number, number];
  const {operands, grid} = trace.launches[0]!;
  const total = (name: string) => {
    const own = operands.findIndex((o) => o.name === name);
    let sum = 0;
    for (let cta = 0; cta < grid.ctas && own >= 0; cta++) sum += grid.rows[own * grid.ctas + cta]! * grid.bytes[own * grid.ctas + cta]!;
    return sum;
  };
  const steps = grid.steps.reduce((a, b) => a + b, 0);
  const tokenTiles = Math.ceil(gemm.m / bm);
  const rowBytes = bm * trace.elementBytes;
  const activations = Math.ceil(gemm.n / bn) * gemm.m * gemm.k * trace.elementBytes - total('activation');
  const weights = tokenTiles * gemm.n * gemm.k * trace.elementBytes - total('weight');
  const gathered = tiles.some(({rows}) => rows < gemm.k);
  return {
    activationRows: gathered ? Math.round(activations / rowBytes / steps) : 0,
    weightLines: Math.max(0, Math.round(weights / lineBytes / steps)),
  };
}
