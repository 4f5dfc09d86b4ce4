import type {Addresses} from '../trace/addresses.ts';
import type {LdgOp, LdgstsOp, StgOp} from '../trace/op.ts';
import type {OutputTile} from '../trace/tiles.ts';
import type {Launch, Operand} from '../trace/trace.ts';
import type {Registers} from './registers.ts';
import type {SharedMemory} from './shared-memory.ts';

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

/** The number of a weight, of its name or its row among those of all columns of a warp. */
export function ofPart({part = 0}: {readonly part?: number}, number: number): number {
  return part * 2 ** 24 + number;
}

/** Resolves a block; where an index steers it, the warp must hold the index and come to the same addresses by it. */
export function resolve(cta: Cta, warp: Warp, op: LdgstsOp | LdgOp | StgOp, tile: number): number {
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
