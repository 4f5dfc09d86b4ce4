import test from 'ava';
import {experiment, read} from './config/given.ts';
import {gpuFor} from './job.ts';
import {simulate} from './simulate.ts';

/** A GEMM of 512³, unless told otherwise, under a type, by the kernel that `auto` chooses. */
function pointOf(dtype: string, pattern: string, {m = 512, k = 512, kernel = 'auto'} = {}) {
  const changes = {workload: `[{name: g, m: ${m}, n: 512, k: ${k}}]`, dtype, patterns: `[${pattern}]`, activations: 'k-contiguous', kernel};
  return read({'e.yaml': experiment(changes)}).points[0]!;
}
function resultOf(dtype: string, pattern = '{type: dense}', extents = {}) {
  return simulate(pointOf(dtype, pattern, extents));
}
const [half, brain, eight, wide] = ['fp16', 'bf16', 'int8', 'tf32'].map((dtype) => resultOf(dtype));

test('bf16 takes as long as fp16, to the cycle', (t) => {
  t.is(brain!.cycles, half!.cycles);
  t.is(brain!.time_us, half!.time_us);
});

test('an element of int8 is loaded in half the bytes, of tf32 in twice', (t) => {
  const loads = ({kernel, metrics}: typeof half & {}) => {
    const [bm, bn] = kernel.tile;
    return metrics['tvw.global_load_bytes']! / (512 * 512 * (512 / bm + 512 / bn));
  };
  t.deepEqual([eight!, half!, wide!].map(loads), [1, 2, 4]);
});

const storedBytes = ({metrics}: typeof half & {}) => metrics['tvw.global_store_bytes']! / 512 ** 2;

test('results of int8 are stored as int32, of packed int8 as bf16, those of other types as they came', (t) => {
  t.deepEqual([eight!, half!, wide!].map(storedBytes), [4, 2, 4]);
  t.is(storedBytes(resultOf('int8', '{type: vw}')), 2);
});

test('dense int8 has one kernel, of two CTAs an SM, and no sum of bytes is split', (t) => {
  const {kernel} = eight!;
  t.deepEqual([kernel.tile, kernel.stages, kernel.ctas_per_sm], [[64, 128, 128], 3, 2]);
  // Eight CTAs on 108 SMs: what 16-bit types split K for.
  t.is(resultOf('int8', '{type: vw}', {m: 64, k: 8192}).kernel.splitK, 1);
  t.true(resultOf('fp16', '{type: vw}', {m: 64, k: 8192}).kernel.splitK > 1);
});

test('a multiply-add of int8 takes less than a quarter of the energy of one of fp16, for its arithmetic shrinks more than its bits', (t) => {
  const point = (dtype: string) => pointOf(dtype, '{type: dense}').gpu.values;
  const share = gpuFor(point('int8'), 'int8').power.flop / gpuFor(point('fp16'), 'fp16').power.flop;
  t.true(share > 0.1 / 0.59 && share < 1 / 4, `${share}`);
});

test('an MMA takes 32 k of int8, 16 of fp16 and 8 of tf32, and mma.sp twice as many', (t) => {
  const mmas = (result: typeof half & {}) => (512 * 512 * 512) / (16 * 8 * result.metrics['tvw.mma_issued']!);
  t.deepEqual([eight!, half!, wide!].map(mmas), [32, 16, 8]);
  t.is(mmas(resultOf('int8', '{type: vw}')), 64);
});

test('2:4 packs int8 1.6 times, for two bits of metadata weigh more beside a byte than beside two', (t) => {
  const packed = resultOf('int8', '{type: vw}').metrics['tvw.register_compression_ratio'];
  t.is(packed, 2 / 1.25);
  t.is(resultOf('fp16', '{type: vw}').metrics['tvw.register_compression_ratio'], 2 / 1.125);
});

test('the larger the type, the longer a kernel takes whose K tile has as many bytes', (t) => {
  const cycles = (dtype: string, bytes: number) =>
    simulate(pointOf(dtype, '{type: dense}', {kernel: `{tile: [64, 128, ${128 / bytes}], warps: [2, 2], stages: 3}`})).cycles;
  t.true(cycles('int8', 1) < cycles('fp16', 2));
  t.true(cycles('fp16', 2) < cycles('tf32', 4));
});

// As published (bcacdwk/vllmbench): 5.6 and 6.1 µs for 64³ and 256³ of int8, 4.0 and 5.2 of fp16.
test('a small GEMM takes longer in int8 than in fp16, which has smaller tiles to choose from', (t) => t.true(eight!.cycles > half!.cycles));
