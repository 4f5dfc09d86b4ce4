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

test('block CSR takes 2·g² B and one 4 B number a block, and unpacks to the blocks that were kept', (t) => {
  const sparsity = fc.double({min: 0, max: 0.95, noNaN: true});
  fc.assert(
    fc.property(fc.constantFrom(16, 32, 64), times(1), times(1), sparsity, (block, down, right, share) => {
      const {weights, mask, operand} = packed('bw', {sparsity: share, block}, [down * block, right * block]);
      const blocks = keptWeights(mask) / block ** 2;
      t.is(operand.bytes.values, 2 * block ** 2 * blocks);
      t.is(indexBytes(operand), 4 * blocks);
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
