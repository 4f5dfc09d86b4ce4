import {count, fraction} from '../config/parameter.ts';
import {formatShare} from '../config/units.ts';
import type {Vector} from './mask.ts';
import type {Pattern} from './pattern.ts';
import {pruneLayers, pruneTiles} from './prune.ts';

const parameters = {
  sparsity: fraction('share of all weights removed, by tiles and by 2:4 together: 1 − (1 − s_TW)/2, so 0.5 or more'),
  granularity: count('surviving columns of one tile, G', {step: 8, default: 128}),
};

const twoOfFour: Vector = {n: 2, m: 4};

/** TVW: TW, then 2:4 along the condensed K of every tile, for the sparse tensor core. Guo et al., TC'24. */
export const tileVectorWise: Pattern<typeof parameters> = {
  type: 'tvw',
  doc: 'tile-wise, then 2 of every 4 consecutive kept rows of a column',
  parameters,
  launchesTiles: true,
  index: () => ({rows: 1, columns: true}),
  label: ({sparsity}) => `TVW ${formatShare(sparsity)}`,
  vector: () => twoOfFour,
  granularity: ({granularity}) => granularity,
  refuse: ({sparsity}) =>
    sparsity < 0.5 ? {key: 'sparsity', message: `${sparsity} is below what TVW can do: 2:4 alone removes 0.5. Use 0.5…1, or type: tw.`} : undefined,
  prune: (_, weights, {sparsity, granularity}) => pruneTiles(weights(), {sparsity, granularity, vector: twoOfFour}),
  pruneTogether: (layers, {sparsity, granularity}) => pruneLayers(layers, {sparsity, granularity, vector: twoOfFour}),
};
