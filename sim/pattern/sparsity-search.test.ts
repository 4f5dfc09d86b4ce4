import test from 'ava';
import fc from 'fast-check';
import {patterns} from './index.ts';
import type {Layer, Pattern} from './pattern.ts';
import {retainedBy, sparsityRetaining} from './sparsity-search.ts';
import {seededWeights} from './weights.ts';

const layer = (k: number, n: number, count: number): Layer => ({weights: seededWeights({k, n}, 1, `${k}×${n}`), count});
const one = [layer(128, 192, 1)];
/** An eighth of BERT's extents. */
const bert = [layer(96, 96, 4), layer(96, 384, 1), layer(384, 96, 1)];

const kinds: readonly (readonly [string, Record<string, unknown>])[] = [
  ['ew', {}],
  ['bw', {block: 8}],
  ['tw', {granularity: 32, columns: 'pruned'}],
  ['tew', {granularity: 32, delta: 0.05}],
  ['tvw', {granularity: 32}],
];

test('the sparsity found retains what is asked for, and a thousandth more of it does not', (t) => {
  const choice = fc.record({
    kind: fc.constantFrom(...kinds),
    share: fc.double({min: 0.15, max: 0.75, noNaN: true}),
    layers: fc.constantFrom(one, bert),
  });
  fc.assert(
    fc.property(choice, ({kind: [type, values], share, layers}) => {
      const pattern = patterns[type]!;
      const sparsity = sparsityRetaining(pattern, layers, values, [], share)!;
      const retained = (more: number) => retainedBy(pattern, layers, {...values, sparsity: sparsity + more}, []);
      t.true(retained(0) >= share - 1e-9, `${type} ${share}`);
      if (sparsity + 0.0015 < pattern.sparsities!(values).below) t.true(retained(0.001) < share, `${type} ${share}`);
    }),
    {numRuns: 25},
  );
});

test('EW, which sorts once, finds what trying finds', (t) => {
  const trying: Pattern = Object.fromEntries(Object.entries(patterns['ew']!).filter(([name]) => name !== 'sparsityRetaining')) as unknown as Pattern;
  for (const share of [0.05, 0.5, 0.95])
    t.is(sparsityRetaining(patterns['ew']!, bert, {}, [], share), sparsityRetaining(trying, bert, {}, [], share));
});

test('to retain as much, the coarser pattern must keep more weights: blocks before tiles, tiles before tiles with 2:4, these before single weights', (t) => {
  const found = ['bw', 'tw', 'tvw', 'ew'].map((type) => sparsityRetaining(patterns[type]!, bert, Object.fromEntries(kinds)[type]!, [], 0.6)!);
  t.deepEqual(
    found,
    [...found].sort((a, b) => a - b),
  );
  t.true(found.at(-1)! > found[0]! + 0.1);
});

test('2:4 alone loses more than a tenth of the importance: no TVW retains nine tenths', (t) => {
  t.is(sparsityRetaining(patterns['tvw']!, bert, {granularity: 32}, [], 0.9), undefined);
  t.is(sparsityRetaining(patterns['tw']!, bert, {granularity: 32, columns: 'pruned'}, [], 0.9) !== undefined, true);
});

test('what an early stage prunes is gone when a later sparsity is sought', (t) => {
  const sought = (stages: readonly number[]) => sparsityRetaining(patterns['bw']!, bert, {block: 8}, stages, 0.5)!;
  t.true(Math.abs(sought([0.3]) - sought([])) < 0.02);
});
