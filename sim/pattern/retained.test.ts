import test from 'ava';
import {fullMask} from './mask.ts';
import {patterns} from './index.ts';
import {retainedImportance} from './retained.ts';
import {seededWeights} from './weights.ts';

const weights = seededWeights({k: 256, n: 256}, 1, 'layer');
const retained = (type: string, values: Record<string, unknown>) =>
  retainedImportance(
    patterns[type]!.prune(weights, () => weights, values),
    () => weights,
  );

test('what is dense retains everything, and looks at no weight', (t) => {
  t.is(
    retainedImportance(fullMask({k: 8, n: 8}), () => {
      throw new Error('looked');
    }),
    1,
  );
});

test('of 1, −3, 2, 4 the two largest are seven tenths', (t) => {
  const four = {k: 4, n: 1, values: Float32Array.of(1, -3, 2, 4)};
  t.is(
    retainedImportance(fullMask(four, {n: 2, m: 4}), () => four),
    0.7,
  );
});

test('the freer the choice, the more of the importance survives: at 75 % narrow tiles beat wide ones, small blocks large ones', (t) => {
  const blocks = [8, 16, 32, 64].map((block) => retained('bw', {sparsity: 0.75, block}));
  const tiles = [16, 64, 256].map((granularity) => retained('tw', {sparsity: 0.75, granularity}));
  const vectors = [8, 32, 128].map((v) => retained('vnm', {v, n: 2, m: 8}));
  for (const series of [blocks, tiles, vectors])
    t.deepEqual(
      series,
      [...series].sort((a, b) => b - a),
    );
});

test('TVW retains more than TW at the same sparsity, as 2:4 chooses weight by weight', (t) => {
  t.true(retained('tvw', {sparsity: 0.75, granularity: 128}) > retained('tw', {sparsity: 0.75, granularity: 128}) + 0.02);
});
