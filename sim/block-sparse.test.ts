import test from 'ava';
import {experiment, read} from './config/given.ts';
import {execute} from './oracle/execute.ts';
import {referenceGemm} from './oracle/reference-gemm.ts';
import {unpack} from './packing/unpack.ts';
import {simulate} from './simulate.ts';
import {made, twoByTwo} from './trace/given.ts';
import {registersPerThread, type Activations, type Kernel, type KernelShape} from './trace/kernel.ts';
import {refuseKernel} from './trace/refusals.ts';
import {candidates} from './trace/library.ts';

const shipped = (block: number) =>
  candidates({
    cores: 'tensor',
    m: 512,
    elementBytes: 2,
    index: {rows: Math.min(block, 32), columns: false},
    granularity: block,
    k: 512,
    copies: 'async',
  });

test('a library’s block-sparse kernel takes a block of weights by as many tokens, on four warps and in one stage', (t) => {
  for (const block of [16, 32, 64])
    for (const {tile, warps, stages, loop} of shipped(block)) t.deepEqual([tile, warps, stages, loop], [[block, block, block], [2, 2], 1, 'triton']);
  t.deepEqual(
    shipped(8).map(({tile}) => tile[1]),
    [16], // no instruction is narrower
  );
});

test('each of them gives the product of the unpacked matrices, tokens contiguous or not', (t) => {
  const layouts: readonly Activations[] = ['m-contiguous', 'k-contiguous'];
  for (const [block, activations] of [8, 16, 32, 64].flatMap((b) => layouts.map((layout) => [b, layout] as const))) {
    for (const kernel of shipped(block)) {
      const given = made({m: 150, n: 200, k: 170, pattern: {type: 'bw', values: {sparsity: 0.6, block}}, kernel, activations});
      const expected = referenceGemm(given.gemm, given.a, unpack(given.packed, given.contents));
      t.true(
        execute(given, given.trace).every((value, i) => value === expected[i]),
        `${block}`,
      );
    }
  }
});

const shape = (block: number): KernelShape => ({
  elementBytes: 2,
  index: {rows: Math.min(block, 32), columns: false},
  activations: 'm-contiguous',
  cores: 'tensor',
  launching: 'fused',
  copies: 'async',
});

// ptxas 12.8 and 13.0, -arch=sm_80: 96 and 48.
test('a thread of it has 96 registers with blocks of 64 and 48 with blocks of 32', (t) => {
  t.is(registersPerThread(shipped(64)[0]!, shape(64)), 96);
  t.is(registersPerThread(shipped(32)[0]!, shape(32)), 48);
});

test('nothing is on its way while it multiplies: a K tile is loaded, stored between two barriers and read, by warps that multiply nothing too', (t) => {
  const warps = (block: number) =>
    made({m: 64, n: 64, k: 256, pattern: {type: 'bw', values: {sparsity: 0.5, block}}, kernel: shipped(block)[0]!}).trace.launches[0]!.programs.map(
      ({ops, body, epilogue}) => ops.slice(body, epilogue).filter((op) => op.op !== 'ALU'),
    );
  const kinds = (ops: readonly {readonly op: string}[]) => ops.map(({op}) => op).filter((op, i, all) => op !== all[i - 1]);
  t.deepEqual(kinds(warps(32)[0]!), ['LDG', 'BAR', 'LDG', 'STAGE', 'BAR', 'LDSM', 'MMA', 'LDSM', 'MMA']);
  t.deepEqual(kinds(warps(64)[0]!).slice(0, 7), ['LDG', 'BAR', 'LDG', 'STAGE', 'LDG', 'STAGE', 'BAR']);
  t.deepEqual(
    warps(16).map((ops) => ops.some(({op}) => op === 'MMA')),
    [true, false, false, false],
  );
  t.true(warps(16).every((ops) => ops.filter(({op}) => op === 'LDG').length >= 2));
});

test('one stage without Triton’s loop, Triton’s loop with more, with 2:4 or on a GPU without cp.async are refused', (t) => {
  const refused = (changes: Partial<Kernel>, other: Partial<KernelShape> = {}) =>
    refuseKernel({...shipped(32)[0]!, ...changes}, {...shape(32), ...other})?.message ?? '';
  t.is(refused({}), '');
  t.regex(refused({loop: 'cutlass'}), /that is loop: triton/);
  t.regex(refused({loop: 'spatha'}), /that is loop: triton/);
  t.regex(refused({stages: 2}), /triton has 1 here/);
  t.regex(refused({tile: [64, 64, 64]}, {vector: {n: 2, m: 4}}), /dense weights or whole blocks/);
  t.regex(refused({}, {copies: 'registers'}), /loop of CUTLASS 1\.x only/);
  t.is(refuseKernel({...twoByTwo, loop: 'triton', stages: 1}, {...shape(32), index: {rows: 0, columns: false}}), undefined);
});

test('on an A100 the larger the blocks, the earlier they pay: of 64 between 50 and 70 %, of 32 between 60 and 90 %, of 16 not at 90 %', (t) => {
  const workload = '[{name: g, m: 2048, n: 1024, k: 1024}]';
  const timeOf = (pattern: string) =>
    simulate(read({'e.yaml': experiment({workload, fidelity: 'sampled', patterns: `[${pattern}]`})}).points[0]!).time_us;
  const dense = timeOf('{type: dense}');
  const speedup = (block: number, sparsity: number) => dense / timeOf(`{type: bw, block: ${block}, sparsity: ${sparsity}}`);
  t.true(speedup(64, 0.5) < 0.95);
  t.true(speedup(64, 0.7) > 1.05);
  t.true(speedup(32, 0.6) < 0.95);
  t.true(speedup(32, 0.9) > 1.05);
  t.true(speedup(16, 0.9) < 0.9);
});
