import {box, quantity, type BoxValues} from '../config/parameter.ts';
import {Servers} from '../engine/servers.ts';
import type {LdsmOp, LdsOp} from '../trace/op.ts';
import {swizzled, wavefronts} from '../trace/shared-layout.ts';
import type {BlockOp} from '../trace/addresses.ts';
import type {SharedTile} from '../trace/trace.ts';

/** Shared memory. */
export const sharedMemory = box(
  'sharedMemory',
  '32 banks of 4 B an SM, one wavefront a cycle for reads, writes, arriving copies and loads together',
  {
    latency: quantity('clk', 'of a read, before its wavefronts'),
    wavefrontLatency: quantity('clk', 'each wavefront adds: what a sub-core takes to write 128 B to its registers', {min: 1}),
  },
);

/**
 * The port of every SM's shared memory, which is L1's too, for both are one array: NVIDIA's patent US 10,705,994 sends a hit in L1 down the
 * way of shared memory's accesses and keeps a miss in a queue of its own until its data are there; Nsight Compute counts wavefronts
 * of shared, global and local accesses in one pipe (l1tex__data_pipe_lsu_wavefronts), one a request at least. That what comes back
 * goes first is inferred.
 */
export class SharedMemory {
  /** Wavefronts of all kinds. */
  wavefronts = 0;
  private readonly ports: Servers;
  private readonly returns: Servers;
  private readonly registerPorts: Servers;
  private readonly values: BoxValues<typeof sharedMemory>;

  constructor(values: BoxValues<typeof sharedMemory>, sms: number, subcores: number) {
    this.values = values;
    this.ports = new Servers(sms);
    this.returns = new Servers(sms);
    this.registerPorts = new Servers(sms * subcores);
  }

  /** A warp reads; returns when its registers hold the data. */
  read(sm: number, subcore: number, time: number, count: number): number {
    const end = this.ports.reserve(sm, time, count);
    const arrives = end - count + this.values.latency;
    this.wavefronts += count;
    return this.registerPorts.reserve(subcore, arrives, count * this.values.wavefrontLatency);
  }

  /** A warp, or an arriving copy, writes; returns when the data are there. Copies may take fractions of a wavefront. */
  write(sm: number, time: number, count: number): number {
    this.wavefronts += count;
    return this.ports.reserve(sm, time, count);
  }

  /** What L1 holds is read, after what came before; returns when its turn comes. */
  readHit(sm: number, time: number, count: number): number {
    const turn = Math.max(time, this.ports.free[sm]!);
    this.ports.reserve(sm, time, count);
    return turn;
  }

  /**
   * A load's data arrive, or go on to registers: before accesses that wait, for what comes back cannot be held up, and delaying those
   * who come later. Returns when their turn comes.
   */
  takeIn(sm: number, time: number, count: number): number {
    const turn = Math.max(time, this.returns.free[sm]!);
    this.returns.reserve(sm, time, count);
    this.ports.reserve(sm, time, count);
    return turn;
  }

  /** When the port accepts what is asked for now. */
  accepts(sm: number, now: number): number {
    return Math.max(now, this.ports.free[sm]!);
  }

  utilisation(cycles: number): number {
    return this.ports.busy.reduce((a, b) => a + b, 0) / (this.ports.busy.length * cycles);
  }
}

/** Wavefronts of an ldmatrix or of an LDS.128: a phase for every copy of a matrix, its eight 16 B rows at their real addresses. */
export function ldsmWavefronts(op: LdsmOp, tile: SharedTile): number {
  let total = 0;
  for (let d = 0; d < op.down; d++) {
    for (let r = 0; r < op.right; r++) {
      const rows = Array.from({length: 8}, (_, i) => tile.offset + swizzled(tile.rowBytes, op.row + d * 8 + i, op.column + r * 16));
      total += wavefronts(rows, 16);
    }
  }
  return total * (op.copies ?? 1);
}

/** Wavefronts of a load of one 32-bit word a lane. */
export function ldsWavefronts(op: LdsOp, tile: SharedTile): number {
  const words = Array.from({length: 32}, (_, lane) => op.column + lane * (op.laneBytes ?? 4));
  return wavefronts(
    words.map((column) => tile.offset + swizzled(tile.rowBytes, op.row, column)),
    4,
  );
}

/** Wavefronts a block takes that a copy or STS.128 writes, over the whole block: eight 16 B chunks at a time. */
export function copyWavefronts(block: BlockOp, tile: SharedTile): number {
  const chunks: number[] = [];
  for (let row = 0; row < block.rows; row++) {
    for (let byte = 0; byte < block.bytes; byte += 16) chunks.push(tile.offset + swizzled(tile.rowBytes, block.row + row, block.column + byte));
  }
  let total = 0;
  for (let i = 0; i < chunks.length; i += 8) total += wavefronts(chunks.slice(i, i + 8), 16);
  return total;
}
