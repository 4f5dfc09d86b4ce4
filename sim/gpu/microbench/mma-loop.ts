import type {MmaOp, Op} from '../../trace/op.ts';
import type {Trace} from '../../trace/trace.ts';
import type {GpuValues} from '../parameters.ts';
import {kernel} from './kernel.ts';
import {cyclesPerTurn} from './machine.ts';

type Vector = NonNullable<MmaOp['vector']>;

/** One shape of mma.sync or mma.sp: m16n`n`k`k`, n being 8 unless told otherwise. */
export interface Shape {
  readonly type: string;
  readonly sparse: boolean;
  /** n:m of sparse weights; absent: 2:4. */
  readonly vector?: Vector;
  readonly k: number;
  readonly n?: number;
}

/** `warps` warps of one SM multiply again and again, each into `independent` accumulators in turn. */
export function mmaLoop({shape, warps, independent, turns}: {shape: Shape; warps: number; independent: number; turns: number}): Trace {
  const {sparse, k, n = 8, vector} = shape;
  const mma = (accumulator: number): Op => ({
    op: 'MMA',
    sparse,
    ...(vector && {vector}),
    k,
    n,
    accumulator,
    weights: 0,
    activations: 0,
    metadata: sparse ? 0 : -1,
    half: 0,
  });
  return kernel({body: Array.from({length: independent}, (_, i) => mma(i)), turns, warps, accumulators: independent});
}

/** Cycles from one mma to the next that needs its result. */
export function mmaLatency(gpu: GpuValues, shape: Shape): number {
  const chain = (turns: number) => mmaLoop({shape, warps: 1, independent: 1, turns});
  return cyclesPerTurn(gpu, chain, 10, 110, {elementType: shape.type});
}

/** Multiply-adds an SM does in a cycle, zeros that 2:4 left out included. */
export function mmaRate(gpu: GpuValues, shape: Shape, warps: number, independent: number): number {
  const loop = (turns: number) => mmaLoop({shape, warps, independent, turns});
  return (warps * independent * 16 * (shape.n ?? 8) * shape.k) / cyclesPerTurn(gpu, loop, 20, 220, {elementType: shape.type});
}
