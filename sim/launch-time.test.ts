import test from 'ava';
import {experiment, read} from './config/given.ts';
import {jobOf} from './job.ts';
import {launchTime} from './launch-time.ts';

/** What the kernels of a GEMM take beside their CTAs on an A100, in nulls and packed kernels' surcharges. */
function counts(pattern: string, splitK: number) {
  const changes = {
    workload: '[{name: g, m: 64, n: 256, k: 2048}]',
    patterns: `[${pattern}]`,
    activations: 'k-contiguous',
    kernel: `{tile: [64, 128, 64], warps: [2, 2], stages: 4, splitK: ${splitK}}`,
  };
  const point = read({'e.yaml': experiment(changes)}).points[0]!;
  const {host} = point.gpu.values;
  const of = (only: Partial<typeof host>) => launchTime(jobOf(point).trace, {launchGap: 0, nullKernel: 0, packedKernel: 0, ...only}).kernels;
  return {kernels: of({nullKernel: 1}), packed: of({packedKernel: 1})};
}

test('split-K is two kernels, and those for packed weights both come from the library for them', (t) => {
  t.deepEqual(counts('{type: dense}', 1), {kernels: 1, packed: 0});
  t.deepEqual(counts('{type: dense}', 3), {kernels: 2, packed: 0});
  t.deepEqual(counts('{type: vw}', 1), {kernels: 1, packed: 1});
  t.deepEqual(counts('{type: vw}', 3), {kernels: 2, packed: 2});
});
