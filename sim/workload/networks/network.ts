import type {Parameters, Values} from '../../config/parameter.ts';
import type {Layer} from '../layer.ts';

/** A network there is a table of. The answers are methods, so that networks with different parameters share one list. */
export interface Network<P extends Parameters = Parameters> {
  readonly name: string;
  /** What it is, which of its layers stay dense, and what of it is no GEMM with weights and left out. */
  readonly doc: string;
  readonly parameters: P;
  /** Its name with the values that change its GEMMs: bert-base-b8-s128. */
  label(values: Values<P>): string;
  layers(values: Values<P>): readonly Layer[];
}
