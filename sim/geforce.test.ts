import test from 'ava';
import {experiment, read} from './config/given.ts';
import {gigabytesPerSecond, playOn} from './gpu/microbench/machine.ts';
import {mmaRate} from './gpu/microbench/mma-loop.ts';
import {chaseLatency, chaseStride, shuffled} from './gpu/microbench/pointer-chase.ts';
import {bytesPerBlock, stream} from './gpu/microbench/stream.ts';
import {within} from './gpu/microbench/within.ts';
import {jobFor, simulate} from './simulate.ts';

const point = (changes: Record<string, string>) => read({'e.yaml': experiment(changes)}).points[0]!;
const gpu = (name: string) => point({gpu: name}).gpu.values;
const [ga102, ad102, l40] = ['rtx-3090', 'rtx-4090', 'l40'].map(gpu) as [ReturnType<typeof gpu>, ReturnType<typeof gpu>, ReturnType<typeof gpu>];

// Datasheets: 71, 142 and 285 TFLOPS of 82 SMs at 1695 MHz; L40: 181 of 142 SMs at 2490 MHz.
test('a GeForce SM multiplies and adds 256 fp16 a cycle into fp32, 512 into fp16, twice as many of 2:4; an L40 sums both as fast', (t) => {
  const dense = (type: string) => ({type, sparse: false, k: 16});
  within(t, 'RTX 3090, into fp32', mmaRate(ga102, dense('f16'), 8, 2), 256, 0.01);
  within(t, 'RTX 3090, into fp16', mmaRate(ga102, dense('f16-acc16'), 8, 2), 512, 0.01);
  within(t, 'RTX 3090, 2:4 into fp32', mmaRate(ga102, {type: 'f16', sparse: true, k: 32}, 8, 2), 512, 0.01);
  within(t, 'RTX 4090, into fp32', mmaRate(ad102, dense('f16'), 8, 2), 256, 0.01);
  within(t, 'L40, into fp32', mmaRate(l40, dense('f16'), 8, 2), 512, 0.01);
});

test('a hit in the L2 of AD102 takes 273 to 276 cycles, a line that only DRAM has 632 on an L40 (gpu-benches) and 541.5 on an RTX 4090', (t) => {
  const small = {places: shuffled(2 ** 15), stride: 128};
  const large = {places: shuffled(2 ** 19), stride: 128};
  within(t, 'L40, L2', chaseLatency(l40, small, small), 276);
  within(t, 'RTX 4090, L2 (arXiv 2402.13499)', chaseLatency(ad102, small, small), 273);
  within(t, 'L40, DRAM', chaseLatency(l40, large, 'cold'), 632, 0.1);
  within(t, 'RTX 4090, DRAM (arXiv 2402.13499)', chaseLatency(ad102, large, 'cold'), 541.5, 0.1);
});

test('a pointer chase far beyond the L2 of an RTX 3090 waits for DRAM, within it it does not', (t) => {
  const chase = (MiB: number) => {
    const places = {places: shuffled((MiB * 2 ** 20) / chaseStride), stride: chaseStride};
    return chaseLatency(ga102, places, places);
  };
  within(t, '4 MB (Accel-Sim: 237)', chase(4), 237);
  t.true(chase(40) > 1.5 * 237);
});

/** GB/s in the steady state on an RTX 3090. */
function streamed(reads: number, writes: number): number {
  const blocks = Math.round(2000 / (reads + writes));
  const cycles = (n: number): number => playOn(ga102, stream({reads, writes, blocks: n})).cycles;
  return gigabytesPerSecond(ga102, blocks * (reads + writes) * bytesPerBlock, cycles(2 * blocks) - cycles(blocks));
}

// gpu-benches, A40: 679 of 696 GB/s read and 679 written, 656 read and written; the same share of 936 GB/s here.
test('GDDR6X is read at 0.976 of its peak, as an A40’s GDDR6 is', (t) => within(t, 'GB/s', streamed(1, 0), 913));
test('and written at as much', (t) => within(t, 'GB/s', streamed(0, 1), 913));
test('and read and written at 0.943 of it', (t) => within(t, 'GB/s', streamed(1, 1), 882, 0.06));

test('with one L2 partition nothing crosses a link', (t) => {
  const {trace} = jobFor(point({gpu: 'rtx-3090'}));
  t.is(playOn(ga102, trace).l2.linked, 0);
  t.is(playOn(ga102, trace, {fidelity: 'detailed'}).l2.linked, 0);
});

test('the library finds kernels that fit 99 KiB of shared memory, for any type', (t) => {
  for (const [dtype, pattern] of [
    ['fp16', 'dense'],
    ['fp16-acc16', 'dense'],
    ['fp16', 'vw'],
    ['int8', 'vw'],
    ['bf16', 'tvw, sparsity: 0.75'],
  ]) {
    const activations = dtype === 'int8' ? 'k-contiguous' : 'm-contiguous';
    const one = {gpu: 'rtx-4090', workload: '[{name: g, m: 4096, n: 2048, k: 2048}]', dtype: dtype!, patterns: `[{type: ${pattern}}]`, activations};
    t.true(jobFor(point(one)).trace.launches[0]!.sharedMemoryBytes <= 99 * 1024);
  }
});

test('sums in fp16 take half as long where the tensor cores limit', (t) => {
  const time = (dtype: string) => {
    const kernel = '{tile: [128, 128, 32], warps: [2, 2], stages: 3}';
    return simulate(point({gpu: 'rtx-3090', workload: '[{name: g, m: 1024, n: 1280, k: 2048}]', dtype, kernel})).cycles;
  };
  const ratio = time('fp16') / time('fp16-acc16');
  t.true(ratio > 1.6 && ratio < 2, `${ratio.toFixed(2)}`);
});
