import {choice, count, optional} from '../config/parameter.ts';
import type {Pattern} from './pattern.ts';
import {pruneLayers, pruneTiles} from './prune.ts';
import {request, requestText} from './request.ts';

const parameters = {
  ...request('share of all weights removed'),
  granularity: count('surviving columns of one tile, G; with columns kept and a G of 2, 4 or 8 it is column-vector sparsity, as in CLASP', {
    step: 2,
    default: 128,
  }),
  columns: choice(
    ['pruned', 'kept'],
    'pruned: whole columns first, half of the work (the paper’s TW); kept: fixed tiles of G columns lose rows only',
    {
      default: 'pruned',
    },
  ),
  rows: optional(
    choice(
      ['ranked', 'equal'],
      'ranked: those of all tiles together, so that tiles keep unequally many (left out: this); equal: as many in every tile, as SC20 timed it',
    ),
  ),
};

/** TW: whole columns, then rows of each tile of G surviving columns. Guo et al., SC'20 and TC'24. */
export const tileWise: Pattern<typeof parameters> = {
  type: 'tw',
  doc: 'whole columns are pruned, then whole rows of each tile of G surviving columns',
  parameters,
  launchesTiles: true,
  index: ({columns}) => ({rows: 1, columns: columns !== 'kept'}),
  label: ({columns, ...asked}) => `TW${columns === 'kept' ? ' rows' : ''} ${requestText(asked)}`,
  vector: () => undefined,
  granularity: ({granularity}) => granularity,
  sparsities: () => ({from: 0, below: 1}),
  prune: (_, weights, {sparsity, granularity, columns, rows}) => pruneTiles(weights(), {sparsity, granularity, columns, ...(rows && {rows})}),
  pruneTogether: (layers, {sparsity, granularity, columns, rows}) => pruneLayers(layers, {sparsity, granularity, columns, ...(rows && {rows})}),
};
