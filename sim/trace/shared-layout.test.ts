import test from 'ava';
import {swizzled, wavefronts} from './shared-layout.ts';

/** Every row length a tile can have, up to 512 elements of fp16. */
const widths = Array.from({length: 64}, (_, i) => 16 * (i + 1));
const upTo = (count: number, step = 1) => Array.from({length: Math.ceil(count / step)}, (_, i) => i * step);

test('every chunk of a tile has a place of its own, in its own row', (t) => {
  for (const width of widths) {
    const places = upTo(16).flatMap((row) => upTo(width, 16).map((column) => swizzled(width, row, column)));
    t.is(new Set(places).size, (16 * width) / 16, `${width} B`);
    places.forEach((place, i) => t.is(Math.floor(place / width), Math.floor((i * 16) / width)));
  }
});

test('ldmatrix of a swizzled tile takes one wavefront a matrix, for every row width', (t) => {
  for (const width of widths) {
    for (const firstRow of [0, 8, 24]) {
      for (const column of upTo(width, 16)) {
        const rows = upTo(8).map((row) => swizzled(width, firstRow + row, column));
        t.is(wavefronts(rows, 16), 1, `rows of ${width} B, matrix at (${firstRow}, ${column})`);
      }
    }
  }
});

test('without the permutation a matrix of rows of 128 B takes eight', (t) => {
  t.is(
    wavefronts(
      upTo(8).map((row) => row * 128),
      16,
    ),
    8,
  );
});

test('eight chunks that lie one after another are copied in one wavefront', (t) => {
  for (const width of widths) {
    for (const first of upTo(width, 8)) {
      const chunks = upTo(8).map((i) => swizzled(width, Math.floor(((first + i) * 16) / width), ((first + i) * 16) % width));
      t.is(wavefronts(chunks, 16), 1, `rows of ${width} B, chunk ${first}`);
    }
  }
});

test('the metadata of 32 weights is read in one wavefront', (t) => {
  for (const weights of [32, 64, 96, 128, 256]) {
    for (const row of upTo(8)) {
      for (const first of upTo(weights, 32)) {
        const lanes = upTo(32).map((lane) => swizzled(weights * 4, row, (first + lane) * 4));
        t.is(wavefronts(lanes, 4), 1, `${weights} weights, ${first} of row ${row}`);
      }
    }
  }
});

test('words of one bank take a wavefront each, a word that several lanes want takes one', (t) => {
  t.is(wavefronts([0, 128, 256], 4), 3);
  t.is(wavefronts([64, 64, 64], 4), 1);
});
