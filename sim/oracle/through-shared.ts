import type {LdgstsOp, LdsmOp, LdsOp, StageOp, StsOp} from '../trace/op.ts';
import {swizzled} from '../trace/shared-layout.ts';
import type {Operand} from '../trace/trace.ts';
import {resolve, type Cta, type Warp} from './cta.ts';
import {accumulatorElements, matrixRows} from './registers.ts';
import {chunkBytes} from './shared-memory.ts';

/** Marks the epilogue's tile of C among what shared memory holds; K tiles have numbers from 0. */
const stagedOutput = -1;

export function copy(cta: Cta, warp: Warp, op: LdgstsOp, tile: number): void {
  const operand = cta.launch.operands[op.operand]!;
  const ranges = resolve(cta, warp, op, tile);
  if (operand.placeBytes) return copyPlaces(cta, warp, op, tile, ranges);
  for (let row = 0; row < op.rows; row++) {
    const {address, length} = row < ranges ? {address: cta.addresses.address[row]!, length: cta.addresses.length[row]!} : {address: 0, length: 0};
    for (let byte = 0; byte < op.bytes; byte += chunkBytes) {
      const valid = Math.max(0, Math.min(chunkBytes, length - byte));
      // Row numbers come 4 B a lane.
      const unit = operand.name === 'index' ? 4 : chunkBytes;
      if (valid > 0 && (address + byte) % unit !== 0) throw new Error(`copies ${unit} B from ${address + byte}, which is not a multiple of ${unit}`);
      const to = sharedAddress(operand, tile, cta.launch.stages, op.row + row, op.column + byte);
      cta.shared.copy(warp.number, to, contentOf(op.operand, tile));
      cta.shared.values.set(cta.global.subarray(address + byte, address + byte + valid), to);
      // cp.async writes zeros for what its src-size leaves out.
      cta.shared.values.fill(0, to + valid, to + chunkBytes);
    }
  }
}

/** Places gathered along rows: each fills a part of a 16 B chunk of shared memory; what is left of the chunks is 0. */
function copyPlaces(cta: Cta, warp: Warp, op: LdgstsOp, tile: number, ranges: number): void {
  const operand = cta.launch.operands[op.operand]!;
  const to = (row: number, column: number) => sharedAddress(operand, tile, cta.launch.stages, row, column);
  for (let row = 0; row < op.rows; row++) {
    for (let byte = 0; byte < op.bytes; byte += chunkBytes) {
      const chunk = to(op.row + row, op.column + byte);
      cta.shared.copy(warp.number, chunk, contentOf(op.operand, tile));
      cta.shared.values.fill(0, chunk, chunk + chunkBytes);
    }
  }
  const {address, length, row, column} = cta.addresses;
  for (let i = 0; i < ranges; i++) {
    const unit = Math.min(chunkBytes, operand.placeBytes!);
    if (address[i]! % unit !== 0) throw new Error(`copies ${unit} B from ${address[i]}, which is not a multiple of ${unit}`);
    for (let byte = 0; byte < length[i]!; byte += cta.elementBytes)
      cta.shared.values[to(row[i]!, column[i]! + byte)] = cta.global[address[i]! + byte]!;
  }
}

/** What an LDG brought goes to the block's place in the stage; rows and bytes that do not exist are zeros there. */
export function stageBlock(cta: Cta, warp: Warp, op: StageOp, tile: number): void {
  const operand = cta.launch.operands[op.operand]!;
  const block = warp.registers.blocks.get(op.from);
  warp.registers.need(block?.ticket ?? 0, `block R${op.from}`);
  if (block!.tile !== tile) throw new Error(`stores a block of K tile ${block!.tile} as one of K tile ${tile}`);
  warp.registers.raise(op.set);
  for (let row = 0; row < op.rows; row++) {
    for (let byte = 0; byte < op.bytes; byte += chunkBytes) {
      const to = sharedAddress(operand, tile, cta.launch.stages, op.row + row, op.column + byte);
      cta.shared.store(warp.number, to, contentOf(op.operand, tile));
      for (let i = 0; i < chunkBytes; i += cta.elementBytes) cta.shared.values[to + i] = block!.rows[row]?.[(byte + i) / cta.elementBytes] ?? 0;
    }
  }
}

export function loadMatrices(cta: Cta, warp: Warp, op: LdsmOp, tile: number): void {
  const {registers} = warp;
  const operand = cta.launch.operands[op.operand]!;
  const ticket = registers.raise(op.set);
  for (let down = 0; down < op.down; down++) {
    for (let right = 0; right < op.right; right++) {
      const matrix = op.to + (op.first === 'down' ? right * op.down + down : down * op.right + right);
      for (let row = 0; row < matrixRows; row++) {
        const from = sharedAddress(operand, tile, cta.launch.stages, op.row + down * matrixRows + row, op.column + right * chunkBytes);
        cta.shared.expect(warp.number, from, contentOf(op.operand, tile));
        for (let i = 0; i < registers.rowElements; i++) {
          const at = op.transposed ? i * matrixRows + row : row * registers.rowElements + i;
          registers.matrices[matrix * matrixRows * registers.rowElements + at] = cta.shared.values[from + i * cta.elementBytes]!;
        }
      }
      registers.matrixTicket[matrix] = ticket;
    }
  }
}

export function loadWords(cta: Cta, warp: Warp, op: LdsOp, tile: number): void {
  const operand = cta.launch.operands[op.operand]!;
  if (operand.name === 'index') return loadRowNumbers(cta, warp, op, tile);
  for (let lane = 0; lane < 32; lane++) {
    const from = sharedAddress(operand, tile, cta.launch.stages, op.row, op.column + lane * 4);
    cta.shared.expect(warp.number, from, contentOf(op.operand, tile));
    warp.registers.words[op.to * 32 + lane] = cta.shared.values[from]!;
  }
  warp.registers.wordTicket[op.to] = warp.registers.raise(op.set);
}

/** The K tile's row numbers, as far as there are any, steer what the warp gathers once it has waited for them. */
function loadRowNumbers(cta: Cta, warp: Warp, op: LdsOp, tile: number): void {
  const operand = cta.launch.operands[op.operand]!;
  const ticket = warp.registers.raise(op.set);
  const entries = operand.bytesPerStep / 4;
  for (let entry = 0; entry < entries; entry++) {
    const from = sharedAddress(operand, tile, cta.launch.stages, op.row, entry * 4);
    cta.shared.expect(warp.number, from, contentOf(op.operand, tile));
    warp.registers.index.row.set(tile * entries + entry, {value: cta.shared.values[from]!, ticket});
  }
}

/** Accumulators to the place of their block of C in shared memory; the way back is checked when STG writes it. */
export function stage(cta: Cta, warp: Warp, op: StsOp): void {
  const ticket = warp.registers.raise(op.set);
  if (op.load) {
    warp.readBack.push(ticket);
    return;
  }
  const {right} = cta.launch.accumulators;
  const {accumulators} = warp.registers;
  for (let at = 0; at < accumulators.length; at++) {
    const accumulator = Math.floor(at / accumulatorElements);
    const weight = warp.weight + Math.floor(accumulator / right) * 16 + ((at % accumulatorElements) >> 3);
    const token = warp.token + (accumulator % right) * 8 + (at & 7);
    const [row, element] = cta.out.byColumn ? [weight, token] : [token, weight];
    const own = row - (cta.out.byColumn ? warp.weight : warp.token);
    if (op.slice && (own < op.slice.first || own >= op.slice.first + op.slice.rows)) continue;
    const to = row * cta.out.rowBytes + element * cta.out.elementBytes;
    cta.shared.store(warp.number, to, stagedOutput);
    cta.shared.values[to] = accumulators[at]!;
  }
}

/** A value of the epilogue's tile of C, which the warp has read back. */
export function staged(cta: Cta, warp: Warp, from: number): number {
  cta.shared.expect(warp.number, from, stagedOutput);
  return cta.shared.values[from]!;
}

function sharedAddress({shared}: Operand, tile: number, stages: number, row: number, column: number): number {
  return (tile % (shared!.stages ?? stages)) * shared!.stageBytes + shared!.offset + swizzled(shared!.rowBytes, row, column);
}

function contentOf(operand: number, tile: number): number {
  return tile * 8 + operand;
}
