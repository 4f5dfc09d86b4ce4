import {positionAt, positionBits} from '../packing/n-of-m.ts';
import type {Vector} from '../pattern/mask.ts';
import {vectorOf, type MmaOp} from '../trace/op.ts';
import {accumulatorElements, matrixRows, type Registers} from './registers.ts';

/**
 * mma.sync and mma.sp on 16 weights × 8 tokens, or 16 (PTX ISA, warp-level matrix instructions). Weights are four matrices (r0,k0) (r8,k0)
 * (r0,k1) (r8,k1), 16 B of k in each, under mma.sp packed values that a position each chooses from every m of k; activations are
 * a matrix of 8 tokens for every 16 B of k. An instruction of fewer k takes a part of one such column of matrices.
 */
export function multiply(op: MmaOp, registers: Registers): void {
  const {rowElements, matrices} = registers;
  const {from = 0, n = 8} = op;
  const vector = vectorOf(op);
  const stored = vector ? (op.k * vector.n) / vector.m : op.k;
  const end = from + stored;
  const deep = Math.ceil((from + op.k) / rowElements);
  const words = vector ? Math.ceil(((op.shift ?? 0) + stored * positionBits(vector)) / 32) : 0;
  for (let i = 0; i < 2 * Math.ceil(end / rowElements); i++) registers.need(registers.matrixTicket[op.weights + i]!, `weights M${op.weights + i}`);
  for (let i = 0; i < (deep * n) / 8; i++) registers.need(registers.matrixTicket[op.activations + i]!, `activations M${op.activations + i}`);
  for (let i = 0; i < words; i++) registers.need(registers.wordTicket[op.metadata + i]!, `metadata E${op.metadata + i}`);
  for (let row = 0; row < 2 * matrixRows; row++) {
    for (let slot = from; slot < end; slot++) {
      const matrix = op.weights + Math.floor(slot / rowElements) * 2 + (row >> 3);
      const weight = matrices[(matrix * matrixRows + (row & 7)) * rowElements + (slot % rowElements)]!;
      const k = vector ? chosen(op, vector, registers, row, slot) : slot;
      for (let unit = 0; unit < n / 8; unit++)
        addProducts({activations: op.activations + unit * deep, accumulator: op.accumulator + unit}, registers, row, k, weight);
    }
  }
}

/** accumulator[row][token] += weight · activation[k][token] for the eight tokens. */
function addProducts(
  {activations, accumulator}: Pick<MmaOp, 'activations' | 'accumulator'>,
  registers: Registers,
  row: number,
  k: number,
  weight: number,
): void {
  const {rowElements, matrices, accumulators} = registers;
  const from = (activations + Math.floor(k / rowElements)) * matrixRows * rowElements + (k % rowElements);
  const to = accumulator * accumulatorElements + row * 8;
  for (let token = 0; token < 8; token++) accumulators[to + token]! += weight * matrices[from + token * rowElements]!;
}

/** Which k of the instruction a packed value belongs to. */
function chosen({metadata, half, shift = 0}: MmaOp, vector: Vector, {words}: Registers, row: number, slot: number): number {
  const bits = positionBits(vector);
  const position = positionAt(shift + slot * bits, bits, (word) => words[(metadata + word) * 32 + half * 16 + row]!);
  return Math.floor(slot / vector.n) * vector.m + position;
}
