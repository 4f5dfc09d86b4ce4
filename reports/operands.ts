import type {Result} from '../sim/stats/result.ts';
import {colours, type Paint} from './theme.ts';

/** What a kernel loads from global memory; `dense` names what the same kernel would load of it without sparsity. */
export interface Operand {
  readonly name: string;
  readonly loaded: string;
  readonly dense?: string;
  readonly paint: Paint;
}

export const operands: readonly Operand[] = [
  {name: 'activations', loaded: 'tvw.activation_bytes', dense: 'tvw.activation_bytes_dense', paint: colours.blue},
  {name: 'weights', loaded: 'tvw.weight_bytes', dense: 'tvw.weight_bytes_dense', paint: colours.orange},
  {name: 'metadata', loaded: 'tvw.metadata_bytes', paint: colours.brown},
  {name: 'index', loaded: 'tvw.index_bytes', paint: colours.green},
  {name: 'scatter index', loaded: 'tvw.scatter_index_bytes', paint: colours.pink},
];

/** Bytes of an operand that were loaded, and that a dense operand would have needed besides; a metric that is absent counts as none. */
export function bytesOf({metrics}: Result, {loaded, dense}: Operand): {readonly loaded: number; readonly skipped: number} {
  const here = metrics[loaded] ?? 0;
  return {loaded: here, skipped: dense === undefined ? 0 : Math.max(0, (metrics[dense] ?? here) - here)};
}
