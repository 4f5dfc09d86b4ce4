import test from 'ava';
import {columnScores, rowScores} from './scores.ts';
import {seededWeights} from './weights.ts';

const mean = (scores: Float32Array) => scores.reduce((sum, score) => sum + score, 0) / scores.length;

test('a score is a mean square', (t) => {
  const weights = {k: 2, n: 3, values: Float32Array.of(1, 2, 3, 4, 5, 6)};
  t.deepEqual(columnScores(weights), Float32Array.of(2.5, 12.5, 30.5));
  t.deepEqual(rowScores(weights, [Uint32Array.of(0, 2), Uint32Array.of(1)]), Float32Array.of(13, 20, 9, 16));
});

test('columns of K = 3072 score as those of K = 768 do: a long layer is not pruned away', (t) => {
  const [long, short] = [3072, 768].map((k) => mean(columnScores(seededWeights({k, n: 768}, 1, 'ffn'))));
  t.true(long! > 0.7 * short! && long! < 1.4 * short!);
});

test('rows of a narrow tile score as those of a wide one do', (t) => {
  const weights = {k: 512, n: 9, values: Float32Array.from({length: 512 * 9}, (_, i) => 1 + (i % 7))};
  const scores = rowScores(weights, [Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7), Uint32Array.of(8)]);
  const [wide, narrow] = [mean(scores.subarray(0, 512)), mean(scores.subarray(512))];
  t.true(Math.abs(wide - narrow) < 0.05 * wide);
});
