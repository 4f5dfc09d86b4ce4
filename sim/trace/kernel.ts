import type {Index} from '../pattern/mask.ts';
import type {Cores} from '../pattern/pattern.ts';
import {refuseSpmm, spmmRegisters} from './spmm.ts';
import {choice, count, list, optional, type Values} from '../config/parameter.ts';

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
  epilogue: optional(
    choice(
      ['lines', 'elements'],
      'how results leave: lines: all of the tile through shared memory, 16 B a lane (left out: this); elements: two rows of every warp at a time, an element a lane, as CUTLASS 1.x on Volta',
    ),
  ),
};

type KernelValues = Values<typeof kernelParameters>;
export type Kernel = Omit<KernelValues, 'epilogue'> & Partial<Pick<KernelValues, 'epilogue'>>;

export type Launching = 'fused' | 'batched' | 'streams';

export type Activations = 'm-contiguous' | 'k-contiguous';

/** How K tiles come to shared memory: by cp.async, or through registers (LDG, then STS) where a GPU has no such copy. */
export type Copies = 'async' | 'registers';

/** What the operands of a kernel are like, as far as its instructions depend on it. */
export interface KernelShape {
  readonly elementBytes: number;
  /** 2:4 weights: MMA.SP on packed values and metadata. */
  readonly sparse: boolean;
  /** Which kept rows and columns are named: activation rows are gathered, output columns scattered. */
  readonly index: Index;
  readonly activations: Activations;
  readonly cores: Cores;
  readonly launching: Launching;
  readonly copies: Copies;
}

/** What a way of copying decides of a tiled kernel: what it multiplies with, in registers, and what it is called. */
interface MainLoop {
  readonly name: string;
  /** Rows, columns and logical k of one MMA. */
  instruction(shape: KernelShape): {readonly m: number; readonly n: number; readonly k: number};
  /** k that is multiplied while the fragments of as much come; a K tile is a multiple of two. And what that is. */
  block(shape: KernelShape): {readonly k: number; readonly what: string};
  /** Registers of a thread, beside its accumulators: two sets of fragments of so many units of 16 weights and 8 tokens, and K tiles on their way. */
  operandRegisters(kernel: Kernel, shape: KernelShape, down: number, right: number): number;
  /** How often the lanes of a warp hold each value of its fragments. */
  readonly heldBy: number;
}

const mainLoops: {readonly [C in Copies]: MainLoop} = {
  async: {
    name: 'multistage',
    // 32 B of k: m16n8k16 on 16-bit values, or m16n8k32 for mma.sp; half of that for tf32, twice for int8.
    instruction: ({sparse, elementBytes}) => ({m: 16, n: 8, k: (sparse ? 64 : 32) / elementBytes}),
    block: (shape) => ({k: instructionOf(shape).k, what: 'instructions'}),
    operandRegisters: (_, {sparse}, down, right) => 2 * (down * 4 + right * (sparse ? 4 : 2) + (sparse ? Math.ceil(down / 2) : 0)),
    heldBy: 1,
  },
  registers: {
    name: 'double_buffered',
    // mma.m8n8k4 in each of four quad pairs; where weights are 2:4, the mma.sp that such a GPU has not.
    instruction: ({sparse, elementBytes}) => (sparse ? {m: 16, n: 8, k: 64 / elementBytes} : {m: 16, n: 16, k: 4}),
    block: () => ({k: 8, what: 'k-blocks'}),
    operandRegisters: ({tile: [m, n, k], warps}, {elementBytes}, down, right) =>
      2 * (down * 4 + right * 2) + ((m! + n!) * k! * elementBytes) / 4 / 32 / (warps[0]! * warps[1]!),
    heldBy: 2,
  },
};

/** Rows, columns and logical k of one MMA of a tiled kernel. */
export function instructionOf(shape: KernelShape): {readonly m: number; readonly n: number; readonly k: number} {
  return mainLoops[shape.copies].instruction(shape);
}

/** How often the lanes of a warp hold each value of its fragments, and so read it from shared memory. */
export function heldBy({copies}: KernelShape): number {
  return mainLoops[copies].heldBy;
}

/** What kernels of this main loop are called. */
export function loopName({copies}: KernelShape): string {
  return mainLoops[copies].name;
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

/** What keeps any kernel from reading operands of this shape, in a sentence; undefined: nothing. */
export function refuseShape({index, activations, elementBytes, sparse, cores, copies}: KernelShape): string | undefined {
  if (elementBytes === 4 && sparse) return 'the sparse tensor cores take tf32 in 1:2, for which there is no pattern yet';
  if (elementBytes !== 2 && cores !== 'tensor') return `CUDA cores multiply 16-bit elements here; these have ${8 * elementBytes}`;
  if (elementBytes !== 2 && index.rows > 0)
    return `a gather of k needs 16-bit elements, which ldmatrix can transpose; these have ${8 * elementBytes}`;
  if (elementBytes !== 2 && activations === 'm-contiguous')
    return `${8 * elementBytes}-bit elements need activations: k-contiguous; ldmatrix transposes 16-bit elements only`;
  if (cores !== 'tensor' && activations === 'k-contiguous')
    return 'weights named one by one need activations: m-contiguous, where the activations of a k are a row to be loaded; with K contiguous they are 2 B in each of M lines';
  if (index.rows > 0 && activations === 'k-contiguous' && copies === 'registers')
    return 'a gather of k needs activations: m-contiguous on a GPU without cp.async; with K contiguous every pair of k is a load of 4 B to registers';
  if (index.rows === 0 || activations === 'm-contiguous' || !sparse) return undefined;
  return 'a gather of k for mma.sp needs activations: m-contiguous; of rows with K contiguous the smallest copy, 4 B, brings pairs of k, which break up the fours that 2:4 chose from';
}

/** What keeps a kernel from being built, as (key, sentence); undefined: nothing. */
export function refuseKernel(kernel: Kernel, shape: KernelShape): {readonly key: string; readonly message: string} | undefined {
  const unreadable = refuseShape(shape);
  if (unreadable) return {key: 'tile', message: unreadable};
  if (shape.cores === 'cuda') return refuseSpmm(kernel);
  const [m, n, k] = kernel.tile as [number, number, number];
  const [wm, wn] = kernel.warps as [number, number];
  const block = mainLoops[shape.copies].block(shape);
  const weightAtom = shape.sparse ? 32 : 16;
  if (wm * wn > 16) return {key: 'warps', message: `${wm} × ${wn} warps; a CTA of these kernels has at most 16`};
  if (m % (wm * 16) !== 0) return {key: 'tile', message: `${m} tokens do not divide into ${wm} warps of a multiple of 16`};
  if (n % (wn * weightAtom) !== 0) return {key: 'tile', message: `${n} weights do not divide into ${wn} warps of a multiple of ${weightAtom}`};
  if (k % (2 * block.k) !== 0) return {key: 'tile', message: `k of ${k} is not a multiple of ${2 * block.k}, two ${block.what} of k = ${block.k}`};
  if (shape.index.rows > 0 && k % shape.index.rows !== 0) return {key: 'tile', message: `k of ${k} is not whole blocks of ${shape.index.rows}`};
  if (kernel.splitK > 1 && shape.launching !== 'fused')
    return {key: 'splitK', message: `split-K needs launch: fused; with ${shape.launching} every tile’s kernel writes its own columns of C`};
  if (kernel.epilogue === 'elements' && shape.index.columns && shape.activations === 'k-contiguous')
    return {
      key: 'epilogue',
      message: 'single elements of scattered columns need activations: m-contiguous, where a pruned column is a row of its own',
    };
  if (kernel.splitK > 1 && shape.index.columns && shape.activations === 'k-contiguous')
    return {key: 'splitK', message: 'partial sums of scattered columns need activations: m-contiguous, where a pruned column is a row of its own'};
  return undefined;
}

/** Registers a thread needs: accumulators, two sets of fragments, and what addresses and the loop take. At most 255. */
export function registersPerThread(kernel: Kernel, shape: KernelShape): number {
  const [m, n] = kernel.tile as [number, number, number];
  const [wm, wn] = kernel.warps as [number, number];
  if (shape.cores === 'cuda') return spmmRegisters(kernel, shape.elementBytes);
  const down = n / wn / 16;
  const right = m / wm / 8;
  const accumulators = down * right * 4;
  const operands = mainLoops[shape.copies].operandRegisters(kernel, shape, down, right);
  return Math.min(255, accumulators + Math.ceil(operands) + loopRegisters);
}

/** Pointers, counters and predicates of the main loop; cuobjdump of CUTLASS multistage kernels shows 30 to 40. */
const loopRegisters = 36;
