import test from 'ava';
import fc from 'fast-check';
import {patterns} from '../pattern/index.ts';
import {keptWeights, type Mask} from '../pattern/mask.ts';
import {seededWeights} from '../pattern/weights.ts';
import {fill} from './fill.ts';
import {pack} from './pack.ts';
import type {PackedOperand} from './packed.ts';
import {unpack} from './unpack.ts';

/** A layer whose extents are whole numbers of `unit`, pruned and packed as fp16. */
function packed(type: string, values: Record<string, unknown>, [k, n]: readonly [number, number], seed = 1) {
  const pattern = patterns[type]!;
  const weights = seededWeights({k, n}, seed, 'layer');
  const mask = pattern.prune(weights, () => weights, values);
  return {weights, mask, operand: pack(mask, {elementBytes: 2, index: pattern.index(values)})};
}

const times = (unit: number) => fc.integer({min: 1, max: 4}).map((count) => count * unit);
const indexBytes = ({bytes}: PackedOperand) => bytes.rowIndex + bytes.columnIndex;
const nonzeros = (values: Float32Array) => values.filter((value) => value !== 0).length;
const keptIn = (mask: Mask, unpacked: Float32Array) =>
  mask.tiles.every(({rows, columns}) => columns.every((n) => rows.every((k) => unpacked[n * mask.k + k] !== 0)));

test('block CSR takes 2·g² B a block and a 4 B number for every 32 rows of it, and unpacks to the blocks that were kept', (t) => {
  const sparsity = fc.double({min: 0, max: 0.95, noNaN: true});
  fc.assert(
    fc.property(fc.constantFrom(16, 32, 64), times(1), times(1), sparsity, (block, down, right, share) => {
      const {weights, mask, operand} = packed('bw', {sparsity: share, block}, [down * block, right * block]);
      const blocks = keptWeights(mask) / block ** 2;
      t.is(operand.bytes.values, 2 * block ** 2 * blocks);
      t.is(indexBytes(operand), 4 * blocks * Math.max(1, block / 32));
      const unpacked = unpack(operand, fill(operand, weights));
      t.is(nonzeros(unpacked), keptWeights(mask));
      t.true(keptIn(mask, unpacked));
    }),
    {numRuns: 30},
  );
});

test('V:N:M takes 2 B a kept weight, 2 bits to place it, and four row numbers for every V columns of M rows', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(32, 64), fc.constantFrom(4, 8, 16), times(1), times(1), (v, m, windows, right) => {
      // Sixteen windows of four kept rows fill whole lines of values and of metadata.
      const {weights, mask, operand} = packed('vnm', {v, n: 2, m}, [16 * m * windows, v * right]);
      const kept = keptWeights(mask);
      t.is(kept, (16 * m * windows * v * right * 2) / m);
      t.is(operand.bytes.values, 2 * kept);
      t.is(operand.bytes.metadata, kept / 4);
      t.is(indexBytes(operand), right * 16 * windows * 4 * 4);
      t.is(nonzeros(unpack(operand, fill(operand, weights))), kept);
    }),
    {numRuns: 30},
  );
});

test('TW with fixed tiles names rows and no columns', (t) => {
  const {mask, operand} = packed('tw', {sparsity: 0.75, granularity: 64, columns: 'kept'}, [256, 128]);
  t.is(operand.bytes.columnIndex, 0);
  t.is(operand.bytes.rowIndex, 4 * mask.tiles.reduce((sum, {rows}) => sum + rows.length, 0));
});

test('CSR takes 2 B a kept weight, 4 B to name its row and 4 B where each column begins, and unpacks to what was kept', (t) => {
  const extent = fc.integer({min: 1, max: 120});
  fc.assert(
    fc.property(extent, extent, fc.double({min: 0, max: 0.99, noNaN: true}), (k, n, sparsity) => {
      const {weights, mask, operand} = packed('ew', {sparsity}, [k, n]);
      const kept = keptWeights(mask);
      t.deepEqual(operand.bytes, {values: 2 * kept, metadata: 0, rowIndex: 4 * kept, columnIndex: 0, pointers: 4 * (n + 1)});
      const unpacked = unpack(operand, fill(operand, weights));
      t.is(nonzeros(unpacked), kept);
      t.true(unpacked.every((value, i) => value === 0 || value === weights.values[i]));
    }),
    {numRuns: 30},
  );
});

test('n:m takes 2 B a kept weight and ⌈log₂ m⌉ bits to place it, in words of each column’s own, and unpacks to the n largest', (t) => {
  fc.assert(
    fc.property(fc.constantFrom([1, 2], [2, 8], [4, 16], [3, 5], [8, 32]), times(1), times(16), ([n, m], groups, columns) => {
      const {weights, operand} = packed('vw', {n, m}, [m! * groups, columns]);
      const bits = Math.ceil(Math.log2(m!));
      const words = Math.ceil((groups * n!) / Math.floor(32 / bits));
      t.deepEqual(operand.bytes, {values: 2 * groups * n! * columns, metadata: 4 * words * columns, rowIndex: 0, columnIndex: 0, pointers: 0});
      const unpacked = unpack(operand, fill(operand, weights));
      for (let at = 0; at < unpacked.length; at += m!) {
        const group = [...weights.values.subarray(at, at + m!)].map(Math.abs).sort((a, b) => b - a);
        t.deepEqual(
          [...unpacked.subarray(at, at + m!)]
            .filter((v) => v !== 0)
            .map(Math.abs)
            .sort((a, b) => b - a),
          group.slice(0, n),
        );
      }
    }),
    {numRuns: 30},
  );
});

test('TEW takes the bytes of its tiles and of the CSR of what was brought back, and unpacks to both', (t) => {
  const {weights, mask, operand} = packed('tew', {sparsity: 0.7, delta: 0.1, granularity: 64}, [256, 192]);
  const tiles = pack({...mask, elements: undefined} as unknown as Mask, {elementBytes: 2, index: operand.index}).bytes;
  const back = mask.elements!.rows.length;
  t.is(operand.bytes.values, tiles.values + 2 * back);
  t.is(operand.bytes.rowIndex, tiles.rowIndex + 4 * back);
  t.is(operand.bytes.pointers, 4 * 193);
  t.is(nonzeros(unpack(operand, fill(operand, weights))), keptWeights(mask));
});
