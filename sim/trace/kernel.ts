import {positionBits} from '../packing/n-of-m.ts';
import type {Index, Vector} from '../pattern/mask.ts';
import type {Cores} from '../pattern/pattern.ts';
import {refuseSpmm, spmmRegisters} from './spmm.ts';
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

export type Launching = 'fused' | 'batched' | 'streams';

export type Activations = 'm-contiguous' | 'k-contiguous';

/** What the operands of a kernel are like, as far as its instructions depend on it. */
export interface KernelShape {
  readonly elementBytes: number;
  /** Weights packed n:m: MMA.SP on values and metadata; undefined: dense. */
  readonly vector?: Vector | undefined;
  /** Which kept rows and columns are named: activation rows are gathered, output columns scattered. */
  readonly index: Index;
  readonly activations: Activations;
  readonly cores: Cores;
  readonly launching: Launching;
  /** The copy engine knows the kept rows: no index is loaded, and none waited for. */
  readonly indexFree?: boolean;
}

/** How many k a stored weight stands for: 2 of 2:4, 1 of dense. */
export function kPerStored(vector: Vector | undefined): number {
  return vector ? vector.m / vector.n : 1;
}

/** Logical k of one MMA, 32 B of weights as they are stored: m16n8k16 on 16-bit values, or m16n8k32 for 2:4; half of that for tf32, twice for int8. */
export function instructionK(shape: KernelShape): number {
  return (32 * kPerStored(shape.vector)) / shape.elementBytes;
}

/** Bits of metadata that one row of weights has in one MMA. */
export function metadataBits({vector, elementBytes}: KernelShape): number {
  return vector ? (32 / elementBytes) * positionBits(vector) : 0;
}

/** Bytes of a result: products of int8 are summed and left in int32, as cuBLASLt does; other types return to their own. */
export function resultBytes(elementBytes: number): number {
  return elementBytes === 1 ? 4 : elementBytes;
}

/** The smallest copy cp.async makes; PTX ISA: 4, 8 or 16 B. */
const smallestCopy = 4;

/** What an index names in activations of this layout: along a row with K contiguous, as many k as the smallest copy brings. */
export function indexFor(index: Index, activations: Activations, elementBytes: number): Index {
  if (activations === 'm-contiguous' || index.rows === 0) return index;
  return {...index, rows: Math.max(index.rows, smallestCopy / elementBytes)};
}

/** Hardware packs 16 k-neighbours of 16 bits at a time, whole groups of them, and picks activations for each from twice or four times as many. */
function hasInstruction(vector: Vector): boolean {
  return [2, 4].includes(kPerStored(vector)) && 16 % vector.n === 0;
}

/** What keeps any kernel from reading operands of this shape, in a sentence; undefined: nothing. */
export function refuseShape({index, activations, elementBytes, vector, cores, indexFree}: KernelShape): string | undefined {
  if (vector && !hasInstruction(vector))
    return `mma.sp multiplies n:m weights where m is 2 or 4 times n, and n 1, 2, 4, 8 or 16; these are ${vector.n}:${vector.m}`;
  if (indexFree && cores !== 'tensor')
    return 'a hardware gather walks the kept rows of a tile; weights kept one by one are named by loads of their own, which it cannot replace';
  if (indexFree && index.rows > 0 && activations === 'k-contiguous')
    return 'a hardware gather copies rows of activations and needs activations: m-contiguous; with K contiguous a kept k is a place in each of M rows';
  if (elementBytes === 4 && vector) return 'the sparse tensor cores take tf32 in 1:2, for which there is no pattern yet';
  if (elementBytes !== 2 && cores !== 'tensor') return `CUDA cores multiply 16-bit elements here; these have ${8 * elementBytes}`;
  if (elementBytes !== 2 && index.rows > 0)
    return `a gather of k needs 16-bit elements, which ldmatrix can transpose; these have ${8 * elementBytes}`;
  if (elementBytes !== 2 && activations === 'm-contiguous')
    return `${8 * elementBytes}-bit elements need activations: k-contiguous; ldmatrix transposes 16-bit elements only`;
  if (cores !== 'tensor' && activations === 'k-contiguous')
    return 'weights named one by one need activations: m-contiguous, where the activations of a k are a row to be loaded; with K contiguous they are 2 B in each of M lines';
  if (index.rows === 0 || activations === 'm-contiguous' || !vector) return undefined;
  const groups = vector.m === 4 ? 'fours' : 'groups';
  return `a gather of k for mma.sp needs activations: m-contiguous; of rows with K contiguous the smallest copy, 4 B, brings pairs of k, which break up the ${groups} that ${vector.n}:${vector.m} chose from`;
}

/** What keeps a kernel from being built, as (key, sentence); undefined: nothing. */
export function refuseKernel(kernel: Kernel, shape: KernelShape): {readonly key: string; readonly message: string} | undefined {
  const unreadable = refuseShape(shape);
  if (unreadable) return {key: 'tile', message: unreadable};
  if (shape.cores === 'cuda') return refuseSpmm(kernel);
  const [m, n, k] = kernel.tile as [number, number, number];
  const [wm, wn] = kernel.warps as [number, number];
  const atom = 2 * instructionK(shape);
  const weightAtom = shape.vector ? 32 : 16;
  if (wm * wn > 16) return {key: 'warps', message: `${wm} × ${wn} warps; a CTA of these kernels has at most 16`};
  if (m % (wm * 16) !== 0) return {key: 'tile', message: `${m} tokens do not divide into ${wm} warps of a multiple of 16`};
  if (n % (wn * weightAtom) !== 0) return {key: 'tile', message: `${n} weights do not divide into ${wn} warps of a multiple of ${weightAtom}`};
  if (k % atom !== 0) return {key: 'tile', message: `k of ${k} is not a multiple of ${atom}, two instructions of k = ${atom / 2}`};
  // Of dense and 2:4 kernels what spills has always been left out of account; four times the activations do not fit by far.
  const registers = operandRegisters([m, n], [wm, wn], shape);
  if (kPerStored(shape.vector) > 2 && registers > mostRegisters)
    return {
      key: 'warps',
      message: `${registers} registers a thread hold a warp’s accumulators and fragments, and a thread has ${mostRegisters}; more warps have less to hold`,
    };
  if (shape.index.rows > 0 && k % shape.index.rows !== 0) return {key: 'tile', message: `k of ${k} is not whole blocks of ${shape.index.rows}`};
  if (kernel.splitK > 1 && shape.launching !== 'fused')
    return {key: 'splitK', message: `split-K needs launch: fused; with ${shape.launching} every tile’s kernel writes its own columns of C`};
  if (kernel.splitK > 1 && shape.index.columns && shape.activations === 'k-contiguous')
    return {key: 'splitK', message: 'partial sums of scattered columns need activations: m-contiguous, where a pruned column is a row of its own'};
  return undefined;
}

/** Registers a thread needs: accumulators, two sets of fragments, and what addresses and the loop take. At most 255. */
export function registersPerThread(kernel: Kernel, shape: KernelShape): number {
  const [m, n] = kernel.tile as [number, number, number];
  const [wm, wn] = kernel.warps as [number, number];
  if (shape.cores === 'cuda') return spmmRegisters(kernel, shape.elementBytes);
  return Math.min(mostRegisters, operandRegisters([m, n], [wm, wn], shape) + loopRegisters);
}

/** What a thread has. */
const mostRegisters = 255;

/** Registers that hold a warp's accumulators and both its sets of fragments. */
function operandRegisters([m, n]: readonly [number, number], [wm, wn]: readonly [number, number], {vector}: KernelShape): number {
  const down = n / wn / 16;
  const right = m / wm / 8;
  const metadata = vector ? Math.ceil(down / 2) * Math.ceil(positionBits(vector) / 2) : 0;
  return down * right * 4 + 2 * (down * 4 + right * 2 * kPerStored(vector) + metadata);
}

/** Pointers, counters and predicates of the main loop; cuobjdump of CUTLASS multistage kernels shows 30 to 40. */
const loopRegisters = 36;
