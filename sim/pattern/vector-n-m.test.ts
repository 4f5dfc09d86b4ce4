import test from 'ava';
import fc from 'fast-check';
import {keptWeights} from './mask.ts';
import {vectorNM} from './vector-n-m.ts';
import {vectorWise} from './vector-wise.ts';
import {seededWeights} from './weights.ts';

const pruned = (k: number, n: number, v: number, m: number, seed = 1) =>
  vectorNM.prune({k, n}, () => seededWeights({k, n}, seed, 'layer'), {v, n: 2, m});

test('V columns keep the same four of every M rows: 1 − 2/M of the weights are gone', (t) => {
  fc.assert(
    fc.property(fc.integer({min: 4, max: 40}), fc.integer({min: 1, max: 8}), fc.integer({min: 1, max: 90}), (m, windows, n) => {
      const mask = pruned(m * windows, n, 16, m);
      for (const {rows} of mask.tiles) {
        const inWindow = Array.from({length: windows}, (_, w) => rows.filter((row) => Math.floor(row / m) === w).length);
        t.true(inWindow.every((count) => count === 4));
      }
      t.is(keptWeights(mask), n * windows * 2);
    }),
  );
});

test('a last window of fewer than four rows keeps them all', (t) => {
  t.deepEqual(pruned(19, 8, 8, 8).tiles[0]!.rows.slice(-3), Uint32Array.of(16, 17, 18));
});

test('the four rows are those with the highest mean square over the V columns', (t) => {
  const values = new Float32Array(2 * 8).fill(0.1);
  for (const row of [1, 3, 4, 6]) values[row] = 1;
  for (const row of [0, 2, 5, 7]) values[8 + row] = 0.5;
  const mask = vectorNM.prune({k: 8, n: 2}, () => ({k: 8, n: 2, values}), {v: 8, n: 2, m: 8});
  t.deepEqual(mask.tiles[0]!.rows, Uint32Array.of(1, 3, 4, 6));
});

test('any four rows of a window: drawn without a look at the weights, alike for the same shape, and other ones for every tile', (t) => {
  const drawn = (k: number, n: number, m: number) =>
    vectorNM.prune(
      {k, n},
      () => {
        throw new Error('looks at no weight');
      },
      {v: 16, n: 2, m, rows: 'any'},
    );
  fc.assert(
    fc.property(fc.integer({min: 4, max: 40}), fc.integer({min: 1, max: 300}), (m, k) => {
      const {tiles} = drawn(k, 40, m);
      for (const {rows} of tiles) {
        t.deepEqual(
          [...rows],
          [...new Set(rows)].sort((a, b) => a - b),
        );
        for (let start = 0; start < k; start += m) {
          const kept = rows.filter((row) => row >= start && row < Math.min(k, start + m)).length;
          t.is(kept, Math.min(4, k - start));
        }
      }
      t.deepEqual(drawn(k, 40, m).tiles, tiles);
    }),
  );
  // Of four rows in twenty, drawn by each of eight tiles, 1 − (4/5)⁸ = 83 % are somebody's.
  const everybodys = new Set(drawn(2000, 128, 20).tiles.flatMap(({rows}) => [...rows]));
  t.true(everybodys.size > 1600 && everybodys.size < 1730, `${everybodys.size}`);
});

test('V:2:4 keeps every row: it is the hardware’s 2:4', (t) => {
  const mask = pruned(64, 48, 16, 4);
  t.true(mask.tiles.every(({rows}) => rows.length === 64));
  t.is(
    keptWeights(mask),
    keptWeights(
      vectorWise.prune(
        {k: 64, n: 48},
        () => {
          throw new Error('looks at no weight');
        },
        {n: 2, m: 4},
      ),
    ),
  );
});
