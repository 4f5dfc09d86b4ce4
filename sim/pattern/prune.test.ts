import test from 'ava';
import fc from 'fast-check';
import {keptWeights, type Mask} from './mask.ts';
import {pruneTiles, type Pruning} from './prune.ts';
import {rowScores} from './scores.ts';
import {seededWeights} from './weights.ts';

const twoOfFour = {n: 2, m: 4};
const dimension = fc.oneof(fc.integer({min: 1, max: 9}), fc.integer({min: 10, max: 150}));
const sparsity = fc.oneof(fc.constantFrom(0, 0.25, 0.5, 0.75, 0.875), fc.double({min: 0, max: 0.999, noNaN: true}));

/** Any layer, pruned any way; `vector` halves what tiles may keep, so its sparsity starts at 0.5. */
const anyPruning = fc
  .record({k: dimension, n: dimension, seed: fc.nat(), granularity: fc.integer({min: 1, max: 40}), sparsity, paired: fc.boolean()})
  .map(({k, n, seed, granularity, sparsity: share, paired}) => ({
    weights: seededWeights({k, n}, seed, 'any'),
    pruning: (paired ? {granularity, sparsity: (1 + share) / 2, vector: twoOfFour} : {granularity, sparsity: share}) satisfies Pruning,
  }));

const ascending = (numbers: Uint32Array) => numbers.every((number, i) => i === 0 || number > numbers[i - 1]!);
const sharesOf = (mask: Mask) => mask.tiles.map(({rows}) => rows.length / mask.k);

test('whatever the shape, what is kept is within one row of a tile of the request', (t) => {
  fc.assert(
    fc.property(anyPruning, ({weights, pruning}) => {
      const {k, n} = weights;
      const mask = pruneTiles(weights, pruning);
      const widest = Math.max(...mask.tiles.map(({columns}) => columns.length));
      t.true(Math.abs(keptWeights(mask) - (1 - pruning.sparsity) * k * n) <= widest);
    }),
    {numRuns: 500},
  );
});

test('tiles have exactly G columns but the last, ascending and disjoint, and at least one ascending row', (t) => {
  fc.assert(
    fc.property(anyPruning, ({weights: {k, n, values}, pruning}) => {
      const {tiles} = pruneTiles({k, n, values}, pruning);
      const columns = Uint32Array.from(tiles.flatMap((tile) => [...tile.columns]));
      t.true(columns.length >= 1 && columns.at(-1)! < n && ascending(columns));
      t.true(tiles.slice(0, -1).every((tile) => tile.columns.length === pruning.granularity));
      t.true(tiles.at(-1)!.columns.length <= pruning.granularity);
      t.true(tiles.every(({rows}) => rows.length >= 1 && rows.at(-1)! < k && ascending(rows)));
    }),
  );
});

test('one threshold over all tiles parts kept rows from pruned ones', (t) => {
  const weights = seededWeights({k: 300, n: 500}, 3, 'layer');
  const mask = pruneTiles(weights, {sparsity: 0.8, granularity: 64});
  const scores = rowScores(
    weights,
    mask.tiles.map(({columns}) => columns),
  );
  const kept = new Set(mask.tiles.flatMap(({rows}, tile) => [...rows].map((row) => tile * 300 + row)));
  const [lowestKept, highestPruned] = [true, false].map((side) => scores.filter((_, i) => kept.has(i) === side).sort());
  t.true(lowestKept![0]! >= highestPruned!.at(-1)!);
});

test('nothing is pruned where nothing is asked for', (t) => {
  const everything = pruneTiles(seededWeights({k: 33, n: 70}, 1, 'layer'), {sparsity: 0, granularity: 32});
  t.is(keptWeights(everything), 33 * 70);
  const paired = pruneTiles(seededWeights({k: 36, n: 70}, 1, 'layer'), {sparsity: 0.5, granularity: 32, vector: twoOfFour});
  t.true(paired.tiles.every(({rows}) => rows.length === 36));
});

test('columns and rows share the work: at 75 % half of the columns stay, and half of the rows', (t) => {
  const {tiles} = pruneTiles(seededWeights({k: 768, n: 768}, 1, 'query'), {sparsity: 0.75, granularity: 128});
  t.deepEqual(
    tiles.map(({columns}) => columns.length),
    [128, 128, 128],
  );
  t.is(
    tiles.reduce((sum, {rows}) => sum + rows.length, 0),
    3 * 384,
  );
});

test('2:4 takes its half first: TVW at 75 % keeps the tiles of TW at 50 %', (t) => {
  const weights = seededWeights({k: 768, n: 768}, 1, 'query');
  const columnsOf = (mask: Mask) => mask.tiles.map(({columns}) => columns);
  const paired = pruneTiles(weights, {sparsity: 0.75, granularity: 128, vector: twoOfFour});
  t.deepEqual(columnsOf(paired), columnsOf(pruneTiles(weights, {sparsity: 0.5, granularity: 128})));
});

test('the dozen tiles of a layer keep uneven numbers of rows: K_t differs by a tenth of K and more', (t) => {
  for (const seed of [1, 2, 3]) {
    const shares = sharesOf(pruneTiles(seededWeights({k: 768, n: 3072}, seed, 'ffn1'), {sparsity: 0.75, granularity: 128}));
    t.is(shares.length, 12);
    t.true(Math.max(...shares) - Math.min(...shares) > 0.1);
  }
});

test('tiles keep different rows: together they need more of K than any one of them', (t) => {
  const {tiles} = pruneTiles(seededWeights({k: 768, n: 3072}, 1, 'ffn1'), {sparsity: 0.75, granularity: 128});
  const together = new Set(tiles.flatMap(({rows}) => [...rows])).size;
  t.true(together > 1.1 * Math.max(...tiles.map(({rows}) => rows.length)));
});

test('the same seed gives the same mask, another seed another', (t) => {
  const pruned = (seed: number) => pruneTiles(seededWeights({k: 200, n: 300}, seed, 'layer'), {sparsity: 0.75, granularity: 64});
  t.deepEqual(pruned(1), pruned(1));
  t.notDeepEqual(pruned(1), pruned(2));
});

test('equal scores keep the lowest rows and columns', (t) => {
  const uniform = {k: 4, n: 4, values: new Float32Array(16).fill(1)};
  const {tiles} = pruneTiles(uniform, {sparsity: 0.75, granularity: 2});
  t.deepEqual(tiles, [{columns: Uint32Array.of(0, 1), rows: Uint32Array.of(0, 1)}]);
});

test('fixed tiles keep every column and lose rows only', (t) => {
  const mask = pruneTiles(seededWeights({k: 200, n: 300}, 1, 'layer'), {sparsity: 0.75, granularity: 64, columns: 'kept'});
  t.deepEqual(
    mask.tiles.flatMap(({columns}) => [...columns]),
    Array.from({length: 300}, (_, i) => i),
  );
  t.true(Math.abs(keptWeights(mask) - 0.25 * 200 * 300) <= 64);
});

test('with equal rows every tile keeps as many, its best, and together they keep what was asked for', (t) => {
  const weights = seededWeights({k: 256, n: 512}, 7, 'equal');
  const pruning: Pruning = {sparsity: 0.75, granularity: 64};
  const equal = pruneTiles(weights, {...pruning, rows: 'equal'});
  t.deepEqual([...new Set(equal.tiles.map(({rows}) => rows.length))], [128]);
  t.true(new Set(sharesOf(pruneTiles(weights, pruning))).size > 1);
  const scores = rowScores(weights, [equal.tiles[0]!.columns]);
  const least = Math.min(...[...equal.tiles[0]!.rows].map((row) => scores[row]!));
  t.is(scores.filter((score) => score > least).length, 127);
  t.true(Math.abs(keptWeights(equal) - 256 * 512 * 0.25) <= 64);
});
