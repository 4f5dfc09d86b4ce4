import {box, quantity, type BoxValues} from '../config/parameter.ts';
import {Servers} from '../engine/servers.ts';
import type {LdsmOp, LdsOp} from '../trace/op.ts';
import {swizzled, wavefronts} from '../trace/shared-layout.ts';
import type {BlockOp} from '../trace/addresses.ts';
import type {SharedTile} from '../trace/trace.ts';

/** Shared memory. */
export const sharedMemory = box('sharedMemory', '32 banks of 4 B an SM, one wavefront a cycle for reads, writes and arriving copies together', {
  latency: quantity('clk', 'of a read, before its wavefronts'),
  wavefrontLatency: quantity('clk', 'each wavefront adds: what a sub-core takes to write 128 B to its registers', {min: 1}),
});

/** The port of every SM's shared memory. */
export class SharedMemory {
  /** Wavefronts of all kinds. */
  wavefronts = 0;
  private readonly ports: Servers;
  private readonly registerPorts: Servers;
  private readonly values: BoxValues<typeof sharedMemory>;

  constructor(values: BoxValues<typeof sharedMemory>, sms: number, subcores: number) {
    this.values = values;
    this.ports = new Servers(sms);
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
