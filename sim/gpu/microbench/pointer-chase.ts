import type {Trace} from '../../trace/trace.ts';
import {MemoryMap} from '../memory-map.ts';
import type {GpuValues} from '../parameters.ts';
import {scramble} from '../sectored-cache.ts';
import {kernel} from './kernel.ts';

/** Bytes between two places that the chase of gpu-benches visits: every second one meets a line again. */
export const chaseStride = 64;

/** One lane of one warp on SM 0 follows pointers: it visits `places`, multiples of `stride` bytes, and needs each to find the next. */
export function pointerChase({places, turns, stride}: {readonly places: Uint32Array; readonly turns: number; readonly stride: number}): Trace {
  return kernel({
    body: [{op: 'LDG', operand: 0, row: 0, rows: 1, column: 0, bytes: 8, ahead: 0, set: 0, wait: 1}],
    turns,
    operands: [{name: 'activation', rowsPerStep: 1, bytesPerStep: 0, gather: 'row'}],
    views: () => [{base: 0, pitch: stride, rows: turns, bytes: 8}],
    rowIndex: Uint32Array.from({length: turns}, (_, i) => places[i % places.length]!),
  });
}

/** Every place of a buffer once, shuffled: 0 … count − 1 in an order that no prefetcher could guess. */
export function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({length: count}, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = scramble(i ^ 0x5eed) % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Lines of a buffer whose home is in one partition (0 is SM 0's own), shuffled. */
export function linesHomedIn(gpu: GpuValues, partition: number, count: number): Uint32Array {
  const map = new MemoryMap(gpu.l2.partitions, gpu.l2.slices);
  return shuffled(count).filter((line) => map.homeOf(map.channelOf(line)) === partition);
}
