import test from 'ava';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {complaints, experiment, inFolder} from './config/given.ts';
import {BadInput} from './config/problem.ts';
import {readExperiment} from './experiment.ts';

const written = (lines: Record<string, string>): string =>
  Object.entries({
    name: 't',
    gpu: 'a100-pcie-80gb',
    workload: '[{name: g, m: 256, n: 256, k: 256}]',
    dtype: 'fp16',
    patterns: '[{type: dense}]',
    ...lines,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');

function complaint(folder: string, lines: Record<string, string>): string {
  const file = join(folder, 'e.yaml');
  writeFileSync(file, written(lines));
  try {
    readExperiment(file);
  } catch (error) {
    if (error instanceof BadInput) return error.message;
    throw error;
  }
  return '';
}

test('a tile larger than shared memory is refused where it is written', (t) => {
  inFolder({}, (folder) => {
    t.regex(
      complaint(folder, {kernel: '{tile: [256, 256, 64], warps: [4, 2], stages: 8}'}),
      /e\.yaml:6:16 {2}kernel\.tile: 256 × 256 × 64 in 8 stages takes 512 KiB of shared memory; a CTA may have 163 KiB/,
    );
  });
});

test('a kernel with more registers than an SM has is refused', (t) => {
  inFolder({}, (folder) => {
    t.regex(
      complaint(folder, {kernel: '{tile: [256, 256, 32], warps: [4, 4], stages: 2}'}),
      /kernel\.warps: 16 warps of \d+ registers a thread are more registers/,
    );
  });
});

test('a K tile that is no multiple of two instructions is refused, for each pattern in its own words', (t) => {
  inFolder({}, (folder) => {
    const kernel = '{tile: [128, 128, 32], warps: [2, 2], stages: 3}';
    t.is(complaint(folder, {kernel}), '');
    t.regex(complaint(folder, {kernel, patterns: '[{type: vw}]'}), /k of 32 is not a multiple of 64, two instructions of k = 32 \(2:4/);
  });
});

test('an L2 too small for a set of lines in every slice is refused', (t) => {
  inFolder({}, (folder) => {
    t.regex(
      complaint(folder, {gpu: '{extends: a100-pcie-80gb, l2: {capacity: 1 KiB}}'}),
      /gpu\.l2\.capacity: 1 KiB are less than a set of 16 lines in each of 2 × 40 slices/,
    );
  });
});

test('shared memory is cut out of L1, and a CTA’s out of it', (t) => {
  inFolder({}, (folder) => {
    t.regex(
      complaint(folder, {gpu: '{extends: a100-pcie-80gb, sm: {sharedMemory: 228 KiB}}'}),
      /gpu\.sm\.sharedMemory: 228 KiB are cut out of L1, which has 192 KiB with it: gpu\.l1\.capacity must grow too/,
    );
    t.regex(
      complaint(folder, {gpu: '{extends: a100-pcie-80gb, sm: {sharedMemoryPerCta: 164 KiB}}'}),
      /gpu\.sm\.sharedMemoryPerCta: 164 KiB are more than an SM has for its CTAs, 163 KiB of gpu\.sm\.sharedMemory/,
    );
    t.is(
      complaint(folder, {gpu: '{extends: a100-pcie-80gb, sm: {sharedMemory: 228 KiB, sharedMemoryPerCta: 227 KiB}, l1: {capacity: 256 KiB}}'}),
      '',
    );
  });
});

test('more shared memory takes kernels that did not fit', (t) => {
  inFolder({}, (folder) => {
    const kernel = '{tile: [128, 128, 64], warps: [2, 2], stages: 6}';
    t.regex(complaint(folder, {kernel}), /takes 192 KiB of shared memory; a CTA may have 163 KiB/);
    const gpu = '{extends: a100-pcie-80gb, sm: {sharedMemory: 228 KiB, sharedMemoryPerCta: 227 KiB}, l1: {capacity: 256 KiB}}';
    t.is(complaint(folder, {kernel, gpu}), '');
  });
});

const whatIf: readonly (readonly [title: string, lines: Record<string, string>, message: RegExp])[] = [
  [
    'TVW 1:4 on silicon',
    {patterns: '[{type: tvw, sparsity: 0.9, n: 1, m: 4}]'},
    /patterns: the tensor cores have no mma\.sp m16n8k64 on f16, 1:4; theirs is 2:4 \(TVW 1:4 90 % on a100-pcie-80gb\)/,
  ],
  ['TVW 3:8 on any hardware', {gpu: 'a100-nm', patterns: '[{type: tvw, sparsity: 0.9, n: 3, m: 8}]'}, /m is 2 or 4 times n, .*; these are 3:8/],
  [
    'a warp that cannot hold the activations of 1:4',
    {gpu: 'a100-nm', patterns: '[{type: vw, n: 1, m: 4}]', kernel: '{tile: [128, 128, 128], warps: [2, 2], stages: 2}'},
    /kernel\.warps: 292 registers a thread hold a warp’s accumulators and fragments, and a thread has 255; more warps have less to hold/,
  ],
  [
    'a hardware gather of single weights',
    {gpu: '{extends: a100-pcie-80gb, sm: {hardwareGather: index-free}}', patterns: '[{type: ew, sparsity: 0.9}]'},
    /a hardware gather walks the kept rows of a tile; weights kept one by one are named by loads of their own/,
  ],
  [
    'a hardware gather along rows',
    {
      gpu: '{extends: a100-pcie-80gb, sm: {hardwareGather: index-free}}',
      patterns: '[{type: tw, sparsity: 0.9}]',
      activations: 'k-contiguous',
    },
    /a hardware gather copies rows of activations and needs activations: m-contiguous/,
  ],
  [
    'a hardware gather without cp.async',
    {gpu: '{extends: v100-pcie-32gb, sm: {hardwareGather: index-free}}', patterns: '[{type: tw, sparsity: 0.9}]'},
    /a hardware gather is part of cp\.async, which this GPU has not/,
  ],
];
for (const [title, lines, message] of whatIf) {
  test(`${title} is refused`, (t) => inFolder({}, (folder) => t.regex(complaint(folder, lines), message)));
}

test('n:m that the tensor cores do not know is multiplied by CUDA cores, as on silicon', (t) => {
  inFolder({}, (folder) => {
    t.is(complaint(folder, {patterns: '[{type: vw, n: 1, m: 4}, {type: vw, n: 3, m: 8}]'}), '');
    t.is(
      complaint(folder, {gpu: 'a100-nm', patterns: '[{type: vw, n: 1, m: 4}, {type: vw, n: 3, m: 8}, {type: tvw, sparsity: 0.9, n: 2, m: 8}]'}),
      '',
    );
  });
});

test('of points that fit and points that do not, the others are kept, if that is asked for, with the reasons', (t) => {
  const kernel = '[{tile: [128, 128, 64], warps: [2, 2], stages: 3}, {tile: [128, 128, 64], warps: [2, 2], stages: 8}]';
  inFolder({'e.yaml': written({sweep: `{kernel: ${kernel}}`})}, (folder) => {
    const file = join(folder, 'e.yaml');
    const {points, unfit} = readExperiment(file, {misfits: 'keep'});
    t.is(points.length, 2);
    t.deepEqual([...unfit.values()], ['kernel.tile: 128 × 128 × 64 in 8 stages takes 256 KiB of shared memory; a CTA may have 163 KiB']);
    t.true(unfit.has(points[1]!));
    t.throws(() => readExperiment(file), {message: /takes 256 KiB of shared memory/});
    t.is(readExperiment(file, {misfits: 'drop'}).points.length, 1);
  });
});

test('a trace file that is none is refused before anything is run', (t) => {
  inFolder({'x.tvt': 'hello'}, (folder) => {
    t.regex(complaint(folder, {workload: '[{trace: x.tvt}]'}), /x\.tvt {2}is not a trace file/);
  });
});

test('2:4 on a GPU whose tensor cores have no mma.sp is refused', (t) => {
  inFolder({}, (folder) => {
    const gpu =
      '{extends: a100-pcie-80gb, tensorCore: {mma: [{k: 16, type: f16, sparse: dense, interval: 8 clk, warpInterval: 8 clk, latency: 25 clk}]}}';
    t.is(complaint(folder, {gpu}), '');
    t.regex(complaint(folder, {gpu, patterns: '[{type: vw}]'}), /the tensor cores have no mma\.sp m16n8k32 on f16 \(2:4 on a100-pcie-80gb/);
  });
});

test('a V100 runs what needs no mma.sp, and says of the rest that it has none', (t) => {
  inFolder({}, (folder) => {
    const gpu = 'v100-pcie-32gb';
    const runs =
      '[{type: dense}, {type: ew, sparsity: 0.9}, {type: bw, sparsity: 0.5, block: 32}, {type: tw, sparsity: 0.5}, {type: tew, sparsity: 0.5}]';
    t.is(complaint(folder, {gpu, patterns: runs}), '');
    for (const [pattern, label] of [
      ['{type: vw}', '2:4'],
      ['{type: tvw, sparsity: 0.75}', 'TVW 75 %'],
      ['{type: vnm, v: 128, m: 8}', '128:2:8'],
    ] as const)
      t.regex(
        complaint(folder, {gpu, patterns: `[${pattern}]`}),
        new RegExp(`the tensor cores have no mma\\.sp m16n8k32 on f16 \\(.*${label}.*v100-pcie-32gb`),
      );
    for (const [pattern, name] of [
      ['{type: tvw, sparsity: 0.9, n: 1, m: 4}', 'mma.sp m16n8k64'],
      ['{type: tvw, sparsity: 0.9, n: 2, m: 8}', 'mma.sp m16n8k64'],
      ['{type: tvw, sparsity: 0.9, n: 3, m: 8}', 'mma.sp'],
    ] as const)
      t.true(complaint(folder, {gpu, patterns: `[${pattern}]`}).includes(`the tensor cores have no ${name} on f16 (TVW`), pattern);
    t.is(complaint(folder, {gpu, patterns: '[{type: vw, n: 1, m: 4}]'}), '');
    t.regex(complaint(folder, {gpu, dtype: 'bf16'}), /the tensor cores have no mma m16n16k4 on bf16/);
    t.regex(
      complaint(folder, {gpu, activations: 'k-contiguous', patterns: '[{type: tw, sparsity: 0.5}]'}),
      /a gather of k needs activations: m-contiguous on a GPU without cp\.async/,
    );
  });
});

const types: readonly (readonly [title: string, lines: Record<string, string>, message: RegExp])[] = [
  [
    'int8 with M contiguous, which ldmatrix cannot transpose,',
    {dtype: 'int8'},
    /patterns: 8-bit elements need activations: k-contiguous; ldmatrix transposes 16-bit elements only \(dense on a100-pcie-80gb\)/,
  ],
  [
    'a gather of int8',
    {dtype: 'int8', activations: 'k-contiguous', patterns: '[{type: tw, sparsity: 0.5, granularity: 128}]'},
    /patterns: a gather of k needs 16-bit elements, which ldmatrix can transpose; these have 8 \(TW 50 % on a100-pcie-80gb\)/,
  ],
  [
    '2:4 on tf32',
    {dtype: 'tf32', activations: 'k-contiguous', patterns: '[{type: vw}]'},
    /patterns: the sparse tensor cores take tf32 in 1:2, for which there is no pattern yet \(2:4 on a100-pcie-80gb\)/,
  ],
];
for (const [title, lines, message] of types) {
  test(`${title} is refused`, (t) => inFolder({}, (folder) => t.regex(complaint(folder, lines), message)));
}

test('bf16 runs whatever fp16 runs; int8 and tf32 run with K contiguous', (t) => {
  const patterns = '[{type: dense}, {type: vw}, {type: tw, sparsity: 0.5, granularity: 128}, {type: tvw, sparsity: 0.75, granularity: 128}]';
  inFolder({}, (folder) => {
    t.is(complaint(folder, {dtype: 'bf16', patterns}), '');
    t.is(complaint(folder, {dtype: 'int8', activations: 'k-contiguous', patterns: '[{type: dense}, {type: vw}]'}), '');
    t.is(complaint(folder, {dtype: 'tf32', activations: 'k-contiguous'}), '');
  });
});

test('a GPU that no kernel of the library fits is refused before anything runs', (t) => {
  const gpu = '{extends: a100-pcie-80gb, sm: {sharedMemoryPerCta: 8 KiB}}';
  t.deepEqual(complaints({'e.yaml': experiment({gpu})}), [
    'e.yaml:1:1  patterns: no kernel of the library fits: 64 × 64 × 64 in 6 stages takes 96 KiB of shared memory; a CTA may have 8 KiB (dense on a100-pcie-80gb (sm.sharedMemoryPerCta=8 KiB))',
  ]);
});
