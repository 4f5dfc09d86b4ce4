import type {MmaOp} from '../trace/op.ts';
import {accumulatorElements, matrixRows, type Registers} from './registers.ts';

/** k that a metadata word tells the positions of, and values it is for: 2 bits each. */
const word = {k: 32, values: 16};

/**
 * mma.sync and mma.sp on 16 weights × 8 tokens, or 16 (PTX ISA, warp-level matrix instructions). Weights are four matrices (r0,k0) (r8,k0)
 * (r0,k1) (r8,k1), 16 B of k in each, under mma.sp packed values that two bits each choose from every four of k; activations are
 * a matrix of 8 tokens for every 16 B of k. An instruction of fewer k takes a part of one such column of matrices.
 */
export function multiply(op: MmaOp, registers: Registers): void {
  const {rowElements, matrices} = registers;
  const {from = 0, n = 8} = op;
  const end = from + (op.sparse ? op.k / 2 : op.k);
  const deep = Math.ceil((from + op.k) / rowElements);
  for (let i = 0; i < 2 * Math.ceil(end / rowElements); i++) registers.need(registers.matrixTicket[op.weights + i]!, `weights M${op.weights + i}`);
  for (let i = 0; i < (deep * n) / 8; i++) registers.need(registers.matrixTicket[op.activations + i]!, `activations M${op.activations + i}`);
  for (let i = 0; op.sparse && i < op.k / word.k; i++) registers.need(registers.wordTicket[op.metadata + i]!, `metadata E${op.metadata + i}`);
  for (let row = 0; row < 2 * matrixRows; row++) {
    for (let slot = from; slot < end; slot++) {
      const matrix = op.weights + Math.floor(slot / rowElements) * 2 + (row >> 3);
      const weight = matrices[(matrix * matrixRows + (row & 7)) * rowElements + (slot % rowElements)]!;
      const k = op.sparse ? chosen(op, registers, row, slot) : slot;
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
function chosen({metadata, half}: MmaOp, {words}: Registers, row: number, slot: number): number {
  const positions = words[(metadata + Math.floor(slot / word.values)) * 32 + half * 16 + row]!;
  return (slot >> 1) * 4 + ((positions >>> ((slot % word.values) * 2)) & 3);
}
