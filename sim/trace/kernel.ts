import {choice, count, list, type Values} from '../config/parameter.ts';

/** How a tiled GEMM is cut and pipelined: the choices a kernel's author, or `kernel: auto`, makes. */
export const kernelParameters = {
  tile: list(count('extent', {max: 512}), 'tokens × weights × k of a CTA tile, k counted before 2:4', {length: 3}),
  warps: list(count('warps', {max: 8}), 'how many warps share the tile, along tokens and along weights', {length: 2}),
  stages: count('K tiles of shared memory, of which all but one are on their way while one is multiplied', {min: 2, max: 8}),
  splitK: count('CTAs that share the K of one tile; above 1 a second kernel adds their partial sums', {max: 32, default: 1}),
  swizzle: count('CTA tiles walked side by side before the walk moves on, so that both operands are found in L2', {max: 64, default: 1}),
  raster: choice(
    ['tokens', 'weights'],
    'what the walk over CTA tiles runs along first: tokens keeps a weight tile, weights keeps an activation tile',
    {
      default: 'tokens',
    },
  ),
  indexAhead: count('K tiles a row index is loaded ahead of the gather it steers (0: right before it, as in SC20)', {min: 0, max: 1, default: 1}),
};

export type Kernel = Values<typeof kernelParameters>;

export type Activations = 'm-contiguous' | 'k-contiguous';

/** What the operands of a kernel are like, as far as its instructions depend on it. */
export interface KernelShape {
  readonly elementBytes: number;
  /** 2:4 weights: MMA.SP on packed values and metadata. */
  readonly sparse: boolean;
  /** Kept rows are named by an index: activation rows are gathered, output columns scattered. */
  readonly gathered: boolean;
  readonly activations: Activations;
}

/** Logical k of one MMA, 32 B of it: m16n8k16 on 16-bit values, or m16n8k32 for mma.sp; half of that for tf32, twice for int8. */
export function instructionK(shape: KernelShape): number {
  return (shape.sparse ? 64 : 32) / shape.elementBytes;
}

/** Bytes of a result: products of int8 are summed and left in int32, as cuBLASLt does; other types return to their own. */
export function resultBytes(elementBytes: number): number {
  return elementBytes === 1 ? 4 : elementBytes;
}

/** What keeps any kernel from reading operands of this shape, in a sentence; undefined: nothing. */
export function refuseShape({gathered, activations, elementBytes, sparse}: KernelShape): string | undefined {
  if (elementBytes === 4 && sparse) return 'the sparse tensor cores take tf32 in 1:2, for which there is no pattern yet';
  if (elementBytes !== 2 && gathered) return `a gather of k needs 16-bit elements, which ldmatrix can transpose; these have ${8 * elementBytes}`;
  if (elementBytes !== 2 && activations === 'm-contiguous')
    return `${8 * elementBytes}-bit elements need activations: k-contiguous; ldmatrix transposes 16-bit elements only`;
  if (!gathered || activations === 'm-contiguous') return undefined;
  return 'a gather of k needs activations: m-contiguous; with K contiguous a pruned k is two bytes inside a line that is loaded anyway';
}

/** What keeps a kernel from being built, as (key, sentence); undefined: nothing. */
export function refuseKernel(kernel: Kernel, shape: KernelShape): {readonly key: string; readonly message: string} | undefined {
  const [m, n, k] = kernel.tile as [number, number, number];
  const [wm, wn] = kernel.warps as [number, number];
  const atom = 2 * instructionK(shape);
  const weightAtom = shape.sparse ? 32 : 16;
  if (wm * wn > 16) return {key: 'warps', message: `${wm} × ${wn} warps; a CTA of these kernels has at most 16`};
  if (m % (wm * 16) !== 0) return {key: 'tile', message: `${m} tokens do not divide into ${wm} warps of a multiple of 16`};
  if (n % (wn * weightAtom) !== 0) return {key: 'tile', message: `${n} weights do not divide into ${wn} warps of a multiple of ${weightAtom}`};
  if (k % atom !== 0) return {key: 'tile', message: `k of ${k} is not a multiple of ${atom}, two instructions of k = ${atom / 2}`};
  const unreadable = refuseShape(shape);
  if (unreadable) return {key: 'tile', message: unreadable};
  return undefined;
}

/** Registers a thread needs: accumulators, two sets of fragments, and what addresses and the loop take. At most 255. */
export function registersPerThread(kernel: Kernel, shape: KernelShape): number {
  const [m, n] = kernel.tile as [number, number, number];
  const [wm, wn] = kernel.warps as [number, number];
  const down = n / wn / 16;
  const right = m / wm / 8;
  const accumulators = down * right * 4;
  const fragments = down * 4 + right * (shape.sparse ? 4 : 2) + (shape.sparse ? Math.ceil(down / 2) : 0);
  return Math.min(255, accumulators + 2 * fragments + loopRegisters);
}

/** Pointers, counters and predicates of the main loop; cuobjdump of CUTLASS multistage kernels shows 30 to 40. */
const loopRegisters = 36;
