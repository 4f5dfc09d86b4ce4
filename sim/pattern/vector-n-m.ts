import seedrandom from 'seedrandom';
import {choice, count, optional} from '../config/parameter.ts';
import {ascending, type Mask, type Shape, type Vector} from './mask.ts';
import type {Pattern, Weights} from './pattern.ts';
import {chunks} from './prune.ts';
import {before} from './rank.ts';
import {rowScores} from './scores.ts';

const parameters = {
  v: count('neighbouring columns of B that share their rows, V', {step: 8, default: 128}),
  n: count('weights kept of every m', {min: 2, max: 2, default: 2}),
  m: count('consecutive rows of which the V columns keep four, and each column two of these', {min: 4, max: 1024, default: 8}),
  rows: optional(
    choice(
      ['important', 'any'],
      'important: the four with the highest mean squares, which neighbouring tiles often share (left out: this); any: four that a seeded generator draws for every window, as VENOM’s timing program does',
    ),
  ),
};

const twoOfFour: Vector = {n: 2, m: 4};
/** Rows a window of m keeps: as many as mma.sp chooses from. */
const windowRows = 4;

/** V:N:M: V columns keep the same 4 of every M rows, then each 2 of those 4. Castro et al., SC'23 (VENOM). */
export const vectorNM: Pattern<typeof parameters> = {
  type: 'vnm',
  doc: 'V neighbouring columns keep the same 4 of every m rows, then each column 2 of those 4',
  parameters,
  index: () => ({rows: 1, columns: false}),
  label: ({v, n, m}) => `${v}:${n}:${m}`,
  vector: () => twoOfFour,
  granularity: ({v}) => v,
  prune: (shape, weights, {v, m, rows}) => (rows === 'any' ? drawnWindows(shape, v, m) : pruneWindows(weights(), v, m)),
};

/** Any four of every `m` rows of `v` columns, all where there are fewer: the same for the same shape. */
function drawnWindows({k, n}: Shape, v: number, m: number): Mask {
  const random = seedrandom.xor4096(`${k}×${n}/${v}:${m}`);
  const drawn = (): Uint32Array => {
    const rows: number[] = [];
    for (let start = 0; start < k; start += m) {
      const window = Math.min(m, k - start);
      const own = new Set<number>();
      while (own.size < Math.min(windowRows, window)) own.add(start + Math.floor(random() * window));
      rows.push(...[...own].sort((a, b) => a - b));
    }
    return Uint32Array.from(rows);
  };
  return {k, n, tiles: chunks(ascending(n), v).map((columns) => ({columns, rows: drawn()})), vector: twoOfFour};
}

/** Of every `m` rows of `v` columns the four with the highest mean squares, ties to the lower row; all where there are fewer. */
function pruneWindows(weights: Weights, v: number, m: number): Mask {
  const {k, n} = weights;
  const tiles = chunks(ascending(n), v);
  const scores = rowScores(weights, tiles);
  const rowsOf = (tile: number) => {
    const own = scores.subarray(tile * k, (tile + 1) * k);
    const rows: number[] = [];
    for (let start = 0; start < k; start += m) {
      const end = Math.min(k, start + m);
      for (let row = start; row < end; row++) if (before(own, row, start, end) < windowRows) rows.push(row);
    }
    return Uint32Array.from(rows);
  };
  return {k, n, tiles: tiles.map((columns, tile) => ({columns, rows: rowsOf(tile)})), vector: twoOfFour};
}
