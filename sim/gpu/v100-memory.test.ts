import test from 'ava';
import {cyclesPerTurn, gigabytesPerSecond, playOn, v100} from './microbench/machine.ts';
import {chaseLatency, chaseStride, pointerChase, shuffled} from './microbench/pointer-chase.ts';
import {bytesPerBlock, stream} from './microbench/stream.ts';
import {blockBytes, sweep} from './microbench/sweep.ts';
import {within} from './microbench/within.ts';

// Published: gpu-benches, V100 at 1380 MHz.
const gpu = v100();

test('a load on a V100 takes 30 cycles from L1, 215 from L2, 431 from DRAM', (t) => {
  const places = shuffled(256);
  const inL1 = (turns: number) => pointerChase({places, stride: 128, turns});
  within(t, 'L1', cyclesPerTurn(gpu, inL1, places.length, 3 * places.length), 30, 0.02);
  const over = (mebibytes: number) => {
    const chase = {places: shuffled((mebibytes * 2 ** 20) / chaseStride), stride: chaseStride};
    return chaseLatency(gpu, chase, chase);
  };
  within(t, 'L2, 3 MB', over(3), 215, 0.02);
  within(t, 'DRAM, 50 MB', over(50), 431, 0.02);
});

test('the L2 of a V100 is read at 2.44 TB/s', (t) => {
  const wave = 2 * 80;
  const ends: number[] = [];
  const ended = (_cta: number, _sm: number, _slot: number, time: number) => ends.push(time);
  playOn(gpu, sweep({chunks: 8, blocks: 2 * wave}), {l2: sweep({chunks: 8, blocks: 2 * wave}), probes: [{ended}]});
  within(t, 'GB/s', gigabytesPerSecond(gpu, wave * blockBytes, ends[2 * wave - 1]! - ends[wave - 1]!), 2440, 0.06);
});

test('DRAM of a V100 streams at 804 GB/s when it reads and writes, at 814 in the triad', (t) => {
  // A small L2 is soon full of dirty lines, as any is after some time.
  const writing = {...gpu, l2: {...gpu.l2, capacity: 3 * 2 ** 20}};
  const streamed = (reads: number, writes: number) => {
    const blocks = Math.round(2000 / (reads + writes));
    const cycles = (n: number): number => playOn(writing, stream({reads, writes, blocks: n})).cycles;
    return gigabytesPerSecond(writing, blocks * (reads + writes) * bytesPerBlock, cycles(2 * blocks) - cycles(blocks));
  };
  within(t, 'scale', streamed(1, 1), 804, 0.03);
  within(t, 'triad', streamed(2, 1), 814, 0.03);
});
