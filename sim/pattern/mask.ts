/** The weight matrix's K (rows, reduced over) and N (columns, outputs). */
export interface Shape {
  readonly k: number;
  readonly n: number;
}

/**
 * Which weights of B[K×N] survive. The tiles partition the surviving columns from left to right; inside a tile all kept
 * columns share the kept rows, so that a tile condenses to a dense K_t×N_t matrix.
 */
export interface Mask extends Shape {
  readonly tiles: readonly MaskTile[];
  /** Of every m consecutive kept rows each column keeps its n largest; absent: all of them. */
  readonly vector?: Vector;
  /** Weights kept one by one, beside those of the tiles. */
  readonly elements?: Elements;
}

/** Column n keeps rows[start[n] … start[n + 1]), ascending. */
export interface Elements {
  readonly start: Uint32Array;
  readonly rows: Uint32Array;
}

/** One tile: the original numbers of its kept columns (N_t of them) and kept rows (K_t of them), both ascending. */
export interface MaskTile {
  readonly columns: Uint32Array;
  readonly rows: Uint32Array;
}

/** What of a tile an index must name, because not all of it is there. */
export interface Index {
  /** Kept rows that one entry names: 1, or those of a block; 0: every row is there, and none is named. */
  readonly rows: number;
  /** Whether kept columns are named, and results scattered to them. */
  readonly columns: boolean;
}

/** n:m along the condensed K. */
export interface Vector {
  readonly n: number;
  readonly m: number;
}

/** 2:4 */
export function ratioOf({n, m}: Vector): string {
  return `${n}:${m}`;
}

/** How many of `rows` consecutive kept rows one column stores; a last group shorter than m keeps at most n. */
export function storedRows(rows: number, vector: Vector | undefined): number {
  return vector ? Math.floor(rows / vector.m) * vector.n + Math.min(vector.n, rows % vector.m) : rows;
}

/** Weights that survive, of K·N. */
export function keptWeights(mask: Mask): number {
  const inTiles = mask.tiles.reduce((sum, {columns, rows}) => sum + columns.length * storedRows(rows.length, mask.vector), 0);
  return inTiles + (mask.elements?.rows.length ?? 0);
}

/** Nothing is pruned by tiles: one tile holds every row and column. */
export function fullMask({k, n}: Shape, vector?: Vector): Mask {
  return {k, n, tiles: [{columns: ascending(n), rows: ascending(k)}], ...(vector && {vector})};
}

/** 0, 1, … */
export function ascending(length: number): Uint32Array {
  return Uint32Array.from({length}, (_, i) => i);
}
