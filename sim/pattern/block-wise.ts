import {count} from '../config/parameter.ts';
import {ascending, type Mask} from './mask.ts';
import type {Layer, Pattern} from './pattern.ts';
import {chunks, marked} from './prune.ts';
import {pooled} from './rank.ts';
import {request, requestText} from './request.ts';
import {blockScores} from './scores.ts';

const parameters = {
  ...request('share of all weights removed'),
  block: count('rows and columns of a block: 8, 16, 32 or 64', {step: 8, max: 64, default: 32}),
};

/** Rows that an entry of the index names. Blocks of 64 are two entries, as long together as one of PyTorch's, of 64 bits. */
const stepRows = 32;

/** BW: square blocks are kept or pruned whole. Gray et al.'s block-sparse kernels; SC'20's BW. */
export const blockWise: Pattern<typeof parameters> = {
  type: 'bw',
  doc: 'square blocks of weights are kept or pruned whole',
  parameters,
  index: ({block}) => ({rows: Math.min(block, stepRows), columns: false}),
  label: ({block, ...asked}) => `BW-${block} ${requestText(asked)}`,
  vector: () => undefined,
  granularity: ({block}) => block,
  sparsities: () => ({from: 0, below: 1}),
  refuse: ({block}) =>
    64 % block === 0 ? undefined : {key: 'block', message: `blocks of ${block} do not divide a K tile of 64; expected 8, 16, 32 or 64`},
  prune: (_, weights, {sparsity, block}) => pruneBlocks([{weights: weights(), count: 1}], sparsity, block)[0]!,
  pruneTogether: (layers, {sparsity, block}) => pruneBlocks(layers, sparsity, block),
};

/** Blocks from the highest mean square down, one threshold for all layers, as long as they fit the request; one at least. */
function pruneBlocks(layers: readonly Layer[], sparsity: number, block: number): readonly Mask[] {
  const target = Math.ceil(layers.reduce((sum, {weights: {k, n}, count}) => sum + (1 - sparsity) * k * n * count, 0));
  const pool = pooled(layers.map(({weights}) => blockScores(weights, block)));
  const kept = layers.map(({weights: {k, n}}) => new Uint8Array(Math.ceil(n / block) * k));
  let keptWeights = 0;
  for (const index of pool.order) {
    const layer = pool.part[index]!;
    const {weights, count} = layers[layer]!;
    const perColumn = Math.ceil(weights.k / block);
    const number = index - pool.start[layer]!;
    const column = Math.floor(number / perColumn);
    const first = (number % perColumn) * block;
    const rows = Math.min(block, weights.k - first);
    const cost = rows * Math.min(block, weights.n - column * block) * count;
    if (keptWeights > 0 && keptWeights + cost > target) break;
    keptWeights += cost;
    kept[layer]!.fill(1, column * weights.k + first, column * weights.k + first + rows);
  }
  return layers.map(({weights: {k, n}}, layer) => ({
    k,
    n,
    tiles: chunks(ascending(n), block).map((columns, tile) => ({columns, rows: marked(kept[layer]!.subarray(tile * k, (tile + 1) * k))})),
  }));
}
