import {count, fraction} from '../config/parameter.ts';
import {formatShare} from '../config/units.ts';
import type {Pattern} from './pattern.ts';
import {pruneTiles} from './prune.ts';

const parameters = {
  sparsity: fraction('share of all weights removed'),
  granularity: count('surviving columns of one tile, G', {step: 8, default: 128}),
};

/** TW: whole columns, then rows of each tile of G surviving columns. Guo et al., SC'20 and TC'24. */
export const tileWise: Pattern<typeof parameters> = {
  type: 'tw',
  doc: 'whole columns are pruned, then whole rows of each tile of G surviving columns',
  parameters,
  gathered: true,
  label: ({sparsity}) => `TW ${formatShare(sparsity)}`,
  vector: () => undefined,
  granularity: ({granularity}) => granularity,
  prune: (_, weights, {sparsity, granularity}) => pruneTiles(weights(), {sparsity, granularity}),
};
