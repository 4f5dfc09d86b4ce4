import test from 'ava';
import {experiment, read} from './config/given.ts';
import {simulate} from './simulate.ts';

/** A GEMM of 512³ under a type, by the kernel that `auto` chooses. */
function resultOf(dtype: string, pattern = '{type: dense}') {
  const changes = {workload: '[{name: g, m: 512, n: 512, k: 512}]', dtype, patterns: `[${pattern}]`, activations: 'k-contiguous'};
  return simulate(read({'e.yaml': experiment(changes)}).points[0]!);
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

test('results of int8 are stored as int32, those of other types as they came', (t) => {
  t.deepEqual(
    [eight!, half!, wide!].map(({kernel, metrics}) => (kernel.splitK > 1 ? 0 : metrics['tvw.global_store_bytes']! / 512 ** 2)),
    [4, 2, 4],
  );
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

test('the larger the type, the longer it takes', (t) => t.true(eight!.cycles < half!.cycles && half!.cycles < wide!.cycles));
