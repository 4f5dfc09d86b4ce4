import test from 'ava';
import {deal, warpBytes} from './copies.ts';

const tiles: readonly (readonly [rows: number, rowBytes: number, warps: number])[] = [
  [64, 256, 4],
  [128, 64, 4],
  [2, 512, 4],
  [32, 192, 3],
  [64, 960, 3],
  [64, 1024, 8],
  [1, 32, 16],
];

test('every chunk of a tile is copied once, whatever its shape and however many warps share it', (t) => {
  for (const [rows, rowBytes, warps] of tiles) {
    const chunks = deal(0, rows, rowBytes, warps)
      .flat()
      .flatMap((block) =>
        Array.from({length: block.rows}, (_, row) =>
          Array.from({length: block.bytes / 16}, (_, chunk) => (block.row + row) * rowBytes + block.column + chunk * 16),
        ).flat(),
      );
    t.deepEqual(
      chunks.toSorted((a, b) => a - b),
      Array.from({length: (rows * rowBytes) / 16}, (_, i) => i * 16),
    );
  }
});

test('a warp copies at most 16 B a lane', (t) => {
  for (const [rows, rowBytes, warps] of tiles)
    t.true(
      deal(0, rows, rowBytes, warps)
        .flat()
        .every((block) => block.rows * block.bytes <= warpBytes),
    );
});

test('the rows of a warp lie together, so that one load brings their indices', (t) => {
  const [first, second] = deal(0, 64, 256, 2);
  t.deepEqual(
    [first!, second!].map((blocks) => blocks.map((block) => block.row)),
    [
      [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30],
      [32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62],
    ],
  );
});

test('a small tile leaves the last warps without work', (t) => {
  t.deepEqual(
    deal(0, 2, 512, 4).map((blocks) => blocks.length),
    [1, 1, 0, 0],
  );
});
