import {ascending, storedRows, type Mask, type Shape, type Vector} from './mask.ts';
import type {Weights} from './pattern.ts';
import {rank} from './rank.ts';
import {columnScores, rowScores} from './scores.ts';

/** `sparsity` is that of the whole layer, n:m inside the tiles included, so at least 1 − n/m; `granularity` is the columns of a tile. */
export interface Pruning {
  readonly sparsity: number;
  readonly granularity: number;
  readonly vector?: Vector;
  /** kept: every column survives, and tiles lose rows only. */
  readonly columns?: 'pruned' | 'kept';
}

/**
 * Tile-wise pruning of one layer (Guo et al., SC'20; paper notes 1.2 to 1.4): whole columns, then whole rows of every tile of
 * `granularity` surviving columns. What is kept misses the request by less than one row of a tile; where the request is that
 * small, one column and one row of every tile stay all the same.
 */
export function pruneTiles(weights: Weights, pruning: Pruning): Mask {
  const {k, n} = weights;
  const target = Math.round((1 - pruning.sparsity) * k * n);
  const columns = pruning.columns === 'kept' ? ascending(n) : highest(columnScores(weights), columnsToKeep(weights, target, pruning));
  const tiles = chunks(columns, pruning.granularity);
  const kept = keepRows(rowScores(weights, tiles), tiles, {k, target, ...pruning});
  const rowsOf = (tile: number) => marked(kept.subarray(tile * k, (tile + 1) * k));
  const {vector} = pruning;
  return {k, n, tiles: tiles.map((own, tile) => ({columns: own, rows: rowsOf(tile)})), ...(vector && {vector})};
}

/** Columns and rows share the work evenly: each step keeps the root of what tiles keep in all, 1 − s' = √(1 − s). */
function columnsToKeep({k, n}: Shape, target: number, {sparsity, vector}: Pruning): number {
  const tileShare = Math.min(1, (1 - sparsity) * (vector ? vector.m / vector.n : 1));
  const fewest = Math.ceil(target / storedRows(k, vector)); // fewer could not hold the target, even with all their rows
  const most = Math.max(1, target); // more would exceed it with one row a tile
  return Math.min(most, Math.max(fewest, 1, Math.round(Math.sqrt(tileShare) * n)));
}

interface RowBudget extends Pruning {
  readonly k: number;
  readonly target: number;
}

/** Marks kept rows, tile after tile: from the highest score down, one threshold for all tiles, until the target is met. */
function keepRows(scores: Float32Array, tiles: readonly Uint32Array[], {k, target, vector}: RowBudget): Uint8Array {
  const kept = new Uint8Array(scores.length);
  const rows = new Uint32Array(tiles.length);
  const order = rank(scores);
  let weights = 0;
  const costOf = (tile: number) => tiles[tile]!.length * (storedRows(rows[tile]! + 1, vector) - storedRows(rows[tile]!, vector));
  const keep = (index: number, tile: number) => {
    weights += costOf(tile);
    rows[tile]!++;
    kept[index] = 1;
  };

  for (const index of order) {
    const tile = Math.floor(index / k);
    if (rows[tile] === 0) keep(index, tile); // the best of each tile: an empty one has no product to compute
  }
  for (const index of order) {
    const tile = Math.floor(index / k);
    if (kept[index]) continue;
    if (weights + costOf(tile) > target) break;
    keep(index, tile);
  }
  return kept;
}

/** The numbers of the `count` highest scores, ascending. */
function highest(scores: Float32Array, count: number): Uint32Array {
  return rank(scores).subarray(0, count).toSorted();
}

export function chunks(all: Uint32Array, size: number): Uint32Array[] {
  return Array.from({length: Math.ceil(all.length / size)}, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** The numbers of the flags that are set, ascending. */
export function marked(flags: Uint8Array): Uint32Array {
  const numbers = new Uint32Array(flags.reduce((sum, flag) => sum + flag, 0));
  let next = 0;
  for (let i = 0; i < flags.length; i++) if (flags[i]) numbers[next++] = i;
  return numbers;
}
