import type {Elements, Vector} from '../pattern/mask.ts';
import type {Weights} from '../pattern/pattern.ts';

/**
 * Weights kept one by one, column after column: CSR of Bᵀ, whose rows are the outputs.
 *
 * values     the kept weights, of all columns one after another
 * row names  CSR: the row of each, uint32, and where each column begins, N + 1 of them (`pointers`); under n:m every column holds
 *            equally many, and a place among m takes ⌈log₂ m⌉ bits, as many of them in a 32-bit word as fit, a column in words of
 *            its own (`wordsPerColumn`)
 */
export interface PackedElements extends Elements {
  readonly vector?: Vector;
  /** 0: CSR. */
  readonly wordsPerColumn: number;
  /** Offsets in bytes from the start of the values, and of the row index or the metadata. */
  readonly valueOffset: number;
  readonly nameOffset: number;
  /** Bytes each takes. */
  readonly bytes: {readonly values: number; readonly names: number; readonly pointers: number};
}

const wordBytes = 4;

/** Bits that name a place among m. */
export function placeBits({m}: Vector): number {
  return Math.max(1, 32 - Math.clz32(m - 1));
}

export function placesPerWord(vector: Vector): number {
  return Math.floor(32 / placeBits(vector));
}

export function packElements(
  {start, rows}: Elements,
  vector: Vector | undefined,
  elementBytes: number,
  at: {values: number; names: number},
): PackedElements {
  const columns = start.length - 1;
  const wordsPerColumn = vector ? Math.ceil(rows.length / columns / placesPerWord(vector)) : 0;
  return {
    start,
    rows,
    ...(vector && {vector}),
    wordsPerColumn,
    valueOffset: at.values,
    nameOffset: at.names,
    bytes: {
      values: rows.length * elementBytes,
      names: (vector ? columns * wordsPerColumn : rows.length) * wordBytes,
      pointers: vector ? 0 : start.length * wordBytes,
    },
  };
}

/** The kept weights in the order of storage, and the words that name their rows. */
export function fillElements(
  {start, rows, vector, wordsPerColumn}: PackedElements,
  {k, values}: Weights,
): {values: Float32Array; names: Uint32Array} {
  const stored = new Float32Array(rows.length);
  const names = vector ? new Uint32Array((start.length - 1) * wordsPerColumn) : rows.slice();
  for (let column = 0; column + 1 < start.length; column++) {
    for (let i = start[column]!; i < start[column + 1]!; i++) {
      stored[i] = values[column * k + rows[i]!]!;
      if (!vector) continue;
      const slot = i - start[column]!;
      const perWord = placesPerWord(vector);
      names[column * wordsPerColumn + Math.floor(slot / perWord)]! |= (rows[i]! % vector.m) << ((slot % perWord) * placeBits(vector));
    }
  }
  return {values: stored, names};
}

/** Puts the stored weights back to their places in `weights` (k, n) at n · K + k. */
export function unpackElements(elements: PackedElements, stored: Float32Array, names: Uint32Array, k: number, weights: Float32Array): void {
  const {start, vector, wordsPerColumn} = elements;
  for (let column = 0; column + 1 < start.length; column++)
    for (let i = start[column]!; i < start[column + 1]!; i++) {
      const slot = i - start[column]!;
      const row = vector ? rowOf(names.subarray(column * wordsPerColumn), slot, vector) : names[i]!;
      weights[column * k + row] = stored[i]!;
    }
}

/** The row that the words of a column name for its `slot`th kept weight. */
export function rowOf(words: ArrayLike<number>, slot: number, vector: Vector): number {
  const perWord = placesPerWord(vector);
  const bits = placeBits(vector);
  const place = (words[Math.floor(slot / perWord)]! >>> ((slot % perWord) * bits)) & (2 ** bits - 1);
  return Math.floor(slot / vector.n) * vector.m + place;
}
