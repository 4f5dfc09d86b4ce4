import type {Op} from '../../trace/op.ts';
import type {Trace} from '../../trace/trace.ts';
import type {GpuValues} from '../parameters.ts';
import {kernel} from './kernel.ts';
import {cyclesPerTurn} from './machine.ts';

type Read = (set: number) => Op;

/** ldmatrix of 1, 2 or 4 matrices of 8 rows × 16 B. */
export function ldmatrix(matrices: 1 | 2 | 4): Read {
  const [down, right] = [matrices === 1 ? 1 : 2, matrices === 4 ? 2 : 1];
  return (set) => ({op: 'LDSM', operand: 0, row: 0, column: 0, down, right, first: 'down', transposed: false, ahead: 0, to: 0, set, wait: 1 << set});
}

/** ld.shared of a 32-bit word a lane, the lanes' words `laneBytes` apart. */
export function loadWord(laneBytes: number): Read {
  return (set) => ({op: 'LDS', operand: 0, row: 0, column: 0, laneBytes, ahead: 0, to: 0, set, wait: 1 << set});
}

/** Each of `warps` warps of one SM reads shared memory, `independent` reads on their way at a time. */
export function sharedLoop({read, warps, independent, turns}: {read: Read; warps: number; independent: number; turns: number}): Trace {
  const rowBytes = 4096;
  return kernel({
    body: Array.from({length: independent}, (_, i) => read(i)),
    turns,
    warps,
    operands: [{name: 'weight', rowsPerStep: 0, bytesPerStep: 0, shared: {offset: 0, stageBytes: 16 * rowBytes, rowBytes}}],
    views: () => [{base: 0, pitch: rowBytes, rows: 16, bytes: rowBytes}],
    sharedMemoryBytes: 16 * rowBytes,
  });
}

/** Cycles from one read to the next that needs what it brought. */
export function readLatency(gpu: GpuValues, read: Read): number {
  return cyclesPerTurn(gpu, (turns) => sharedLoop({read, warps: 1, independent: 1, turns}), 10, 110);
}

/** Bytes that an SM reads in a cycle, `bytes` with every read. */
export function readRate(gpu: GpuValues, read: Read, bytes: number, warps: number, independent: number): number {
  return (bytes * warps * independent) / cyclesPerTurn(gpu, (turns) => sharedLoop({read, warps, independent, turns}), 20, 220);
}
