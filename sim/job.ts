import type {GpuValues} from './gpu/parameters.ts';
import {canonicalJson, type Point} from './point.ts';
import type {Result} from './stats/result.ts';
import {keptWeights, type Mask} from './pattern/mask.ts';
import type {Pattern} from './pattern/pattern.ts';
import {pack} from './packing/pack.ts';
import type {PackedOperand} from './packing/packed.ts';
import {patterns} from './pattern/index.ts';
import {importance} from './pattern/importance.ts';
import {isIndexFree} from './gpu/sm.ts';
import {elements} from './elements.ts';
import {maskOf, kindOf} from './masks.ts';
import {survival} from './pattern/retained.ts';
import {searchKernel} from './kernel-search.ts';
import {indexFor, type Activations, type Kernel, type Launching} from './trace/kernel.ts';
import {refuseKernel} from './trace/refusals.ts';
import {Recent} from './trace/recent.ts';
import {kernelShape, traceOf} from './trace/trace-of.ts';
import type {Trace} from './trace/trace.ts';
import type {Gemm} from './workload/gemm.ts';

/** What is to be run, and what a result says of it beside what the machine measures. What a trace file holds. */
export interface Job {
  readonly gemm: Gemm;
  readonly dtype: string;
  readonly seed: number;
  readonly activations: Activations;
  readonly pattern: Result['pattern'];
  readonly kernel: Kernel;
  readonly launch: Launching;
  /** Weights that survive, and the weight tiles they form. */
  readonly kept: number;
  /** Share of the weights' magnitude that survives. */
  readonly retained: number;
  /** Σ|w|, where weights were looked at. */
  readonly magnitude?: number;
  readonly tiles: Result['tiles'];
  readonly trace: Trace;
}

/** A GPU as a type finds it: the energy of its tensor cores is known for 16-bit operands, for others as a share of that. */
export function gpuFor(values: GpuValues, dtype: string): GpuValues {
  return {...values, power: {...values.power, flop: values.power.flop * elements[dtype]!.energy}};
}

/** Of a large layer a few hundred MiB: no more than the last is kept. */
interface Packing {
  readonly mask: Mask;
  /** Of the pattern, with the sparsity that was searched for. */
  readonly values: Point['pattern']['values'];
  readonly packed: PackedOperand;
  readonly importance: ReturnType<typeof survival>;
}
const packings = new Recent<Packing>(1);
const traces = new Recent<Trace>(1);

/**
 * Prunes, packs and traces a point that names a GEMM. Pure. Throws an Error if no kernel can run it. `reshape`: another mask in
 * place of the pruned one, for what if.
 */
export function jobOf(point: Point, reshape?: (mask: Mask) => Mask): Job {
  if ('trace' in point.workload) throw new Error('a trace file is read, not made');
  const gemm = point.workload;
  const element = elements[point.dtype]!;
  const pattern = kindOf(point, gemm);
  const asked = point.pattern.values;
  const {gpu: _, kernel: __, axes: ___, fidelity: ____, ...pruned} = point;
  // The same weights are packed in another way where the GPU multiplies them in another.
  const content = `${canonicalJson(pruned)}${pattern.cores?.(asked) ?? ''}`;
  const packing = (): Packing => {
    const weights = once(() => importance(gemm, point.seed));
    const {mask: pruning, values} = maskOf(point, gemm, weights);
    const mask = reshape ? reshape(pruning) : pruning;
    const index = indexFor(pattern.index(values), point.activations, element.bytes);
    return {mask, values, packed: pack(mask, {elementBytes: element.bytes, index}), importance: survival(mask, weights)};
  };
  const {mask, values, packed, importance: left} = reshape ? packing() : packings.get(content, packing);
  const {copies} = point.gpu.values.sm;
  const surroundings = {launching: launchOf(point, pattern), copies, indexFree: isIndexFree(point.gpu.values)};
  const shape = kernelShape(packed, point.activations, surroundings);
  const kernel =
    point.kernel === 'auto'
      ? searchKernel(gemm, packed, pattern.granularity(values), shape, gpuFor(point.gpu.values, point.dtype), element.mma)
      : point.kernel;
  const refused = refuseKernel(kernel, shape);
  if (refused) throw new Error(`kernel.${refused.key}: ${refused.message}`);
  const tracing = () => traceOf(gemm, packed, kernel, point.activations, surroundings);
  return {
    gemm,
    dtype: point.dtype,
    seed: point.seed,
    activations: point.activations,
    pattern: {type: point.pattern.type, label: patterns[point.pattern.type]!.label(values), ...values},
    kernel,
    launch: surroundings.launching,
    kept: keptWeights(mask),
    ...left,
    tiles: tilesOf(mask),
    trace: reshape ? tracing() : traces.get(`${content}${canonicalJson(kernel)}${canonicalJson(surroundings)}`, tracing),
  };
}

/** How the kernels of a pattern are launched: only tiles can be apart. */
export function launchOf({launch}: Point, pattern: Pattern): Launching {
  return pattern.launchesTiles ? launch : 'fused';
}

/** Weights are drawn, or read, when something first looks at them, and kept for whatever looks next. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function tilesOf(mask: Mask): Result['tiles'] {
  const {tiles, elements} = mask;
  if (tiles.length === 0 && elements)
    return Array.from({length: mask.n}, (_, n) => ({rows: elements.start[n + 1]! - elements.start[n]!, columns: 1, span: 1}));
  return tiles.map(({rows, columns}) => ({rows: rows.length, columns: columns.length, span: columns.at(-1)! - columns[0]! + 1}));
}
