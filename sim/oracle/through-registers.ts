import {placeBits, placesPerWord} from '../packing/elements.ts';
import type {Vector} from '../pattern/mask.ts';
import type {LdgOp, StgOp} from '../trace/op.ts';
import type {OperandName} from '../trace/trace.ts';
import {ofPart, resolve, tokensPerWarp, type Cta, type Warp} from './cta.ts';
import {accumulatorElements} from './registers.ts';
import {staged} from './through-shared.ts';

/** An index goes to registers and steers what is gathered or scattered; partial sums are added when they arrive. */
export function load(cta: Cta, warp: Warp, op: LdgOp, tile: number): void {
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

/** Results to global memory: what the epilogue has put into shared memory, or the sums of a warp on CUDA cores. */
export function store(cta: Cta, warp: Warp, op: StgOp, tile: number): void {
  const {name, part = 0} = cta.launch.operands[op.operand]!;
  if (name === 'spill') return;
  if (name === 'partial' && cta.out.name === 'output') return leave(cta, warp, op, tile);
  const throughShared = cta.launch.accumulators.down > 0;
  const e = throughShared ? cta.out.elementBytes : cta.resultBytes;
  if (throughShared) warp.registers.need(warp.readBack.shift() ?? 0, 'a block of C');
  else if (warp.addends) throw new Error('stores sums that are not complete');
  const ranges = resolve(cta, warp, op, tile);
  for (let i = 0; i < ranges; i++) {
    for (let byte = 0; byte < cta.addresses.length[i]!; byte += e) {
      const to = cta.addresses.address[i]! + byte;
      if (cta.stored[to]) throw new Error(`stores to ${to}, where this launch has stored before`);
      cta.stored[to] = 1;
      const from = cta.addresses.row[i]! * cta.out.rowBytes + cta.addresses.column[i]! + byte;
      cta.global[to] = throughShared ? staged(cta, warp, from) : warp.sums[part * tokensPerWarp + byte / e]!;
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

function valuesFrom(cta: Cta, address: number, bytes: number): readonly number[] {
  return Array.from({length: bytes / cta.elementBytes}, (_, i) => cta.global[address + i * cta.elementBytes]!);
}
