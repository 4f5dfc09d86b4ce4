import type {Trace} from '../../trace/trace.ts';
import type {Play} from '../gpu.ts';
import {MemoryMap} from '../memory-map.ts';
import type {GpuValues} from '../parameters.ts';
import {scramble} from '../scramble.ts';
import {kernel} from './kernel.ts';
import {playOn} from './machine.ts';

/** Bytes between two places that the chase of gpu-benches visits: every second one meets a line again. */
export const chaseStride = 64;

/** The first CTA runs in the first GPC and so in partition 0, the seventh in the last GPC and in partition 1. */
const lastGpc = 6;

interface Chase {
  /** Where it goes, in multiples of `stride` bytes; from the last to the first again. */
  readonly places: Uint32Array;
  readonly stride: number;
  readonly turns?: number;
  /** The L2 partition of the SM it runs on. */
  readonly partition?: 0 | 1;
}

/** One lane of one warp follows pointers: it needs what one load brings to know where the next one goes. */
export function pointerChase({places, stride, turns = places.length, partition = 0}: Chase): Trace {
  const runner = partition === 0 ? 0 : lastGpc;
  return kernel({
    ctas: runner + 1,
    body: [{op: 'LDG', operand: 0, row: 0, rows: 1, column: 0, bytes: 8, ahead: 0, set: 0, wait: 1}],
    turns: (cta) => (cta === runner ? turns : 0),
    operands: [{name: 'activation', rowsPerStep: 1, bytesPerStep: 0, gather: 'row'}],
    views: () => [{base: 0, pitch: stride, rows: turns, bytes: 8}],
    rowIndex: Uint32Array.from({length: turns}, (_, i) => places[i % places.length]!),
  });
}

/** How many loads, and how they are played. */
type Sampling = Partial<Play> & {readonly sample?: number};

/** Cycles a load takes, averaged over the first `sample` of a chase, when `before` has run; the launch is lost among them. */
export function chaseLatency(gpu: GpuValues, chase: Chase, before: Chase | 'cold', {sample = 6000, ...options}: Sampling = {}): number {
  const l2 = before === 'cold' ? before : pointerChase(before);
  return playOn(gpu, pointerChase({...chase, turns: sample}), {...options, l2}).cycles / sample;
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
