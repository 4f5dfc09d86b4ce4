import {choice, count, fraction} from '../config/parameter.ts';
import {formatShare} from '../config/units.ts';
import type {Pattern} from './pattern.ts';
import {pruneLayers, pruneTiles} from './prune.ts';

const parameters = {
  sparsity: fraction('share of all weights removed'),
  granularity: count('surviving columns of one tile, G', {step: 8, default: 128}),
  columns: choice(
    ['pruned', 'kept'],
    'pruned: whole columns first, half of the work (the paper’s TW); kept: fixed tiles of G columns lose rows only',
    {
      default: 'pruned',
    },
  ),
};

/** TW: whole columns, then rows of each tile of G surviving columns. Guo et al., SC'20 and TC'24. */
export const tileWise: Pattern<typeof parameters> = {
  type: 'tw',
  doc: 'whole columns are pruned, then whole rows of each tile of G surviving columns',
  parameters,
  launchesTiles: true,
  index: ({columns}) => ({rows: 1, columns: columns !== 'kept'}),
  label: ({sparsity, columns}) => `TW${columns === 'kept' ? ' rows' : ''} ${formatShare(sparsity)}`,
  vector: () => undefined,
  granularity: ({granularity}) => granularity,
  prune: (_, weights, {sparsity, granularity, columns}) => pruneTiles(weights(), {sparsity, granularity, columns}),
  pruneTogether: (layers, {sparsity, granularity, columns}) => pruneLayers(layers, {sparsity, granularity, columns}),
};
