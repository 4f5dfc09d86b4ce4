import {placeBits, placesPerWord} from '../packing/elements.ts';
import type {Vector} from '../pattern/mask.ts';
import type {Addresses} from '../trace/addresses.ts';
import type {Issue} from '../trace/issue.ts';
import type {FfmaOp, LdgOp, LdgstsOp, LdsmOp, LdsOp, Op, StageOp, StgOp, StsOp} from '../trace/op.ts';
import {swizzled} from '../trace/shared-layout.ts';
import type {OutputTile} from '../trace/tiles.ts';
import type {Launch, Operand, OperandName} from '../trace/trace.ts';
import {multiply} from './multiply.ts';
import {accumulatorElements, matrixRows, type Registers} from './registers.ts';
import {chunkBytes, type SharedMemory} from './shared-memory.ts';

/** A CTA that executes. */
export interface Cta {
  readonly number: number;
  readonly launch: Launch;
  readonly addresses: Addresses;
  /** A value at the address of its first byte. */
  readonly global: Float64Array;
  /** Set where this launch has stored. */
  readonly stored: Uint8Array;
  readonly shared: SharedMemory;
  readonly elementBytes: number;
  readonly resultBytes: number;
  readonly out: OutputTile;
}

export interface Warp {
  readonly number: number;
  readonly registers: Registers;
  /** Its first token and weight in the CTA's tile. */
  readonly token: number;
  readonly weight: number;
  /** Tickets of the STS that read back what the next STGs write. */
  readonly readBack: number[];
  /** Of the reduction and of FFMA: running sums, and addends that are on their way. */
  readonly sums: Float32Array;
  addends: {readonly values: readonly number[]; readonly ticket: number} | undefined;
  /** Of stream-K: sums of another CTA, an accumulator each, that are on their way. */
  readonly added: {readonly accumulator: number; readonly values: readonly number[]; readonly ticket: number}[];
}

/** Tokens that a warp on CUDA cores sums of one column, at most. */
export const tokensPerWarp = 256;

/** Marks the epilogue's tile of C among what shared memory holds; K tiles have numbers from 0. */
const stagedOutput = -1;

/** Executes one operation of one warp; COMMIT, DEPBAR and BAR are the caller's. */
export function perform(cta: Cta, warp: Warp, {op, tile, on}: Issue): void {
  if ('wait' in op && op.wait !== undefined) {
    warp.registers.wait(op.wait);
    if (warp.addends) addUp(warp);
    if (op.op === 'ALU') addAccumulators(warp);
  }
  if (on) actions[op.op]?.(cta, warp, op as never, tile);
}

type Action<T extends Op> = (cta: Cta, warp: Warp, op: T, tile: number) => void;

const actions: {readonly [K in Op['op']]?: Action<Extract<Op, {op: K}>>} = {
  LDGSTS: copy,
  LDG: load,
  STG: store,
  LDSM: loadMatrices,
  LDS: loadWords,
  STAGE: stageBlock,
  STS: stage,
  MMA: (_, warp, op) => multiply(op, warp.registers),
  FFMA: multiplyAdd,
};

function copy(cta: Cta, warp: Warp, op: LdgstsOp, tile: number): void {
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

/** What an LDG brought goes to the block's place in the stage; rows and bytes that do not exist are zeros there. */
function stageBlock(cta: Cta, warp: Warp, op: StageOp, tile: number): void {
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

function valuesFrom(cta: Cta, address: number, bytes: number): readonly number[] {
  return Array.from({length: bytes / cta.elementBytes}, (_, i) => cta.global[address + i * cta.elementBytes]!);
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

/** An index goes to registers and steers what is gathered or scattered; partial sums are added when they arrive. */
function load(cta: Cta, warp: Warp, op: LdgOp, tile: number): void {
  const operand = cta.launch.operands[op.operand]!;
  const ticket = warp.registers.raise(op.set);
  const ranges = resolve(cta, warp, op, tile);
  if (operand.shared) {
    const {address, length, row} = cta.addresses;
    const rows: (readonly number[])[] = [];
    // Of a row gathered place by place there are several ranges.
    for (let i = 0; i < ranges; i++) {
      const at = row[i]! - op.row;
      rows[at] = [...(rows[at] ?? []), ...valuesFrom(cta, address[i]!, length[i]!)];
    }
    warp.registers.blocks.set(op.to!, {tile, rows, ticket});
    return;
  }
  const start = cta.addresses.address[0]!;
  const size = loadedAs[operand.name] === 'element' ? cta.elementBytes : 4;
  const values = ranges === 0 ? [] : Array.from({length: cta.addresses.length[0]! / size}, (_, i) => cta.global[start + i * size]!);
  const first = ofPart(operand, (op.column + tile * operand.bytesPerStep) / size);
  const {held, index} = warp.registers;
  switch (operand.name) {
    case 'partial':
    case 'output':
      if (cta.launch.accumulators.down > 0) {
        if (values.length > 0) warp.added.push({accumulator: op.to!, values, ticket});
        break;
      }
      if (warp.addends) throw new Error('loads partial sums over others that were never added');
      warp.addends = {values, ticket};
      break;
    case 'activation':
      held.rows.set(op.to!, {number: ofPart(operand, op.row + tile * operand.rowsPerStep), values, ticket});
      break;
    case 'weight':
      values.forEach((value, i) => held.weights.set(first + i, {value, ticket}));
      break;
    case 'metadata':
      if (op.word !== undefined) {
        const {words, wordTicket} = warp.registers;
        values.forEach((word, lane) => (words[op.word! * 32 + lane] = word));
        wordTicket[op.word] = ticket;
        break;
      }
      values.forEach((word, i) =>
        placesIn(word, first - ofPart(operand, 0) + i, operand.places!).forEach(([slot, value]) =>
          index.row.set(ofPart(operand, slot), {value, ticket}),
        ),
      );
      break;
    case 'index':
    case 'scatter':
      values.forEach((value, i) => index[operand.name === 'index' ? 'row' : 'column'].set(first + i, {value, ticket}));
      break;
    default: // where columns begin, which the grid has told already, and accumulators, which are not taken away when they are spilled
  }
}

/** The number of a weight, of its name or its row among those of all columns of a warp. */
function ofPart({part = 0}: {readonly part?: number}, number: number): number {
  return part * 2 ** 24 + number;
}

/** Operands whose elements are loaded, and not words. */
const loadedAs: {readonly [operand in OperandName]?: 'element'} = {activation: 'element', weight: 'element', output: 'element'};

/** The rows that a word of places names, with the slots of their weights. */
function placesIn(word: number, number: number, vector: Vector): (readonly [slot: number, row: number])[] {
  const perWord = placesPerWord(vector);
  return Array.from({length: perWord}, (_, i) => {
    const slot = number * perWord + i;
    return [slot, Math.floor(slot / vector.n) * vector.m + ((word >>> (i * placeBits(vector))) & (2 ** placeBits(vector) - 1))] as const;
  });
}

/** sums += weight · row; past the column's last weight the row was not loaded, and nothing is added. */
function multiplyAdd(cta: Cta, {registers, sums}: Warp, op: FfmaOp, tile: number): void {
  const {element, from, part = 0} = op;
  const number = ofPart(op, element + tile * cta.launch.operands[0]!.rowsPerStep);
  const row = registers.held.rows.get(from);
  registers.need(row?.ticket ?? 0, `activations R${from}`);
  if (row!.number !== number) throw new Error(`multiplies weight ${number} with the row of weight ${row!.number}`);
  if (row!.values.length === 0) return;
  const weight = registers.held.weights.get(number);
  registers.need(weight?.ticket ?? 0, `weight ${number}`);
  row!.values.forEach((value, i) => (sums[part * tokensPerWarp + i]! += weight!.value * value));
}

function addUp(warp: Warp): void {
  const {values, ticket} = warp.addends!;
  warp.registers.need(ticket, 'partial sums');
  values.forEach((value, i) => (warp.sums[i]! += value));
  warp.addends = undefined;
}

/** What another CTA's warp left of the same place in the tile, lane by lane. */
function addAccumulators({added, registers}: Warp): void {
  for (const {accumulator, values, ticket} of added.splice(0)) {
    registers.need(ticket, `the sums of accumulator ${accumulator}`);
    values.forEach((value, i) => (registers.accumulators[accumulator * accumulatorElements + i]! += value));
  }
}

function loadMatrices(cta: Cta, warp: Warp, op: LdsmOp, tile: number): void {
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

function loadWords(cta: Cta, warp: Warp, op: LdsOp, tile: number): void {
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
function stage(cta: Cta, warp: Warp, op: StsOp): void {
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

function store(cta: Cta, warp: Warp, op: StgOp, tile: number): void {
  const {name, part = 0} = cta.launch.operands[op.operand]!;
  if (name === 'spill') return;
  if (name === 'partial' && cta.out.name === 'output') return leave(cta, warp, op, tile);
  const staged = cta.launch.accumulators.down > 0;
  const e = staged ? cta.out.elementBytes : cta.resultBytes;
  if (staged) warp.registers.need(warp.readBack.shift() ?? 0, 'a block of C');
  else if (warp.addends) throw new Error('stores sums that are not complete');
  const ranges = resolve(cta, warp, op, tile);
  for (let i = 0; i < ranges; i++) {
    for (let byte = 0; byte < cta.addresses.length[i]!; byte += e) {
      const to = cta.addresses.address[i]! + byte;
      if (cta.stored[to]) throw new Error(`stores to ${to}, where this launch has stored before`);
      cta.stored[to] = 1;
      const from = cta.addresses.row[i]! * cta.out.rowBytes + cta.addresses.column[i]! + byte;
      if (staged) cta.shared.expect(warp.number, from, stagedOutput);
      cta.global[to] = staged ? cta.shared.values[from]! : warp.sums[part * tokensPerWarp + byte / e]!;
    }
  }
}

/** An accumulator as the registers hold it, for another CTA to add. */
function leave(cta: Cta, warp: Warp, op: StgOp, tile: number): void {
  if (resolve(cta, warp, op, tile) === 0) return;
  const of = warp.registers.accumulators.length / accumulatorElements;
  const first = (op.row % of) * accumulatorElements;
  for (let i = 0; i < accumulatorElements; i++) {
    const to = cta.addresses.address[0]! + i * 4;
    if (cta.stored[to]) throw new Error(`stores to ${to}, where this launch has stored before`);
    cta.stored[to] = 1;
    cta.global[to] = warp.registers.accumulators[first + i]!;
  }
}

/** Resolves a block; where an index steers it, the warp must hold the index and come to the same addresses by it. */
function resolve(cta: Cta, warp: Warp, op: LdgstsOp | LdgOp | StgOp, tile: number): number {
  const {operands, grid} = cta.launch;
  const operand = operands[op.operand]!;
  const ranges = cta.addresses.resolve(op, cta.number, tile);
  if (!operand.gather || operand.walked) return ranges;
  const at = op.operand * grid.ctas + cta.number;
  if (operand.placeBytes) return resolvePlaces(cta, warp, operand, at, tile, ranges);
  const start = grid.base[at]! + op.column + tile * operand.bytesPerStep;
  for (let i = 0; i < ranges; i++) {
    const row = op.row + i + tile * operand.rowsPerStep;
    const block = operand.rowsPerEntry ?? 1;
    const entry = warp.registers.index[operand.gather].get(ofPart(operand, Math.floor(row / block)));
    warp.registers.need(entry?.ticket ?? 0, `the ${operand.gather} number ${row}`);
    if (start + (entry!.value * block + (row % block)) * grid.pitch[at]! !== cta.addresses.address[i])
      throw new Error(`goes to another place than its index names in row ${row}`);
  }
  return ranges;
}

/** The same where the index names places along a row. */
function resolvePlaces({launch, addresses}: Cta, warp: Warp, operand: Operand, at: number, tile: number, ranges: number): number {
  const {base, pitch} = launch.grid;
  for (let i = 0; i < ranges; i++) {
    const number = (addresses.column[i]! + tile * operand.bytesPerStep) / operand.placeBytes!;
    const entry = warp.registers.index[operand.gather!].get(number);
    warp.registers.need(entry?.ticket ?? 0, `the ${operand.gather} number ${number}`);
    if (base[at]! + addresses.row[i]! * pitch[at]! + entry!.value * operand.placeBytes! !== addresses.address[i])
      throw new Error(`goes to another place than its index names in place ${number}`);
  }
  return ranges;
}

function sharedAddress({shared}: Operand, tile: number, stages: number, row: number, column: number): number {
  return (tile % (shared!.stages ?? stages)) * shared!.stageBytes + shared!.offset + swizzled(shared!.rowBytes, row, column);
}

function contentOf(operand: number, tile: number): number {
  return tile * 8 + operand;
}
