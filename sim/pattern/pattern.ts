import type {Parameters, Values} from '../config/parameter.ts';
import type {Mask, Vector} from './mask.ts';

/** The weight matrix B[K×N]; weight (k, n) is values[n · K + k]. */
export interface Weights {
  readonly k: number;
  readonly n: number;
  readonly values: Float32Array;
}

/** A kind of sparsity. Shared code asks a kind, and never switches on its type. */
export interface Pattern<P extends Parameters = Parameters> {
  readonly type: string;
  readonly doc: string;
  readonly parameters: P;
  /** A short name for tables and figures: 'TVW 75 %'. */
  readonly label: (values: Values<P>) => string;
  /** Kept rows of a tile are named by an index, and gathered; otherwise every row is there. */
  readonly gathered: boolean;
  /** n:m inside the tile, for the sparse tensor core; undefined: dense inside. */
  readonly vector: (values: Values<P>) => Vector | undefined;
  /** The columns a tile holds, where the pattern fixes it; a kernel's N tile must divide it. */
  readonly granularity: (values: Values<P>) => number | undefined;
  /** What is wrong with these values taken together, in a sentence; undefined: nothing. */
  readonly refuse?: (values: Values<P>) => {readonly key: string; readonly message: string} | undefined;
  /** `weights` is drawn only by patterns that look at it. */
  readonly prune: (shape: {readonly k: number; readonly n: number}, weights: () => Weights, values: Values<P>) => Mask;
}
