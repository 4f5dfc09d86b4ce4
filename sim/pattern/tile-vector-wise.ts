import {count, optional} from '../config/parameter.ts';
import {ratioOf, type Vector} from './mask.ts';
import type {Pattern} from './pattern.ts';
import {pruneLayers, pruneTiles} from './prune.ts';
import {request, requestText} from './request.ts';

const parameters = {
  ...request('share of all weights removed, by tiles and by 2:4 together: 1 − (1 − s_TW)/2, so 0.5 or more; by n:m: 1 − n/m or more'),
  granularity: count('surviving columns of one tile, G', {step: 8, default: 128}),
  n: optional(count('weights kept of every m', {max: 32}), 2),
  m: optional(count('consecutive kept rows that share the choice; the sparse tensor cores of silicon know 2:4', {max: 32}), 4),
};

const vectorOf = ({n = 2, m = 4}: {readonly n?: number | undefined; readonly m?: number | undefined}): Vector => ({n, m});

/** The share that n:m removes by itself. */
const least = (values: {readonly n?: number | undefined; readonly m?: number | undefined}): number => {
  const {n, m} = vectorOf(values);
  return 1 - n / m;
};

/** TVW: TW, then n:m (2:4 of silicon) along the condensed K of every tile, for the sparse tensor core. Guo et al., TC'24. */
export const tileVectorWise: Pattern<typeof parameters> = {
  type: 'tvw',
  doc: 'tile-wise, then 2 of every 4 consecutive kept rows of a column, or n of every m where the sparse tensor cores know them',
  parameters,
  launchesTiles: true,
  index: () => ({rows: 1, columns: true}),
  label: (values) => {
    const ratio = ratioOf(vectorOf(values));
    return `TVW${ratio === '2:4' ? '' : ` ${ratio}`} ${requestText(values)}`;
  },
  vector: vectorOf,
  granularity: ({granularity}) => granularity,
  sparsities: (values) => ({from: least(values), below: 1}),
  refuse: ({sparsity, ...vector}) => {
    const {n, m} = vectorOf(vector);
    if (n >= m) return {key: 'n', message: `${n}:${m} prunes nothing; expected an n below m, or type: tw`};
    const alone = least(vector);
    if (sparsity >= alone) return undefined;
    return {key: 'sparsity', message: `${sparsity} is below what TVW can do: ${n}:${m} alone removes ${alone}. Use ${alone}…1, or type: tw.`};
  },
  prune: (_, weights, {sparsity, granularity, ...vector}) => pruneTiles(weights(), {sparsity, granularity, vector: vectorOf(vector)}),
  pruneTogether: (layers, {sparsity, granularity, ...vector}) => pruneLayers(layers, {sparsity, granularity, vector: vectorOf(vector)}),
};
