import type {Vector} from '../pattern/mask.ts';
import {condensed} from './condensed.ts';
import {nOfM} from './n-of-m.ts';

/** How one column of a tile is stored, once its kept rows stand together: `rows` of them. */
export interface Format {
  /** Values stored for a column. */
  stored(rows: number): number;
  /** 32-bit metadata words stored for a column. */
  words(rows: number): number;
  /** Reads `column` [rows], writes `values` [stored] and `metadata` [words]. */
  encode(column: Float32Array, values: Float32Array, metadata: Uint32Array): void;
  /** The reverse; rows that are not stored become 0. */
  decode(values: Float32Array, metadata: Uint32Array, column: Float32Array): void;
}

export function formatOf(vector: Vector | undefined): Format {
  return vector ? nOfM(vector) : condensed;
}
