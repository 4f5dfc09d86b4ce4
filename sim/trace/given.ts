import fc from 'fast-check';
import {fill} from '../packing/fill.ts';
import {pack} from '../packing/pack.ts';
import type {PackedContents, PackedOperand} from '../packing/packed.ts';
import {patterns} from '../pattern/index.ts';
import type {Mask} from '../pattern/mask.ts';
import type {Weights} from '../pattern/pattern.ts';
import type {Gemm} from '../workload/gemm.ts';
import {indexFor, type Activations, type Copies, type Kernel, type KernelShape, type Launching} from './kernel.ts';
import {refuseKernel} from './refusals.ts';
import {traceOf} from './trace-of.ts';
import type {Trace} from './trace.ts';

/** For tests: a GEMM, how its weights are pruned, and the kernel that multiplies it. */
export interface Choice {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly pattern: {readonly type: string; readonly values: {readonly [parameter: string]: unknown}};
  readonly activations: Activations;
  readonly kernel: Kernel;
  readonly launching: Launching;
  readonly copies: Copies;
  readonly seed: number;
  readonly elementBytes: number;
  /** The n:m of sparse tensor cores beside 2:4; absent: silicon's. */
  readonly packed?: readonly string[];
  readonly indexFree?: boolean;
}

/** For tests: everything from the weights to the trace. */
export interface Made {
  readonly gemm: Gemm;
  readonly weights: Weights;
  readonly mask: Mask;
  readonly packed: PackedOperand;
  readonly contents: PackedContents;
  readonly kernel: Kernel;
  readonly activations: Activations;
  readonly a: Float32Array;
  readonly indexFree: boolean;
  readonly trace: Trace;
}

export const twoByTwo: Kernel = {tile: [128, 128, 64], warps: [2, 2], stages: 3, splitK: 1, swizzle: 1, raster: 'tokens', indexAhead: 1};

/** For tests: dense fp16 operands, tokens contiguous. */
export const denseShape: KernelShape = {
  elementBytes: 2,
  index: {rows: 0, columns: false},
  activations: 'm-contiguous',
  cores: 'tensor',
  launching: 'fused',
  copies: 'async',
};

/** For tests: an fp16 GEMM, 2 × 2 warps on a tile of 128 × 128 × 64 unless told otherwise. */
export function made(choice: Partial<Choice>): Made {
  const {m, n, k, pattern, activations, kernel, launching, copies, seed, elementBytes, packed: ratios, indexFree} = choice;
  const gemm = {name: 'given', m: m ?? 128, n: n ?? 128, k: k ?? 128, count: 1};
  const {type, values} = pattern ?? {type: 'dense', values: {}};
  const kind = (ratios && patterns[type]!.on?.(ratios)) ?? patterns[type]!;
  const weights = {k: gemm.k, n: gemm.n, values: smallIntegers(gemm.k * gemm.n, seed ?? 1)};
  const mask = kind.prune(gemm, () => weights, values);
  const bytes = elementBytes ?? 2;
  const packed = pack(mask, {elementBytes: bytes, index: indexFor(kind.index(values), activations ?? 'm-contiguous', bytes)});
  const layout = activations ?? 'm-contiguous';
  return {
    gemm,
    weights,
    mask,
    packed,
    contents: fill(packed, weights),
    kernel: kernel ?? twoByTwo,
    activations: layout,
    a: smallIntegers(gemm.m * gemm.k, (seed ?? 1) + 1),
    indexFree: indexFree ?? false,
    trace: traceOf(gemm, packed, kernel ?? twoByTwo, layout, {
      ...(launching && {launching}),
      ...(copies && {copies}),
      ...(indexFree && {indexFree}),
    }),
  };
}

/** Whole numbers from −4 to 4 without 0: sums of thousands of their products are exact in float32. */
export function smallIntegers(length: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 1) >>> 0;
  return Float32Array.from({length}, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = (state >>> 28) - 8;
    return value < 0 ? value >> 1 : (value >> 1) + 1;
  });
}

const granularity = fc.constantFrom(8, 16, 40, 64, 128);

const anyPattern = fc.oneof(
  fc.constant({type: 'dense', values: {}}),
  fc.constant({type: 'vw', values: {n: 2, m: 4}}),
  fc
    .record({sparsity: fc.double({min: 0, max: 0.99, noNaN: true}), granularity, columns: fc.constantFrom('pruned', 'kept')})
    .map((values) => ({type: 'tw', values})),
  fc.record({sparsity: fc.double({min: 0, max: 0.99, noNaN: true}), block: fc.constantFrom(8, 16, 32, 64)}).map((values) => ({type: 'bw', values})),
  fc.record({v: granularity, n: fc.constant(2), m: fc.integer({min: 4, max: 40})}).map((values) => ({type: 'vnm', values})),
  fc.record({sparsity: fc.double({min: 0.5, max: 0.99, noNaN: true}), granularity}).map((values) => ({type: 'tvw', values})),
);

const ratios = ['1:2', '4:8', '8:16', '1:4', '2:8', '4:16'];
/** n:m that silicon does not have. */
const anyRatio = fc.constantFrom(...ratios).map((ratio) => {
  const [n, m] = ratio.split(':').map(Number);
  return {n: n!, m: m!};
});

/** For tests: any GEMM up to `most` a side, with weights packed n:m by tensor cores that no silicon has. */
export function anyHypothetical(most: number): fc.Arbitrary<Omit<Choice, 'launching'>> {
  const extent = fc.integer({min: 1, max: most});
  const pattern = anyRatio.chain((vector) =>
    fc.oneof(
      fc.constant({type: 'vw', values: vector}),
      fc
        .record({share: fc.double({min: 0, max: 0.98, noNaN: true}), granularity})
        .map(({share, ...rest}) => ({type: 'tvw', values: {...rest, ...vector, sparsity: 1 - ((1 - share) * vector.n) / vector.m}})),
    ),
  );
  const kernel = fc.record({
    tile: fc.tuple(fc.constantFrom(32, 64, 96), fc.constantFrom(64, 128), fc.constantFrom(128, 256)),
    warps: fc.constantFrom([2, 1], [2, 2], [1, 2], [1, 4]),
    stages: fc.integer({min: 2, max: 4}),
    splitK: fc.integer({min: 1, max: 3}),
    swizzle: fc.integer({min: 1, max: 3}),
    raster: fc.constantFrom('tokens' as const, 'weights' as const),
    indexAhead: fc.constantFrom(0, 1),
  });
  return fc
    .record({
      m: extent,
      n: extent,
      k: extent,
      pattern,
      activations: fc.constantFrom<Activations>('m-contiguous', 'k-contiguous'),
      kernel,
      seed: fc.nat(1000),
      elementBytes: fc.constantFrom(1, 2, 2, 2),
      packed: fc.constant(ratios),
      indexFree: fc.boolean(),
      copies: fc.constant('async' as const),
    })
    .map(withTileOf)
    .filter(({pattern: {type, values}, activations, kernel, elementBytes, indexFree}) => {
      const kind = patterns[type]!;
      const shape = {
        elementBytes,
        vector: kind.vector(values),
        index: indexFor(kind.index(values), activations, elementBytes),
        activations,
        indexFree,
      };
      return refuseKernel(kernel, {...shape, cores: 'tensor', launching: 'fused', copies: 'async'}) === undefined;
    });
}

const anyKernel: fc.Arbitrary<Kernel> = fc.record({
  tile: fc.tuple(fc.constantFrom(64, 80, 96, 128), fc.constantFrom(64, 96, 128), fc.constantFrom(32, 64)),
  warps: fc.constantFrom([1, 1], [2, 1], [1, 2], [2, 2], [1, 4], [4, 1]),
  stages: fc.integer({min: 2, max: 5}),
  splitK: fc.integer({min: 1, max: 4}),
  swizzle: fc.integer({min: 1, max: 4}),
  raster: fc.constantFrom('tokens', 'weights'),
  indexAhead: fc.constantFrom(0, 1),
});

/** The k of a tile is one of 16-bit elements; of others it is as many bytes. */
function withTileOf<C extends {readonly kernel: Kernel; readonly elementBytes: number}>(choice: C): C {
  const {kernel, elementBytes} = choice;
  return {...choice, kernel: {...kernel, tile: kernel.tile.map((extent, i) => (i < 2 ? extent : (extent * 2) / elementBytes))}};
}

/** For tests: any GEMM up to `most` a side, with any pattern, layout and kernel that go together on a GPU that copies so. */
export function anyChoice(most: number, copies: Copies = 'async'): fc.Arbitrary<Omit<Choice, 'launching'>> {
  const extent = fc.integer({min: 1, max: most});
  return fc
    .record({
      m: extent,
      n: extent,
      k: extent,
      pattern: anyPattern,
      activations: fc.constantFrom<Activations>('m-contiguous', 'k-contiguous'),
      kernel: anyKernel,
      seed: fc.nat(1000),
      elementBytes: fc.constantFrom(1, 2, 2, 2, 4),
    })
    .map((choice) => withTileOf({...choice, copies}))
    .filter(({pattern, activations, kernel, elementBytes}) => {
      const index = indexFor(patterns[pattern.type]!.index(pattern.values), activations, elementBytes);
      const kind = patterns[pattern.type]!;
      const cores = kind.cores?.(pattern.values) ?? 'tensor';
      const vector = cores === 'cuda' ? undefined : kind.vector(pattern.values);
      // Without cp.async there is one instruction, on 16-bit values that are not packed.
      if (copies === 'registers' && (vector || elementBytes !== 2)) return false;
      return refuseKernel(kernel, {elementBytes, vector, index, activations, cores, launching: 'fused', copies}) === undefined;
    });
}
