import test from 'ava';
import fc from 'fast-check';
import {blockWise} from './block-wise.ts';
import {keptWeights} from './mask.ts';
import {seededWeights} from './weights.ts';

const pruned = (k: number, n: number, values: {sparsity: number; block: number}, seed = 1) =>
  blockWise.prune({k, n}, () => seededWeights({k, n}, seed, 'layer'), values);

test('whole blocks survive, and what is kept is within one block of the request', (t) => {
  const extent = fc.integer({min: 1, max: 200});
  const values = fc.record({sparsity: fc.double({min: 0, max: 0.99, noNaN: true}), block: fc.constantFrom(8, 16, 32, 64)});
  fc.assert(
    fc.property(extent, extent, values, fc.nat(100), (k, n, choice, seed) => {
      const {block, sparsity} = choice;
      const mask = pruned(k, n, choice, seed);
      for (const {rows, columns} of mask.tiles) {
        t.true(columns.length <= block && columns[0]! % block === 0);
        const kept = new Set([...rows].map((row) => Math.floor(row / block)));
        t.is(
          rows.length,
          [...kept].reduce((sum, number) => sum + Math.min(block, k - number * block), 0),
        );
      }
      t.true(Math.abs(keptWeights(mask) - (1 - sparsity) * k * n) <= block * block);
      t.true(keptWeights(mask) > 0);
    }),
  );
});

test('the block with the largest weights survives, one of many small ones does not', (t) => {
  const values = new Float32Array(16 * 16).fill(0.1);
  values[3 * 16 + 9] = 5; // row 9 of column 3
  const mask = blockWise.prune({k: 16, n: 16}, () => ({k: 16, n: 16, values}), {sparsity: 0.75, block: 8});
  t.deepEqual(
    mask.tiles.map(({rows}) => [...rows]),
    [[8, 9, 10, 11, 12, 13, 14, 15], []],
  );
});

test('at 0 nothing is pruned', (t) => {
  t.is(keptWeights(pruned(100, 70, {sparsity: 0, block: 32})), 100 * 70);
});

test('blocks that do not divide a K tile are refused', (t) => {
  t.is(blockWise.refuse?.({sparsity: 0.5, block: 32}), undefined);
  t.regex(blockWise.refuse?.({sparsity: 0.5, block: 24})?.message ?? '', /blocks of 24 do not divide/);
});
