import test from 'ava';
import {a100, gigabytesPerSecond, playOn} from './microbench/machine.ts';
import {chaseLatency, chaseStride, linesHomedIn, shuffled} from './microbench/pointer-chase.ts';
import {blockBytes, sweep} from './microbench/sweep.ts';
import {within} from './microbench/within.ts';

const gpu = a100();
/** What gpu-benches ran on has faster memory: A100-SXM4-80GB. */
const sxm = a100({dram: {...gpu.dram, bandwidth: 2039e9}});

test('a hit in the SM’s own partition takes 212 cycles (gpu-benches), wherever the line has its home', (t) => {
  for (const home of [0, 1]) {
    const chase = {places: linesHomedIn(gpu, home, 2 ** 16), stride: 128};
    within(t, `home in partition ${home}`, chaseLatency(gpu, chase, chase), 212, 0.02);
  }
});

test('a hit in the far partition takes 357 cycles (arXiv 2501.12084) to 379', (t) => {
  const chase = {places: linesHomedIn(gpu, 1, 2 ** 16), stride: 128};
  const cycles = chaseLatency(gpu, chase, {...chase, partition: 1});
  t.log(`${cycles.toFixed(1)} cycles`);
  t.true(cycles >= 357 && cycles <= 379, `${cycles} cycles`);
});

/** Cycles a load over footprints in kB: gpu-benches, A100-80GB. */
const ladder = [
  [8453, 211.0],
  [16482, 211.0],
  [21941, 289.6],
  [26551, 377.0],
  [29207, 407.5],
  [32129, 424.5],
  [38878, 423.0],
  [51750, 503.7],
  [68883, 568.1],
] as const;

for (const [kB, published] of ladder) {
  test(`a pointer chase over ${kB} kB takes ${published} cycles a load`, (t) => {
    const chase = {places: shuffled((kB * 1024) / chaseStride), stride: chaseStride};
    within(t, `${kB} kB`, chaseLatency(gpu, chase, chase), published);
  });
}

/** GB/s of a sweep over `chunks` chunks of 512 kB, from the end of the `from`-th wave of blocks to that of the `to`-th. */
function bandwidth(chunks: number, from: number, to: number): number {
  const wave = 2 * 108;
  const ends: number[] = [];
  const ended = (_cta: number, _sm: number, _slot: number, time: number) => ends.push(time);
  playOn(sxm, sweep({chunks, blocks: to * wave}), {l2: sweep({chunks, blocks: 2 * wave}), probes: [{ended}]});
  const time = (waves: number): number => (waves === 0 ? 0 : ends[waves * wave - 1]!);
  return gigabytesPerSecond(sxm, (to - from) * wave * blockBytes, time(to) - time(from));
}

test('a buffer of 10 MB, which both partitions hold, is read at 5.42 TB/s', (t) => {
  within(t, 'GB/s', bandwidth(20, 1, 2), 5420);
});

test('one of 30 MB, of which either holds two thirds, at 4.0 TB/s', (t) => {
  within(t, 'GB/s', bandwidth(60, 0, 3), 4000);
});

test('one of 36 MB, for half of which the link between the partitions is the way, at 3.0 TB/s', (t) => {
  within(t, 'GB/s', bandwidth(72, 0, 3), 3004);
});
