import type {MmaOp} from '../trace/op.ts';
import {accumulatorElements, matrixElements, type Registers} from './registers.ts';

/**
 * mma.sync m16n8k16 and mma.sp m16n8k32, whose 16 × 16 packed values are chosen from every four of k by two bits each (PTX ISA,
 * warp-level matrix instructions). Weights are four matrices (r0,k0) (r8,k0) (r0,k8) (r8,k8), activations one of 8 tokens × 8 k
 * for every eight of k.
 */
export function multiply(op: MmaOp, registers: Registers): void {
  for (let i = 0; i < 4; i++) registers.need(registers.matrixTicket[op.weights + i]!, `weights M${op.weights + i}`);
  for (let i = 0; i < op.k / 8; i++) registers.need(registers.matrixTicket[op.activations + i]!, `activations M${op.activations + i}`);
  if (op.sparse) registers.need(registers.wordTicket[op.metadata]!, `metadata E${op.metadata}`);
  for (let row = 0; row < 16; row++) {
    for (let slot = 0; slot < 16; slot++) {
      const matrix = op.weights + (slot >> 3) * 2 + (row >> 3);
      const weight = registers.matrices[matrix * matrixElements + (row & 7) * 8 + (slot & 7)]!;
      addProducts(op, registers, row, op.sparse ? chosen(op, registers, row, slot) : slot, weight);
    }
  }
}

/** accumulator[row][token] += weight · activation[k][token] for the eight tokens. */
function addProducts({activations, accumulator}: MmaOp, {matrices, accumulators}: Registers, row: number, k: number, weight: number): void {
  const from = (activations + (k >> 3)) * matrixElements + (k & 7);
  const to = accumulator * accumulatorElements + row * 8;
  for (let token = 0; token < 8; token++) accumulators[to + token]! += weight * matrices[from + token * 8]!;
}

/** Which k of the instruction's 32 a packed value belongs to. */
function chosen({metadata, half}: MmaOp, {words}: Registers, row: number, slot: number): number {
  const word = words[metadata * 32 + half * 16 + row]!;
  return (slot >> 1) * 4 + ((word >>> (slot * 2)) & 3);
}
