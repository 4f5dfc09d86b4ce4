import {count, fraction} from '../config/parameter.ts';
import {formatShare} from '../config/units.ts';
import {ascending, type Mask} from './mask.ts';
import type {Pattern, Weights} from './pattern.ts';
import {chunks, marked} from './prune.ts';
import {rank} from './rank.ts';
import {blockScores} from './scores.ts';

const parameters = {
  sparsity: fraction('share of all weights removed'),
  block: count('rows and columns of a block: 8, 16, 32 or 64', {step: 8, max: 64, default: 32}),
};

/** BW: square blocks are kept or pruned whole. Gray et al.'s block-sparse kernels; SC'20's BW. */
export const blockWise: Pattern<typeof parameters> = {
  type: 'bw',
  doc: 'square blocks of weights are kept or pruned whole',
  parameters,
  index: ({block}) => ({rows: block, columns: false}),
  label: ({sparsity, block}) => `BW-${block} ${formatShare(sparsity)}`,
  vector: () => undefined,
  granularity: ({block}) => block,
  refuse: ({block}) =>
    64 % block === 0 ? undefined : {key: 'block', message: `blocks of ${block} do not divide a K tile of 64; expected 8, 16, 32 or 64`},
  prune: (_, weights, {sparsity, block}) => pruneBlocks(weights(), sparsity, block),
};

/** Blocks from the highest mean square down, one threshold for the layer, as long as they fit the request; one at least. */
function pruneBlocks(weights: Weights, sparsity: number, block: number): Mask {
  const {k, n} = weights;
  const target = (1 - sparsity) * k * n;
  const columns = chunks(ascending(n), block);
  const perColumn = Math.ceil(k / block);
  const kept = new Uint8Array(columns.length * k);
  let weightsKept = 0;
  for (const index of rank(blockScores(weights, block))) {
    const tile = Math.floor(index / perColumn);
    const first = (index % perColumn) * block;
    const rows = Math.min(block, k - first);
    const cost = rows * columns[tile]!.length;
    if (weightsKept > 0 && weightsKept + cost > Math.ceil(target)) break;
    weightsKept += cost;
    kept.fill(1, tile * k + first, tile * k + first + rows);
  }
  return {k, n, tiles: columns.map((own, tile) => ({columns: own, rows: marked(kept.subarray(tile * k, (tile + 1) * k))}))};
}
