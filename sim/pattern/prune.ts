import {ascending, storedRows, type Mask, type Vector} from './mask.ts';
import type {Layer, Weights} from './pattern.ts';
import {pooled} from './rank.ts';
import {columnScores, rowScores} from './scores.ts';

/** `sparsity` is that of the whole layer, n:m inside the tiles included, so at least 1 − n/m; `granularity` is the columns of a tile. */
export interface Pruning {
  readonly sparsity: number;
  readonly granularity: number;
  readonly vector?: Vector;
  /** kept: every column survives, and tiles lose rows only. */
  readonly columns?: 'pruned' | 'kept';
  /** equal: every tile keeps as many rows, its own best. */
  readonly rows?: 'ranked' | 'equal';
}

/** Tile-wise pruning of a layer by itself. */
export function pruneTiles(weights: Weights, pruning: Pruning): Mask {
  return pruneLayers([{weights, count: 1}], pruning)[0]!;
}

/**
 * Tile-wise pruning (Guo et al., SC'20; paper notes 1.2 to 1.4): whole columns, then whole rows of every tile of `granularity`
 * surviving columns, each ranked over all layers together. What is kept of them all misses the request by less than one row of a
 * tile; where the request is that small, one column of every layer and one row of every tile stay all the same.
 */
export function pruneLayers(layers: readonly Layer[], pruning: Pruning): readonly Mask[] {
  const target = layers.reduce((sum, {weights: {k, n}, count}) => sum + Math.round((1 - pruning.sparsity) * k * n) * count, 0);
  const columns = pruning.columns === 'kept' ? layers.map(({weights}) => ascending(weights.n)) : keepColumns(layers, target, pruning);
  const tiles = columns.map((all) => chunks(all, pruning.granularity));
  const rows = pruning.rows === 'equal' ? keepEqualRows(layers, tiles, target, pruning) : keepRows(layers, tiles, target, pruning);
  const {vector} = pruning;
  return layers.map(({weights: {k, n}}, layer) => ({
    k,
    n,
    tiles: tiles[layer]!.map((own, tile) => ({columns: own, rows: rows[layer]![tile]!})),
    ...(vector && {vector}),
  }));
}

/** The kept columns of every layer. Columns and rows share the work evenly: each step keeps the root of the whole, 1 − s' = √(1 − s). */
function keepColumns(layers: readonly Layer[], target: number, {sparsity, vector}: Pruning): Uint32Array[] {
  const share = Math.min(1, (1 - sparsity) * (vector ? vector.m / vector.n : 1));
  const budget = Math.sqrt(share) * layers.reduce((sum, {weights: {k, n}, count}) => sum + k * n * count, 0);
  const pool = pooled(layers.map(({weights}) => columnScores(weights)));
  const kept = new Uint8Array(pool.scores.length);
  const columns = new Uint32Array(layers.length);
  let used = 0;
  let capacity = 0; // what is kept with all rows of these columns
  let least = 0; // with one
  const keep = (index: number, layer: number) => {
    const {weights, count} = layers[layer]!;
    used += weights.k * count;
    capacity += storedRows(weights.k, vector) * count;
    least += count;
    columns[layer]!++;
    kept[index] = 1;
  };
  for (const index of pool.order) {
    const layer = pool.part[index]!;
    if (columns[layer] === 0) keep(index, layer); // the best of each layer
  }
  for (const index of pool.order) {
    if (kept[index]) continue;
    const layer = pool.part[index]!;
    const {weights, count} = layers[layer]!;
    const fits = used + (weights.k * count) / 2 <= budget || capacity < target;
    if (!fits || least + count > target) break;
    keep(index, layer);
  }
  return layers.map((_, layer) => marked(kept.subarray(pool.start[layer], pool.start[layer + 1])));
}

/** The kept rows of every tile of every layer: from the highest score down, one threshold for all, until the target is met. */
function keepRows(layers: readonly Layer[], columns: readonly (readonly Uint32Array[])[], target: number, {vector}: Pruning): Uint32Array[][] {
  const tiles = layers.flatMap(({weights: {k}, count}, layer) => columns[layer]!.map((own) => ({layer, k, width: own.length * count})));
  const pool = pooled(layers.flatMap(({weights}, layer) => rowsByTile(weights, columns[layer]!)));
  const kept = new Uint8Array(pool.scores.length);
  const rows = new Uint32Array(tiles.length);
  let weights = 0;
  const costOf = (tile: number) => tiles[tile]!.width * (storedRows(rows[tile]! + 1, vector) - storedRows(rows[tile]!, vector));
  const keep = (index: number, tile: number) => {
    weights += costOf(tile);
    rows[tile]!++;
    kept[index] = 1;
  };
  for (const index of pool.order) {
    const tile = pool.part[index]!;
    if (rows[tile] === 0) keep(index, tile); // the best of each tile: an empty one has no product to compute
  }
  for (const index of pool.order) {
    const tile = pool.part[index]!;
    if (kept[index]) continue;
    if (weights + costOf(tile) > target) break;
    keep(index, tile);
  }
  const all = tiles.map((_, tile) => marked(kept.subarray(pool.start[tile], pool.start[tile + 1])));
  return layers.map((_, layer) => all.filter((_rows, tile) => tiles[tile]!.layer === layer));
}

/** The same tile by tile: each keeps the share of its own weights that all of them keep together. */
function keepEqualRows(layers: readonly Layer[], columns: readonly (readonly Uint32Array[])[], target: number, pruning: Pruning): Uint32Array[][] {
  const all = layers.reduce((sum, {count}, layer) => sum + columns[layer]!.reduce((own, {length}) => own + length, 0) * count, 0);
  return layers.map((layer, l) =>
    columns[l]!.map((tile) => keepRows([{...layer, count: 1}], [[tile]], Math.round((target * tile.length) / all), pruning)[0]![0]!),
  );
}

/** The scores of every tile's rows, tile by tile. */
function rowsByTile(weights: Weights, columns: readonly Uint32Array[]): Float32Array[] {
  const scores = rowScores(weights, columns);
  return columns.map((_, tile) => scores.subarray(tile * weights.k, (tile + 1) * weights.k));
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
