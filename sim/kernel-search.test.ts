import test from 'ava';
import {experiment, read} from './config/given.ts';
import {jobOf} from './job.ts';

/** The kernel that `auto` chooses on an A100 for a dense GEMM with K contiguous. */
function chosen(m: number, n: number, k: number) {
  const rest = {workload: `[{name: a, m: ${m}, n: ${n}, k: ${k}}]`, patterns: '[{type: dense}]', activations: 'k-contiguous', kernel: 'auto'};
  return jobOf(read({'e.yaml': experiment(rest)}).points[0]!).kernel;
}

// What is expected here was found by playing each of the library's kernels in `sampled`.
test('CTAs that are alone on their SMs in the last wave take half as long, and make small tiles better than splitting K', (t) => {
  // 256 CTAs on 216 places, and 702 on as many.
  t.like(chosen(984, 4096, 5504), {tile: [128, 128, 32], splitK: 1});
  t.like(chosen(1552, 6912, 5120), {tile: [128, 128, 32], splitK: 1});
});
test('K is not split where L2 would not keep the partial sums until they are added', (t) => {
  t.is(chosen(1024, 3840, 2560).splitK, 1);
  t.true(chosen(256, 5120, 13824).splitK > 1);
});
