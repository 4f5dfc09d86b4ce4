import test from 'ava';
import {nOfM} from './n-of-m.ts';

/** One column, encoded: its stored values and its metadata words. */
function encoded(vector: {n: number; m: number}, column: readonly number[]) {
  const format = nOfM(vector);
  const values = new Float32Array(format.stored(column.length));
  const metadata = new Uint32Array(format.words(column.length));
  format.encode(Float32Array.from(column), values, metadata);
  return {values: [...values], metadata: [...metadata]};
}

const twoOfFour = {n: 2, m: 4};

test('2:4 stores the two largest magnitudes of every four rows, in their order', (t) => {
  t.deepEqual(encoded(twoOfFour, [1, -9, 3, 2, 8, 0, 0, -7]).values, [-9, 3, 8, -7]);
});

test('of equal magnitudes the lower rows are stored', (t) => {
  t.deepEqual(encoded(twoOfFour, [5, -5, 5, -5]).values, [5, -5]);
  t.is(encoded(twoOfFour, [5, -5, 5, -5]).metadata[0]! & 0b1111, 0b0100);
});

test('metadata names positions in two bits each, the first in the low bits', (t) => {
  const [word] = encoded(twoOfFour, [1, -9, 3, 2, 8, 0, 0, -7]).metadata;
  t.is(word! & 0xff, 0b11_00_10_01);
});

test('32 rows fill one metadata word, the 33rd begins another', (t) => {
  const rows = (count: number) => Array.from({length: count}, (_, i) => 1 + i);
  t.deepEqual(encoded(twoOfFour, rows(32)).metadata, [0xeeeeeeee]); // rising magnitudes: positions 2 and 3 of every group
  t.is(encoded(twoOfFour, rows(33)).metadata.length, 2);
  t.is(encoded(twoOfFour, rows(33)).values.length, 17);
});

test('what a short last group lacks is named by ascending positions, as the hardware wants', (t) => {
  t.deepEqual(encoded(twoOfFour, [7]), {values: [7], metadata: [0x44444444]});
  t.deepEqual(encoded(twoOfFour, [7, 9, 8]), {values: [9, 8], metadata: [0x44444449]});
});

test('other n:m take as many bits a position as they need', (t) => {
  t.deepEqual(encoded({n: 1, m: 16}, [...Array<number>(13).fill(0), 6, 0, 0]), {values: [6], metadata: [13]});
  t.deepEqual(encoded({n: 1, m: 1}, [3, 4]), {values: [3, 4], metadata: []});
});
