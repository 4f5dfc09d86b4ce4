import test from 'ava';
import {candidates} from './library.ts';

const given = {
  cores: 'tensor',
  m: 4096,
  k: 8192,
  elementBytes: 2,
  index: {rows: 0, columns: false},
  granularity: undefined,
  copies: 'async',
} as const;
const packed = {vector: {n: 2, m: 4}};
const tokens = (kernels: readonly {readonly tile: readonly number[]}[]) => Math.max(...kernels.map(({tile}) => tile[0]!));

test('a library multiplies packed weights by at most 128 tokens at a time, which kernels that gather need not', (t) => {
  t.is(tokens(candidates({...given, ...packed})), 128);
  t.is(tokens(candidates(given)), 256);
  t.is(tokens(candidates({...given, ...packed, index: {rows: 1, columns: true}, granularity: 128})), 256);
});

test('it walks 16-bit packed weights along, and those of bytes as dense ones', (t) => {
  const walks = (elementBytes: number) => new Set(candidates({...given, ...packed, elementBytes}).map(({raster, swizzle}) => `${raster} ${swizzle}`));
  t.deepEqual(walks(2), new Set(['weights 1']));
  t.deepEqual(walks(1), new Set(['tokens 4']));
});

test('dense bytes have one kernel, 16-bit elements many, and only sums of these are split', (t) => {
  t.is(candidates({...given, elementBytes: 1}).length, 1);
  t.true(candidates(given).length > 50);
});
