import type {GpuValues} from './gpu/parameters.ts';
import {canonicalJson, type Point} from './point.ts';
import type {Result} from './stats/result.ts';
import {keptWeights, type Mask} from './pattern/mask.ts';
import {pack} from './packing/pack.ts';
import type {PackedOperand} from './packing/packed.ts';
import {patterns} from './pattern/index.ts';
import {seededWeights} from './pattern/weights.ts';
import {Recent} from './recent.ts';
import {searchKernel} from './kernel-search.ts';
import {refuseKernel, type Activations, type Kernel} from './trace/kernel.ts';
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
  /** Weights that survive, and the weight tiles they form. */
  readonly kept: number;
  readonly tiles: Result['tiles'];
  readonly trace: Trace;
}

/** How a data type is stored, and what the tensor core's table calls it. tf32 lies in memory as fp32. */
export const elements: Readonly<Record<string, {readonly bytes: number; readonly mma: string}>> = {
  fp16: {bytes: 2, mma: 'f16'},
  bf16: {bytes: 2, mma: 'bf16'},
  int8: {bytes: 1, mma: 's8'},
  tf32: {bytes: 4, mma: 'tf32'},
};

/**
 * A GPU as a type finds it. The energy of its tensor cores is known for 16-bit operands; for others it is taken in proportion to
 * their bits. Assumed: multipliers alone would shrink more (7 nm: int8 0.07 pJ, bf16 0.21 pJ; Jouppi et al., ISCA 2021), what carries operands to them less.
 */
export function gpuFor(values: GpuValues, dtype: string): GpuValues {
  return {...values, power: {...values.power, flop: (values.power.flop * elements[dtype]!.bytes) / 2}};
}

/** Of a large layer a few hundred MiB: no more than the last is kept. */
const packings = new Recent<{readonly mask: Mask; readonly packed: PackedOperand}>(1);
const traces = new Recent<Trace>(1);

/**
 * Prunes, packs and traces a point that names a GEMM. Pure. Throws an Error if no kernel can run it. `reshape`: another mask in
 * place of the pruned one, for what if.
 */
export function jobOf(point: Point, reshape?: (mask: Mask) => Mask): Job {
  if ('trace' in point.workload) throw new Error('a trace file is read, not made');
  const gemm = point.workload;
  const element = elements[point.dtype]!;
  const pattern = patterns[point.pattern.type]!;
  const values = point.pattern.values;
  const content = canonicalJson([gemm, point.dtype, point.seed, point.pattern]);
  const packing = () => {
    const pruned = pattern.prune(gemm, () => seededWeights(gemm, point.seed, gemm.name), values);
    const mask = reshape ? reshape(pruned) : pruned;
    return {mask, packed: pack(mask, {elementBytes: element.bytes, gathered: pattern.gathered})};
  };
  const {mask, packed} = reshape ? packing() : packings.get(content, packing);
  const shape = kernelShape(packed, point.activations);
  const kernel =
    point.kernel === 'auto'
      ? searchKernel(gemm, packed, pattern.granularity(values), point.activations, gpuFor(point.gpu.values, point.dtype), element.mma)
      : point.kernel;
  const refused = refuseKernel(kernel, shape);
  if (refused) throw new Error(`kernel.${refused.key}: ${refused.message}`);
  const tracing = () => traceOf(gemm, packed, kernel, point.activations);
  return {
    gemm,
    dtype: point.dtype,
    seed: point.seed,
    activations: point.activations,
    pattern: {type: point.pattern.type, label: pattern.label(values), ...values},
    kernel,
    kept: keptWeights(mask),
    tiles: tilesOf(mask),
    trace: reshape ? tracing() : traces.get(`${content}${canonicalJson([kernel, point.activations])}`, tracing),
  };
}

function tilesOf(mask: Mask): Result['tiles'] {
  return mask.tiles.map(({rows, columns}) => ({rows: rows.length, columns: columns.length, span: columns.at(-1)! - columns[0]! + 1}));
}
