import type {Parameters, Values} from '../config/parameter.ts';
import type {Index, Mask, Shape, Vector} from './mask.ts';

/** The weight matrix B[K×N]; weight (k, n) is values[n · K + k]. */
export interface Weights extends Shape {
  readonly values: Float32Array;
}

/** A layer to be pruned, which occurs `count` times in its network. */
export interface Layer {
  readonly weights: Weights;
  readonly count: number;
}

/** Tensor cores multiply tiles, CUDA cores weights named one by one; both: tiles, and then the rest. */
export type Cores = 'tensor' | 'cuda' | 'both';

/**
 * A kind of sparsity. Shared code asks a kind, and never switches on its type.
 * The answers are methods, which may take their values apart, so that kinds with different parameters share one table.
 */
export interface Pattern<P extends Parameters = Parameters> {
  readonly type: string;
  readonly doc: string;
  readonly parameters: P;
  /** The pattern as a GPU runs it whose sparse tensor cores multiply these n:m, such as ['2:4']; absent: as any other does. */
  on?(packed: readonly string[]): Pattern<P>;
  /** A short name for tables and figures: 'TVW 75 %'. */
  label(values: Values<P>): string;
  /** Which kept rows and columns must be named: those rows are gathered, to those columns results are scattered. */
  index(values: Values<P>): Index;
  /** n:m inside the tile, for the sparse tensor core; undefined: dense inside. */
  vector(values: Values<P>): Vector | undefined;
  /** Its tiles may be kernels of their own, as SC'20 runs them; absent: one kernel for all. */
  readonly launchesTiles?: true;
  /** What multiplies it; absent: tensor cores. */
  cores?(values: Values<P>): Cores;
  /** The columns a tile holds, where the pattern fixes it; a kernel's N tile must divide it. */
  granularity(values: Values<P>): number | undefined;
  /** What sparsities it can be asked for; absent: its other parameters fix the only one. */
  sparsities?(values: Values<P>): {readonly from: number; readonly below: number};
  /** The highest sparsity at which these layers together retain `share` of Σ|w|, where that can be told without trying. */
  sparsityRetaining?(layers: readonly Layer[], share: number): number;
  /** What is wrong with these values taken together, in a sentence; undefined: nothing. */
  refuse?(values: Values<P>): {readonly key: string; readonly message: string} | undefined;
  /** `weights` is drawn only by patterns that look at it. */
  prune(shape: Shape, weights: () => Weights, values: Values<P>): Mask;
  /** Ranks all layers together, so that those of little importance lose more; absent: every layer is pruned alike. */
  pruneTogether?(layers: readonly Layer[], values: Values<P>): readonly Mask[];
}
