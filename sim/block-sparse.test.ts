import test from 'ava';
import {experiment, read} from './config/given.ts';
import {execute} from './oracle/execute.ts';
import {referenceGemm} from './oracle/reference-gemm.ts';
import {unpack} from './packing/unpack.ts';
import {simulate} from './simulate.ts';
import {made} from './trace/given.ts';
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

test('a library’s block-sparse kernel takes a block of weights by as many tokens, and names a block a K tile ahead', (t) => {
  for (const block of [16, 32, 64]) for (const {tile, indexAhead} of shipped(block)) t.deepEqual([tile[0], tile[1], indexAhead], [block, block, 1]);
  t.deepEqual(
    shipped(8).map(({tile}) => tile[1]),
    [16], // no instruction is narrower
  );
});

test('each of them gives the product of the unpacked matrices', (t) => {
  for (const block of [8, 16, 32, 64]) {
    for (const kernel of shipped(block)) {
      const given = made({m: 150, n: 200, k: 170, pattern: {type: 'bw', values: {sparsity: 0.6, block}}, kernel});
      const expected = referenceGemm(given.gemm, given.a, unpack(given.packed, given.contents));
      t.true(
        execute(given, given.trace).every((value, i) => value === expected[i]),
        `${block}`,
      );
    }
  }
});

test('on an A100 blocks of 64 pay from half the weights on, blocks of 32 between 40 and 65 %, blocks of 16 between 65 and 85 %', (t) => {
  const workload = '[{name: g, m: 2048, n: 1024, k: 1024}]';
  const timeOf = (pattern: string) =>
    simulate(read({'e.yaml': experiment({workload, fidelity: 'sampled', patterns: `[${pattern}]`})}).points[0]!).time_us;
  const dense = timeOf('{type: dense}');
  const speedup = (block: number, sparsity: number) => dense / timeOf(`{type: bw, block: ${block}, sparsity: ${sparsity}}`);
  t.true(speedup(64, 0.5) > 1.2);
  t.true(speedup(32, 0.4) < 1);
  t.true(speedup(32, 0.65) > 1);
  t.true(speedup(16, 0.65) < 1);
  t.true(speedup(16, 0.85) > 1);
});
