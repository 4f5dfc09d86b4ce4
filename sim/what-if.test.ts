import test from 'ava';
import {experiment, read} from './config/given.ts';
import {simulate} from './simulate.ts';
import type {Result} from './stats/result.ts';

/** Results of a small GEMM, in the order of its points. */
function results(lines: Partial<Parameters<typeof experiment>[0]>): readonly Result[] {
  const workload = '[{name: g, m: 128, n: 128, k: 512}]';
  return read({'e.yaml': experiment({workload, ...lines})}).points.map((point) => simulate(point));
}
const metric = (result: Result, name: string): number => result.metrics[name]!;

const square = '[{name: g, m: 1024, n: 1024, k: 1024}]';

test('1:4 on tensor cores that know it keeps the weights that CUDA cores keep on silicon, and is faster', (t) => {
  const patterns = '[{type: vw, n: 1, m: 4}]';
  const [cuda, tensor] = ['a100-pcie-80gb', 'a100-nm'].map(
    (gpu) => results({gpu, patterns, fidelity: 'bound', workload: '[{name: g, m: 8192, n: 128, k: 512}]'})[0]!,
  );
  t.is(metric(cuda!, 'tvw.sparsity'), metric(tensor!, 'tvw.sparsity'));
  t.is(metric(tensor!, 'tvw.sparsity'), 0.75);
  t.is(metric(cuda!, 'tvw.mma_issued'), 0);
  t.is(metric(tensor!, 'tvw.mma_issued'), metric(tensor!, 'tvw.mma_dense_equivalent') / 4);
  t.true(tensor!.time_us < cuda!.time_us);
});

test('registers hold n/m of the weights and ⌈log₂ m⌉ bits a value', (t) => {
  const patterns = '[{type: vw}, {type: vw, n: 4, m: 8}, {type: vw, n: 1, m: 4}, {type: vw, n: 2, m: 8}]';
  const ratios = results({gpu: 'a100-nm', patterns}).map((result) => metric(result, 'tvw.register_compression_ratio'));
  // 16 values of 16 bits, and a register of 32 bits of metadata, or two of which neighbours share one.
  t.deepEqual(ratios, [2 / (1 + 32 / 256), 2 / (1 + 64 / 256), 4 / (1 + 32 / 256), 4 / (1 + 64 / 256)]);
});

test('metadata of 2:8 is loaded in three bits a value, once a CTA', (t) => {
  const [half, eighth] = results({gpu: 'a100-nm', patterns: '[{type: vw, n: 1, m: 4}, {type: vw, n: 2, m: 8}]', fidelity: 'bound'});
  t.is(metric(eighth!, 'tvw.metadata_bytes') / metric(half!, 'tvw.metadata_bytes'), 3 / 2);
  t.is(metric(eighth!, 'tvw.weight_bytes'), metric(half!, 'tvw.weight_bytes'));
});

test('hypothetical hardware is not faster than its bound either', (t) => {
  const patterns = '[{type: vw, n: 1, m: 4}, {type: vw, n: 4, m: 8}, {type: tvw, sparsity: 0.9, n: 2, m: 8}]';
  const sweep = '{fidelity: [bound, sampled, detailed, reference]}';
  for (const pattern of ['1:4', '4:8', 'TVW 2:8 90 %']) {
    const [bound, ...played] = results({gpu: 'a100-nm', patterns, sweep})
      .filter((result) => result.pattern.label === pattern)
      .map(({cycles}) => cycles);
    t.is(played.length, 3);
    for (const cycles of played) t.true(cycles >= bound!, pattern);
  }
});

test('a gather by the copy engine loads no index, the same of everything else, and takes no longer', (t) => {
  const patterns = '[{type: tw, sparsity: 0.5}, {type: tvw, sparsity: 0.75}, {type: vnm}, {type: bw, sparsity: 0.5}]';
  const kernel = '{tile: [128, 32, 64], warps: [4, 1], stages: 3}';
  const [before, after] = ['none', 'index-free'].map((gather) =>
    results({gpu: `{extends: a100-pcie-80gb, sm: {hardwareGather: ${gather}}}`, patterns, kernel}),
  );
  before!.forEach((indexed, i) => {
    const free = after![i]!;
    t.true(metric(indexed, 'tvw.index_bytes') > 0);
    t.is(metric(free, 'tvw.index_bytes'), 0);
    for (const same of ['tvw.activation_bytes', 'tvw.weight_bytes', 'tvw.metadata_bytes', 'tvw.scatter_index_bytes', 'tvw.mma_issued'])
      t.is(metric(free, same), metric(indexed, same), same);
    // What is left of it is the columns' numbers, which steer stores.
    const waits = ({ledger}: Result) => ledger['long_scoreboard_index'] ?? 0;
    t.true(waits(free) <= waits(indexed), `${free.pattern.label}: ${waits(free)} of ${waits(indexed)}`);
    t.true(free.cycles <= indexed.cycles * 1.01, `${free.pattern.label}: ${free.cycles} of ${indexed.cycles}`);
  });
});

test('a GPU whose registers feed its tensor cores at a quarter of the pace takes longer where they limit', (t) => {
  const kernel = '{tile: [128, 128, 64], warps: [2, 2], stages: 3}';
  const at = (bandwidth: string) =>
    results({gpu: `{extends: a100-pcie-80gb, tensorCore: {operandBandwidth: ${bandwidth}}}`, workload: square, kernel, fidelity: 'bound'})[0]!;
  const [silicon, plenty, poor] = ['256 B/clk', '1024 B/clk', '64 B/clk'].map(at);
  t.is(silicon!.cycles, plenty!.cycles);
  // 1280 B an instruction at 64 B a cycle: 20 cycles, and not the 9.13 of a warp that has its sub-core for itself.
  t.true(Math.abs((poor!.cycles - 200) / (silicon!.cycles - 200) / (20 / 9.13) - 1) < 0.01, `${poor!.cycles} of ${silicon!.cycles}`);
});

test('one kernel is traced anew for a GPU that copies K tiles in another way', (t) => {
  const kernel = '{tile: [64, 64, 32], warps: [2, 2], stages: 2}';
  const [async, registers] = ['a100-pcie-80gb', 'v100-pcie-32gb'].map((gpu) => results({gpu, kernel, fidelity: 'bound'})[0]!);
  t.is(metric(async!, 'tvw.mma_issued'), (128 * 128 * 512) / (16 * 8 * 16));
  t.is(metric(registers!, 'tvw.mma_issued'), (128 * 128 * 512) / (16 * 16 * 4));
});
