import test from 'ava';
import fc from 'fast-check';
import {elementWise} from './element-wise.ts';
import {keptWeights} from './mask.ts';
import {retainedImportance} from './retained.ts';
import {tileElementWise} from './tile-element-wise.ts';
import {tileWise} from './tile-wise.ts';
import {vectorWise} from './vector-wise.ts';
import {seededWeights} from './weights.ts';

const layer = seededWeights({k: 128, n: 256}, 1, 'layer');
const all = 128 * 256;

test('EW keeps exactly what is asked for, the largest magnitudes', (t) => {
  fc.assert(
    fc.property(fc.double({min: 0, max: 0.99, noNaN: true}), (sparsity) => {
      const mask = elementWise.prune(layer, () => layer, {sparsity});
      t.is(keptWeights(mask), Math.round((1 - sparsity) * all));
    }),
    {numRuns: 20},
  );
  const four = {k: 2, n: 2, values: Float32Array.of(1, -4, 3, 2)};
  t.deepEqual(elementWise.prune(four, () => four, {sparsity: 0.5}).elements, {start: Uint32Array.of(0, 1, 2), rows: Uint32Array.of(1, 0)});
});

test('n:m other than 2:4 keeps n of every m of each column, and as many as it can of a shorter last group', (t) => {
  const {elements} = vectorWise.prune({k: 7, n: 2}, () => seededWeights({k: 7, n: 2}, 1, 'short'), {n: 2, m: 5});
  t.deepEqual(elements!.start, Uint32Array.of(0, 4, 8));
  t.deepEqual([...elements!.rows.subarray(2, 4)], [5, 6]);
  t.is(keptWeights(vectorWise.prune(layer, () => layer, {n: 4, m: 16})), all / 4);
});

test('TEW keeps as much as TW at the same sparsity, δ of it weight by weight, and retains more', (t) => {
  const values = {sparsity: 0.75, delta: 0.05, granularity: 64};
  const mask = tileElementWise.prune(layer, () => layer, values);
  t.is(mask.elements!.rows.length, Math.round(0.05 * all));
  t.true(Math.abs(keptWeights(mask) - 0.25 * all) <= 64);
  const tiles = tileWise.prune(layer, () => layer, {sparsity: 0.75, granularity: 64, columns: 'pruned', rows: undefined});
  const [with5, without] = [mask, tiles].map((of) => retainedImportance(of, () => layer));
  t.true(with5! > without! + 0.02);
});

test('what TEW brings back is in no tile', (t) => {
  const {tiles, elements, k} = tileElementWise.prune(layer, () => layer, {sparsity: 0.5, delta: 0.2, granularity: 32});
  const inTiles = new Set(tiles.flatMap(({columns, rows}) => [...columns].flatMap((column) => [...rows].map((row) => column * k + row))));
  for (let column = 0; column < 256; column++)
    for (const row of elements!.rows.subarray(elements!.start[column], elements!.start[column + 1])) t.false(inTiles.has(column * k + row));
});

test('TEW refuses a δ that leaves its tiles nothing', (t) => {
  t.is(tileElementWise.refuse?.({sparsity: 0.9, delta: 0.05, granularity: 64}), undefined);
  t.regex(tileElementWise.refuse?.({sparsity: 0.97, delta: 0.05, granularity: 64})?.message ?? '', /expected a delta below 0\.03/);
});
