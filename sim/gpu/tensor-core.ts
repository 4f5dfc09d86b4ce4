import {box, choice, count, quantity, table, type BoxValues} from '../config/parameter.ts';
import {Servers} from '../engine/servers.ts';

/** The tensor core of a sub-core: a table of what it can multiply. */
export const tensorCore = box('tensorCore', 'the matrix pipe of a sub-core, an instruction at a time', {
  mma: table(
    {
      m: count('rows of the instruction', {max: 64, default: 16}),
      n: count('columns of the instruction', {max: 64, default: 8}),
      k: count('logical k of the instruction', {max: 512}),
      type: choice(
        ['f16', 'f16-acc16', 'bf16', 'tf32', 's8'],
        'of weights and activations; floats accumulate in f32, f16-acc16 in f16, integers in s32',
      ),
      sparse: choice(
        ['dense', '2:4', '1:2', '4:8', '8:16', '1:4', '2:8', '4:16'],
        'whether the operand of m rows is packed, and what n:m it keeps; silicon has 2:4',
      ),
      interval: quantity('clk', 'between issues to the pipe, from several warps', {min: 0.25}),
      warpInterval: quantity('clk', 'between issues from the same warp', {min: 0.25}),
      latency: quantity('clk', 'until the accumulator can be used again', {min: 1}),
    },
    'shapes the tensor core executes',
  ),
  operandBandwidth: quantity('B/clk', 'that registers give the tensor core of a sub-core: both operands, metadata and the accumulator', {min: 1}),
});

type TensorCoreValues = BoxValues<typeof tensorCore>;
export type Mma = TensorCoreValues['mma'][number];

/** Rows, columns and k of an instruction. */
export interface MmaShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** As PTX names shapes. */
export function mmaName({m, n, k}: MmaShape): string {
  return `m${m}n${n}k${k}`;
}

/** Multiply-adds of one instruction, zeros that n:m left out included. */
export function macs({m, n, k}: MmaShape): number {
  return m * n * k;
}

/** Share of an instruction's multiply-adds that is carried out: n/m; the others are zeros that were never stored. */
export function keptShare({sparse}: {readonly sparse: string}): number {
  const [n, m] = sparse === 'dense' ? [1, 1] : sparse.split(':').map(Number);
  return n! / m!;
}

/** The n:m that the tensor cores multiply packed, in some type: ['2:4']. */
export function packedRatios(values: TensorCoreValues, type: string): readonly string[] {
  return [...new Set(values.mma.filter((row) => row.type === type && row.sparse !== 'dense').map(({sparse}) => sparse))];
}

/**
 * An instruction as the table has it, on weights that are `dense` or packed, such as 2:4, and no faster than its operands come
 * from the registers; undefined: this GPU has no such instruction.
 */
export function findMma(values: TensorCoreValues, shape: MmaShape, type: string, sparse: string): Mma | undefined {
  const row = values.mma.find((m) => mmaName(m) === mmaName(shape) && m.type === type && m.sparse === sparse);
  return row && fed(row, values.operandBandwidth);
}

function fed(mma: Mma, bandwidth: number): Mma {
  const feeding = operandBytes(mma) / bandwidth;
  if (feeding <= mma.interval) return mma;
  return {...mma, interval: feeding, warpInterval: Math.max(feeding, mma.warpInterval), latency: mma.latency + feeding - mma.interval};
}

/** Bytes of an operand's element, and of an accumulator's. */
const bytesOf = {f16: [2, 4], 'f16-acc16': [2, 2], bf16: [2, 4], tf32: [4, 4], s8: [1, 4]} as const;
/** A register of all 32 lanes. */
const registerBytes = 128;

/** Bytes of the registers that one instruction reads: weights as they are stored, activations, metadata, accumulator. */
export function operandBytes(mma: Pick<Mma, 'm' | 'n' | 'k' | 'type' | 'sparse'>): number {
  const [element, sum] = bytesOf[mma.type];
  const stored = mma.k * keptShare(mma);
  const [, group = 1] = mma.sparse.split(':').map(Number);
  const metadata = Math.ceil((stored * Math.ceil(Math.log2(group))) / 32) * registerBytes;
  return (mma.m * stored + mma.n * mma.k) * element + metadata + mma.m * mma.n * sum;
}

/** The matrix pipes of all sub-cores. */
export class TensorCores {
  readonly pipes: Servers;

  constructor(subcores: number) {
    this.pipes = new Servers(subcores);
  }

  utilisation(cycles: number): number {
    return this.pipes.busy.reduce((a, b) => a + b, 0) / (this.pipes.busy.length * cycles);
  }
}
