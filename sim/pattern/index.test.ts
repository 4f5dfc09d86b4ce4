import test from 'ava';
import {objectOf} from '../config/parameter.ts';
import {blockWise} from './block-wise.ts';
import {dense} from './dense.ts';
import {patterns} from './index.ts';
import {keptWeights} from './mask.ts';
import {tileVectorWise} from './tile-vector-wise.ts';
import {tileWise} from './tile-wise.ts';
import {vectorNM} from './vector-n-m.ts';
import {vectorWise} from './vector-wise.ts';
import {seededWeights} from './weights.ts';

const shape = {k: 256, n: 384};
const weights = () => seededWeights(shape, 1, 'layer');
const unasked = () => {
  throw new Error('drew weights');
};

test('every pattern is found by its type', (t) => {
  t.deepEqual(Object.keys(patterns), ['dense', 'ew', 'vw', 'bw', 'tw', 'tew', 'tvw', 'vnm']);
  for (const [type, pattern] of Object.entries(patterns)) t.is(pattern.type, type);
});

test('labels read as tables want them', (t) => {
  t.is(dense.label({}), 'dense');
  t.is(vectorWise.label({n: 2, m: 4}), '2:4');
  t.is(tileWise.label({sparsity: 0.75, granularity: 128, columns: 'pruned', rows: undefined}), 'TW 75 %');
  t.is(tileWise.label({sparsity: 0.75, granularity: 128, columns: 'kept', rows: undefined}), 'TW rows 75 %');
  t.is(tileVectorWise.label({sparsity: 0.875, granularity: 128}), 'TVW 87.5 %');
  t.is(blockWise.label({sparsity: 0.75, block: 32}), 'BW-32 75 %');
  t.is(vectorNM.label({v: 64, n: 2, m: 8}), '64:2:8');
});

test('dense and 2:4 keep every row and column, without looking at a weight', (t) => {
  t.is(keptWeights(dense.prune(shape, unasked, {})), 256 * 384);
  t.is(keptWeights(vectorWise.prune(shape, unasked, {n: 2, m: 4})), (256 * 384) / 2);
});

test('a sparsity is that of the whole layer, 2:4 included', (t) => {
  const values = {sparsity: 0.75, granularity: 64, columns: 'pruned'} as const;
  for (const pattern of [tileWise, tileVectorWise]) {
    const mask = pattern.prune(shape, weights, values);
    t.true(Math.abs(keptWeights(mask) - 0.25 * 256 * 384) <= 64);
    t.deepEqual(mask.vector, pattern.vector(values));
  }
});

test('what a pattern cannot do is refused with what it can', (t) => {
  t.deepEqual(tileVectorWise.refuse?.({sparsity: 0.3, granularity: 128}), {
    key: 'sparsity',
    message: '0.3 is below what TVW can do: 2:4 alone removes 0.5. Use 0.5…1, or type: tw.',
  });
  t.is(tileVectorWise.refuse?.({sparsity: 0.5, granularity: 128}), undefined);
  t.is(vectorWise.refuse?.({n: 4, m: 4})?.key, 'n');
  t.is(vectorWise.refuse?.({n: 2, m: 8}), undefined);
  t.is(vectorWise.refuse?.({n: 2, m: 4}), undefined);
});

test('parameters have the defaults of the hardware and of the paper', (t) => {
  t.deepEqual(objectOf(vectorWise.parameters)().parse({}), {n: 2, m: 4});
  t.deepEqual(objectOf(tileWise.parameters)().parse({sparsity: 0.75}), {sparsity: 0.75, granularity: 128, columns: 'pruned'});
  t.throws(() => objectOf(tileWise.parameters)().parse({sparsity: 0.75, granularity: 101}), {message: /a multiple of 2/});
  t.throws(() => objectOf(tileWise.parameters)().parse({sparsity: 1}), {message: /a share from 0 to below 1/});
});
