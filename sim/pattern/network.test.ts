import test from 'ava';
import fc from 'fast-check';
import {patterns} from './index.ts';
import {keptWeights, type Mask} from './mask.ts';
import {pruneNetwork} from './network.ts';
import type {Layer} from './pattern.ts';
import {pooled} from './rank.ts';
import {columnScores} from './scores.ts';
import {seededWeights} from './weights.ts';

const layer = (k: number, n: number, count = 1, scale = 1): Layer => {
  const weights = seededWeights({k, n}, 1, `${k}×${n}`);
  return {weights: {...weights, values: weights.values.map((value) => value * scale)}, count};
};
/** A quarter of BERT's extents: four projections, and the two halves of the feed-forward. */
const bert = [layer(192, 192, 4), layer(192, 768), layer(768, 192)];

const prune = (type: string, layers: readonly Layer[], values: Record<string, unknown>, stages: readonly number[] = []) =>
  pruneNetwork(patterns[type]!, layers, values, stages);
const weightsOf = (layers: readonly Layer[]) => layers.reduce((sum, {weights: {k, n}, count}) => sum + k * n * count, 0);
const keptOf = (layers: readonly Layer[], masks: readonly Mask[]) => masks.reduce((sum, mask, i) => sum + keptWeights(mask) * layers[i]!.count, 0);
const shares = (layers: readonly Layer[], masks: readonly Mask[]) =>
  masks.map((mask, i) => keptWeights(mask) / weightsOf([{...layers[i]!, count: 1}]));

test('the request is met over all layers together, each as often as it occurs, within a row of a tile or a block', (t) => {
  const kinds = fc.constantFrom(['tw', {granularity: 32}, 32], ['tvw', {granularity: 32}, 32], ['bw', {block: 16}, 256]) as fc.Arbitrary<
    [string, Record<string, unknown>, number]
  >;
  fc.assert(
    fc.property(kinds, fc.double({min: 0.5, max: 0.95, noNaN: true}), ([type, values, step], sparsity) => {
      const kept = keptOf(bert, prune(type, bert, {...values, sparsity}));
      t.true(Math.abs(kept - (1 - sparsity) * weightsOf(bert)) <= 4 * step);
    }),
    {numRuns: 30},
  );
});

test('a layer of small weights loses more than one of large weights', (t) => {
  const layers = [layer(256, 256, 1, 1), layer(256, 256, 1, 0.7)];
  for (const [type, values] of [
    ['tw', {granularity: 32}],
    ['bw', {block: 16}],
  ] as const) {
    const [large, small] = shares(layers, prune(type, layers, {...values, sparsity: 0.75})) as [number, number];
    t.true(large > 1.5 * small, `${type}: ${large} and ${small}`);
  }
});

test('by root mean squares no layer of BERT is pruned away at 75 %', (t) => {
  for (const share of shares(bert, prune('tw', bert, {sparsity: 0.75, granularity: 32}))) t.true(share > 0.15 && share < 0.4);
});

test('by norms divided by their length, as the SC’20 code has them, all columns of the long layer are pruned away', (t) => {
  // Of equal weights, long columns have the smaller L2 / K: it falls as 1/√K (paper notes 1.3, quirk 1).
  const even = (k: number, n: number) => ({k, n, values: Float32Array.from({length: k * n}, (_, i) => Math.sin(12.9898 * i * i))});
  const layers = [even(768, 192), ...Array.from({length: 4}, () => even(192, 192)), even(192, 768)];
  const half = (scores: readonly Float32Array[]) => {
    const pool = pooled(scores);
    return pool.order.subarray(0, pool.order.length / 2).filter((index) => pool.part[index] === 0).length;
  };
  const squares = layers.map(columnScores);
  const lengthNormalised = squares.map((scores, i) => scores.map((square) => Math.sqrt(square) / Math.sqrt(layers[i]!.k)));
  t.true(half(squares) > 192 / 4);
  t.is(half(lengthNormalised), 0);
});

test('what an early stage prunes a later one does not bring back', (t) => {
  const columnsOf = (masks: readonly Mask[]) => masks.map(({tiles}) => new Set(tiles.flatMap(({columns}) => [...columns])));
  const early = columnsOf(prune('tw', bert, {sparsity: 0.5, granularity: 32}));
  const masks = prune('tw', bert, {sparsity: 0.75, granularity: 32}, [0.25, 0.5]);
  columnsOf(masks).forEach((columns, i) => t.true([...columns].every((column) => early[i]!.has(column))));
  t.true(Math.abs(keptOf(bert, masks) - 0.25 * weightsOf(bert)) <= 4 * 32);
});

test('patterns that choose within a vector take the same share of every layer', (t) => {
  t.deepEqual(shares(bert, prune('vw', bert, {n: 2, m: 4})), [0.5, 0.5, 0.5]);
});
