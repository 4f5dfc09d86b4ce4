import test from 'ava';
import fc from 'fast-check';
import {fullMask, type Mask, type Vector} from '../pattern/mask.ts';
import type {Weights} from '../pattern/pattern.ts';
import {pruneTiles} from '../pattern/prune.ts';
import {seededWeights} from '../pattern/weights.ts';
import {fill} from './fill.ts';
import {pack} from './pack.ts';
import {unpack} from './unpack.ts';

const twoOfFour: Vector = {n: 2, m: 4};
const both = {rows: 1, columns: true};
const none = {rows: 0, columns: false};
const dimension = fc.oneof(fc.integer({min: 1, max: 9}), fc.integer({min: 10, max: 150}));
const anyVector = fc.oneof(
  fc.constantFrom(undefined, twoOfFour),
  fc.integer({min: 1, max: 32}).chain((m) => fc.integer({min: 1, max: m}).map((n) => ({n, m}))),
);

/** Any layer with any mask of tiles, the vectors in it included. */
const anyPruned = (vectors: fc.Arbitrary<Vector | undefined>) =>
  fc
    .record({
      k: dimension,
      n: dimension,
      seed: fc.nat(),
      granularity: fc.integer({min: 1, max: 40}),
      sparsity: fc.double({min: 0, max: 0.999, noNaN: true}),
      vector: vectors,
    })
    .map(({k, n, seed, granularity, sparsity, vector}) => {
      const weights = seededWeights({k, n}, seed, 'any');
      const total = vector ? 1 - ((1 - sparsity) * vector.n) / vector.m : sparsity;
      return {weights, mask: pruneTiles(weights, {sparsity: total, granularity, ...(vector && {vector})})};
    });

/** What survives, straight from the definition: of every m kept rows of a column the n largest, the lower row where equal. */
function survivors({values}: Weights, {k, n, tiles, vector}: Mask): Float32Array {
  const out = new Float32Array(k * n);
  for (const {columns, rows} of tiles)
    for (const column of columns)
      for (let start = 0; start < rows.length; start += vector?.m ?? 1)
        [...rows.subarray(start, start + (vector?.m ?? 1))]
          .map((row) => column * k + row)
          .sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b)
          .slice(0, vector?.n ?? 1)
          .forEach((i) => (out[i] = values[i]!));
  return out;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const roundUp = (value: number, step: number) => value + ((step - (value % step)) % step);

test('whatever the shape, what is packed unpacks to exactly what was kept', (t) => {
  fc.assert(
    fc.property(anyPruned(anyVector), fc.constantFrom(1, 2, 4), ({weights, mask}, elementBytes) => {
      const packed = pack(mask, {elementBytes, index: both});
      t.deepEqual(unpack(packed, fill(packed, weights)), survivors(weights, mask));
    }),
    {numRuns: 300},
  );
});

test('without pruned rows or columns no index is needed to unpack', (t) => {
  fc.assert(
    fc.property(dimension, dimension, anyVector, (k, n, vector) => {
      const weights = seededWeights({k, n}, 1, 'any');
      const mask = fullMask({k, n}, vector);
      const packed = pack(mask, {elementBytes: 2, index: none});
      t.is(packed.bytes.rowIndex + packed.bytes.columnIndex, 0);
      t.deepEqual(unpack(packed, fill(packed, weights)), survivors(weights, mask));
    }),
  );
});

test('2:4 keeps exactly two weights of every full group of four kept rows', (t) => {
  fc.assert(
    fc.property(anyPruned(fc.constant(twoOfFour)), ({weights, mask}) => {
      const packed = pack(mask, {elementBytes: 2, index: both});
      const values = unpack(packed, fill(packed, weights));
      for (const {columns, rows} of mask.tiles)
        for (const column of columns)
          for (let start = 0; start + 4 <= rows.length; start += 4) {
            const group = [...rows.subarray(start, start + 4)].map((row) => values[column * mask.k + row]);
            t.is(group.filter((value) => value !== 0).length, 2);
          }
    }),
  );
});

test('fp16 values take 2 B each, a column of them whole sectors, a tile whole lines', (t) => {
  fc.assert(
    fc.property(anyPruned(fc.constantFrom(undefined, twoOfFour)), ({mask}) => {
      const kept = (rows: number) => (mask.vector ? 2 * Math.floor(rows / 4) + Math.min(2, rows % 4) : rows);
      const packed = pack(mask, {elementBytes: 2, index: both});
      t.is(
        sum(packed.tiles.map((tile) => tile.stored * tile.columns.length)),
        sum(mask.tiles.map((tile) => kept(tile.rows.length) * tile.columns.length)),
      );
      t.is(packed.bytes.values, sum(mask.tiles.map(({rows, columns}) => roundUp(roundUp(2 * kept(rows.length), 32) * columns.length, 128))));
      t.true(packed.tiles.every(({valueOffset, valuePitch}) => valueOffset % 128 === 0 && valuePitch % 32 === 0));
    }),
  );
});

test('2:4 metadata takes one 32-bit word a column for every 32 kept rows, each 32 rows whole copies of 16 B; TW takes none', (t) => {
  fc.assert(
    fc.property(anyPruned(fc.constantFrom(undefined, twoOfFour)), ({mask}) => {
      const {bytes, tiles} = pack(mask, {elementBytes: 2, index: both});
      const expected = sum(mask.tiles.map(({rows, columns}) => roundUp(Math.ceil(rows.length / 32) * roundUp(4 * columns.length, 16), 128)));
      t.is(bytes.metadata, mask.vector ? expected : 0);
      t.true(tiles.every(({metadataOffset, metadataPitch}) => metadataOffset % 128 === 0 && metadataPitch % 16 === 0));
    }),
  );
});

test('metadata of any n:m takes ⌈log₂ m⌉ bits a stored value, in whole words a column', (t) => {
  fc.assert(
    fc.property(anyPruned(anyVector), ({mask: {tiles, vector = {n: 1, m: 1}}}) => {
      const {bytes} = pack({k: 150, n: 150, tiles, vector}, {elementBytes: 2, index: both});
      const stored = (rows: number) => Math.floor(rows / vector.m) * vector.n + Math.min(vector.n, rows % vector.m);
      const words = (rows: number) => Math.ceil((stored(rows) * Math.ceil(Math.log2(vector.m))) / 32);
      t.is(bytes.metadata, sum(tiles.map(({rows, columns}) => roundUp(words(rows.length) * roundUp(4 * columns.length, 16), 128))));
    }),
  );
});

for (const [n, m, share] of [
  [1, 4, 0.25 * (1 + 2 / 16)],
  [2, 8, 0.25 * (1 + 3 / 16)],
  [4, 8, 0.5 * (1 + 3 / 16)],
  [1, 2, 0.5 * (1 + 1 / 16)],
] as const)
  test(`${n}:${m} stores a large fp16 matrix in ${100 * share} % of its bytes, metadata included`, (t) => {
    const {bytes} = pack(fullMask({k: 4096, n: 1024}, {n, m}), {elementBytes: 2, index: none});
    t.is(bytes.values + bytes.metadata, share * 2 * 4096 * 1024);
  });

test('the index takes 4 B a kept row and 4 B a kept column of every tile', (t) => {
  fc.assert(
    fc.property(anyPruned(anyVector), ({mask}) => {
      const {bytes} = pack(mask, {elementBytes: 2, index: both});
      t.is(bytes.rowIndex, sum(mask.tiles.map(({rows}) => 4 * rows.length)));
      t.is(bytes.columnIndex, sum(mask.tiles.map(({columns}) => 4 * columns.length)));
    }),
  );
});

test('2:4 stores a large fp16 matrix in 56.25 % of its bytes, metadata included', (t) => {
  const {bytes} = pack(fullMask({k: 4096, n: 1024}, twoOfFour), {elementBytes: 2, index: none});
  t.is(bytes.values + bytes.metadata, 0.5625 * 2 * 4096 * 1024);
});

test('metadata words of the same 32 rows lie side by side, column after column', (t) => {
  const weights = seededWeights({k: 64, n: 3}, 1, 'layer');
  const packed = pack(fullMask(weights, twoOfFour), {elementBytes: 2, index: none});
  const {metadata} = fill(packed, weights);
  const alone = (column: number) => {
    const one = {k: 64, n: 1, values: weights.values.slice(64 * column, 64 * (column + 1))};
    return fill(pack(fullMask(one, twoOfFour), {elementBytes: 2, index: none}), one).metadata;
  };
  t.deepEqual(
    [...metadata.subarray(0, 8)],
    [0, 1].flatMap((block) => [...[0, 1, 2].map((column) => alone(column)[4 * block]!), 0]),
  );
});

test('a pruned matrix without an index is refused: nothing would say where its rows were', (t) => {
  const rowsGone = {k: 4, n: 1, tiles: [{columns: Uint32Array.of(0), rows: Uint32Array.of(1, 3)}]};
  t.throws(() => pack(rowsGone, {elementBytes: 2, index: none}), {message: '2 of 4 rows are pruned, and no index says which'});
  const columnsGone = {k: 1, n: 3, tiles: [{columns: Uint32Array.of(2), rows: Uint32Array.of(0)}]};
  t.throws(() => pack(columnsGone, {elementBytes: 2, index: none}), {message: '2 of 3 columns are pruned, and no index says which'});
});
