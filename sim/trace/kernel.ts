import {positionBits} from '../packing/n-of-m.ts';
import type {Index, Vector} from '../pattern/mask.ts';
import type {Cores} from '../pattern/pattern.ts';
import {spmmRegisters} from './spmm.ts';
import {choice, count, list, optional, type Values} from '../config/parameter.ts';

/** How a tiled GEMM is cut and pipelined: the choices a kernel's author, or `kernel: auto`, makes. */
export const kernelParameters = {
  tile: list(count('extent', {max: 512}), 'tokens × weights × k of a CTA tile, k counted before 2:4', {length: 3}),
  warps: list(count('warps', {max: 8}), 'how many warps share the tile, along tokens and along weights', {length: 2}),
  stages: count('K tiles of shared memory, of which all but one are on their way while one is multiplied; 1: loop: triton', {max: 8}),
  splitK: count('CTAs that share the K of one tile; above 1 a second kernel adds their partial sums', {max: 32, default: 1}),
  streamK: optional(
    count(
      'CTAs that share out the K tiles of all tiles evenly, wherever one tile ends and the next begins, after whole waves of so many tiles (left out, or 1: a CTA a tile); as many as the GPU has room for',
      {
        min: 1,
        max: 4096,
      },
    ),
  ),
  swizzle: count('CTA tiles walked side by side before the walk moves on, so that both operands are found in L2', {max: 64, default: 1}),
  raster: choice(
    ['tokens', 'weights'],
    'what the walk over CTA tiles runs along first: tokens keeps a weight tile, weights keeps an activation tile',
    {
      default: 'tokens',
    },
  ),
  loop: optional(
    choice(
      ['cutlass', 'spatha', 'triton'],
      'cutlass, where it is left out: fragments come one k-block ahead, metadata through shared memory, an index to registers; spatha: fragments in the step that multiplies them, 2:4 metadata from global memory to registers, an index through shared memory; triton: one stage, a K tile through registers to shared memory between two barriers, then multiplied',
    ),
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
type Optional = 'epilogue' | 'loop' | 'streamK';
export type Kernel = Omit<KernelValues, Optional> & Partial<Pick<KernelValues, Optional>>;

export type Launching = 'fused' | 'batched' | 'streams';

export type Activations = 'm-contiguous' | 'k-contiguous';

/** How K tiles come to shared memory: by cp.async, or through registers (LDG, then STS) where a GPU has no such copy. */
export type Copies = 'async' | 'registers';

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
  readonly copies: Copies;
  /** The copy engine knows the kept rows: no index is loaded, and none waited for. */
  readonly indexFree?: boolean;
}

/** How many k a stored weight stands for: 2 of 2:4, 1 of dense. */
export function kPerStored(vector: Vector | undefined): number {
  return vector ? vector.m / vector.n : 1;
}

/** The main loops of tiled kernels, by the name that their kernels carry. */
export type MainLoop = 'multistage' | 'spatha' | 'double_buffered' | 'single_stage';

/** What a main loop decides of a tiled kernel, beside its programs. */
interface LoopTraits {
  /** k that is multiplied at a time; what that is; and the fewest of them that a K tile holds. */
  block(shape: KernelShape): {readonly k: number; readonly what: string};
  readonly blocks: number;
  /** Registers of a thread, beside its accumulators: fragments of so many units of 16 weights and 8 tokens, and K tiles on their way. */
  operandRegisters(kernel: Kernel, shape: KernelShape, down: number, right: number): number;
  /** Registers of a thread that hold pointers, counters and predicates. */
  readonly loopRegisters: number;
}

/** cuobjdump of CUTLASS multistage kernels shows 30 to 40. */
const cutlassRegisters = 36;
/** Registers of a thread that hold the K tile on its way from global to shared memory. */
const tileRegisters = ({tile: [m, n, k], warps}: Kernel, {elementBytes}: KernelShape): number =>
  ((m! + n!) * k! * elementBytes) / 4 / 32 / (warps[0]! * warps[1]!);

const fragments = ({vector}: KernelShape, down: number, right: number): number =>
  down * 4 + right * 2 * kPerStored(vector) + (vector ? Math.ceil(down / 2) * Math.ceil(positionBits(vector) / 2) : 0);
const instruction = (shape: KernelShape) => ({k: instructionOf(shape).k, what: 'instruction'});

const follows = ({index, indexFree}: KernelShape): boolean => index.rows > 0 && !indexFree;
/**
 * Fragments of eight tokens that a warp of Spatha's loop reads before it multiplies them, as ptxas 13.0 arranges them: to follow an index
 * takes registers, and leaves so few of those with which four CTAs fit on an SM that one fragment is read at a time instead of three.
 */
export const tokenFragments = (shape: KernelShape): number => (follows(shape) ? 1 : 3);
/** Registers that hold row numbers and what becomes of them. */
const indexRegisters = (shape: KernelShape): number => (follows(shape) ? 13 : 0);

export const mainLoops: {readonly [L in MainLoop]: LoopTraits} = {
  multistage: {
    block: instruction,
    blocks: 2,
    operandRegisters: (_, shape, down, right) => 2 * fragments(shape, down, right),
    loopRegisters: cutlassRegisters,
  },
  // ptxas 13.0 gives this loop 128 registers for a warp tile of 32 × 64 with an index and 123 without; 209 and 212 for 64 × 64.
  spatha: {
    block: instruction,
    blocks: 1,
    operandRegisters: (_, shape, down) => fragments(shape, down, tokenFragments(shape)) + indexRegisters(shape),
    loopRegisters: 38,
  },
  double_buffered: {
    block: () => ({k: 8, what: 'k-block'}),
    blocks: 2,
    operandRegisters: (kernel, shape, down, right) => 2 * (down * 4 + right * 2) + tileRegisters(kernel, shape),
    loopRegisters: cutlassRegisters,
  },
  // Fragments take the place of the K tile. ptxas gives the product that single-stage.ts names 96 registers with blocks of 64, 48 with 32.
  single_stage: {
    block: instruction,
    blocks: 1,
    operandRegisters: (kernel, shape, down, right) => Math.max(fragments(shape, down, right), tileRegisters(kernel, shape)),
    loopRegisters: 32,
  },
};

const named: {readonly [L in NonNullable<KernelValues['loop']>]: MainLoop} = {cutlass: 'multistage', spatha: 'spatha', triton: 'single_stage'};

/** The main loop that a kernel has on a GPU that copies as `shape` says. */
export function loopOf({loop}: Kernel, {copies}: KernelShape): MainLoop {
  return copies === 'registers' ? 'double_buffered' : named[loop ?? 'cutlass'];
}

/** An MMA on 32 B of weights a row as they are stored: m16n8k16 on 16-bit values, m16n8k32 for 2:4; half of that for tf32, twice for int8. */
const onMatrices = ({vector, elementBytes}: KernelShape) => ({m: 16, n: 8, k: (32 * kPerStored(vector)) / elementBytes});

/** What tensor cores multiply, and how their operands lie in registers, where K tiles come so. */
const instructions: {
  readonly [C in Copies]: {of(shape: KernelShape): {readonly m: number; readonly n: number; readonly k: number}; readonly heldBy: number};
} = {
  async: {of: onMatrices, heldBy: 1},
  // mma.m8n8k4 in each of four quad pairs; where weights are n:m, the mma.sp that such a GPU has not.
  registers: {of: (shape) => (shape.vector ? onMatrices(shape) : {m: 16, n: 16, k: 4}), heldBy: 2},
};

/** Rows, columns and logical k of one MMA of a tiled kernel. */
export function instructionOf(shape: KernelShape): {readonly m: number; readonly n: number; readonly k: number} {
  return instructions[shape.copies].of(shape);
}

/** Bits of metadata that one row of weights has in one MMA. */
export function metadataBits({vector, elementBytes}: KernelShape): number {
  return vector ? (32 / elementBytes) * positionBits(vector) : 0;
}

/** How often the lanes of a warp hold each value of its fragments, and so read it from shared memory. */
export function heldBy({copies}: KernelShape): number {
  return instructions[copies].heldBy;
}

/**
 * Bytes of a result: sums of int8 stay int32, the one result that cuBLASLt has for them with K contiguous, or become bf16 where
 * weights are packed, as cuSPARSELt's published times have it; other types return to their own.
 */
export function resultBytes({elementBytes, vector}: Pick<KernelShape, 'elementBytes' | 'vector'>): number {
  return elementBytes === 1 ? (vector ? 2 : 4) : elementBytes;
}

/** The smallest copy cp.async makes; PTX ISA: 4, 8 or 16 B. */
export const smallestCopy = 4;

/** What an index names in activations of this layout: along a row with K contiguous, as many k as the smallest copy brings. */
export function indexFor(index: Index, activations: Activations, elementBytes: number): Index {
  if (activations === 'm-contiguous' || index.rows === 0) return index;
  return {...index, rows: Math.max(index.rows, smallestCopy / elementBytes)};
}

/** Hardware packs 16 k-neighbours of 16 bits at a time, whole groups of them, and picks activations for each from twice or four times as many. */
export function hasInstruction(vector: Vector): boolean {
  return [2, 4].includes(kPerStored(vector)) && 16 % vector.n === 0;
}

/** Row numbers that Spatha fetches together, of which shared memory holds two blocks. */
export const indexBlock = 512;

/** Of the warps those that multiply, along tokens and along weights: Triton gives blocks of 16 as many warps as any, and those beyond only copy. */
export function multiplyingWarps({tile: [m, n], warps: [wm, wn]}: Kernel): readonly [number, number] {
  return [Math.min(wm!, Math.max(1, Math.floor(m! / 16))), Math.min(wn!, Math.max(1, Math.floor(n! / 16)))];
}

/** Registers a thread has: as many as it needs, at most 255. */
export function registersPerThread(kernel: Kernel, shape: KernelShape): number {
  return Math.min(mostRegisters, registersNeeded(kernel, shape));
}

/** Registers that a thread of Spatha's loop needs and does not get, whose place is local memory. Other loops are not built to want more. */
export function registersSpilled(kernel: Kernel, shape: KernelShape): number {
  return loopOf(kernel, shape) === 'spatha' ? Math.max(0, registersNeeded(kernel, shape) - mostRegisters) : 0;
}

/** CC 7.0 and later. */
export const mostRegisters = 255;

/** What a thread holds, and what addresses and the loop take. */
function registersNeeded(kernel: Kernel, shape: KernelShape): number {
  if (shape.cores === 'cuda') return spmmRegisters(kernel, shape.elementBytes);
  return heldRegisters(kernel, shape) + mainLoops[loopOf(kernel, shape)].loopRegisters;
}

/** Registers of a thread that hold its warp's accumulators, sets of fragments, and K tiles on their way. */
export function heldRegisters(kernel: Kernel, shape: KernelShape): number {
  const [m, n] = kernel.tile as [number, number, number];
  const [wm, wn] = multiplyingWarps(kernel);
  const down = n / wn / 16;
  const right = m / wm / 8;
  return down * right * 4 + Math.ceil(mainLoops[loopOf(kernel, shape)].operandRegisters(kernel, shape, down, right));
}
