import test from 'ava';
import {a100, gigabytesPerSecond, playOn} from './microbench/machine.ts';
import {chaseLatency, chaseStride, linesHomedIn, shuffled} from './microbench/pointer-chase.ts';
import {bytesPerBlock, narrowRows, stream} from './microbench/stream.ts';
import {within} from './microbench/within.ts';

const gpu = a100();
/** gpu-benches ran on an A100-SXM4-80GB. A small L2 is soon full of dirty lines, as any is after some time. */
const sxm = a100({dram: {...gpu.dram, bandwidth: 2039e9}});
const writing = {...sxm, l2: {...sxm.l2, capacity: 5 * 2 ** 20}};

test('a line that only DRAM has takes 475 cycles from the near partition’s memory, 623 from the far one’s (arXiv 2501.12084)', (t) => {
  const from = (home: number): number => chaseLatency(gpu, {places: linesHomedIn(gpu, home, 2 ** 16), stride: 128}, 'cold');
  within(t, 'near', from(0), 475);
  within(t, 'far', from(1), 623);
});

test('a pointer chase far beyond the L2 takes 572 cycles a load (gpu-benches)', (t) => {
  const chase = {places: shuffled((75 * 2 ** 20) / chaseStride), stride: chaseStride};
  within(t, '75 MB', chaseLatency(gpu, chase, chase), 572);
});

/** GB/s in the steady state: what more blocks take longer. */
function streamed(reads: number, writes: number): number {
  const blocks = Math.round(2000 / (reads + writes));
  const cycles = (n: number): number => playOn(writing, stream({reads, writes, blocks: n})).cycles;
  return gigabytesPerSecond(writing, blocks * (reads + writes) * bytesPerBlock, cycles(2 * blocks) - cycles(blocks));
}

// Published: gpu-benches, best of its block sizes; reading alone is the plateau of its L2 benchmark beyond 1 GB.
test('reading streams at 1732 of 2039 GB/s', (t) => within(t, 'GB/s', streamed(1, 0), 1732));
test('writing streams at 1897 GB/s', (t) => within(t, 'GB/s', streamed(0, 1), 1897));
test('reading and writing streams at 1732 GB/s', (t) => within(t, 'GB/s', streamed(1, 1), 1732));
test('the triad, two reads and a write, streams at 1759 GB/s', (t) => within(t, 'GB/s', streamed(2, 1), 1759));

/** Share of the peak that `bytes` a row are read with, by CTAs whose 64 rows are `pitch` bytes apart. */
function narrow(bytes: number, pitch: number): number {
  const [short, long] = [8, 24].map((turns) => playOn(gpu, narrowRows({ctas: 108, rows: 64, bytes, pitch, turns})));
  const rate = gigabytesPerSecond(gpu, long!.dram.read - short!.dram.read, long!.cycles - short!.cycles);
  return (rate * 1e9) / gpu.dram.bandwidth;
}

test('CTAs that walk along rows a few kB apart get about three quarters of the peak with 64 B of each at a time, more with 128 B', (t) => {
  for (const pitch of [5120, 8192]) {
    const [half, whole] = [narrow(64, pitch), narrow(128, pitch)];
    t.log(`rows ${pitch} B apart: ${half.toFixed(3)} with 64 B, ${whole.toFixed(3)} with 128 B`);
    t.true(half > 0.7 && half < 0.8);
    t.true(whole > half && whole < 0.93);
  }
});
