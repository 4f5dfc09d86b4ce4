import {fraction} from '../config/parameter.ts';
import {elementsOf} from './element-wise.ts';
import type {Mask} from './mask.ts';
import type {Layer, Pattern} from './pattern.ts';
import {pruneLayers} from './prune.ts';
import {pooled} from './rank.ts';
import {requestText} from './request.ts';
import {tileWise} from './tile-wise.ts';

const {sparsity, retained, granularity} = tileWise.parameters;
const parameters = {
  sparsity,
  retained,
  delta: fraction('share of all weights that is brought back one by one after TW has removed that much more, δ', {default: 0.05}),
  granularity,
};

/** TEW: TW at sparsity + δ, then the best δ of what it pruned comes back weight by weight. SC'20 §4; paper notes 1.4. */
export const tileElementWise: Pattern<typeof parameters> = {
  type: 'tew',
  doc: 'tile-wise on tensor cores, and the most important of the pruned weights as CSR on CUDA cores',
  parameters,
  launchesTiles: true,
  index: () => ({rows: 1, columns: true}),
  cores: () => 'both',
  label: (values) => `TEW ${requestText(values)}`,
  vector: () => undefined,
  granularity: (values) => values.granularity,
  sparsities: ({delta}) => ({from: 0, below: 1 - delta}),
  refuse: (values) =>
    values.sparsity + values.delta < 1
      ? undefined
      : {
          key: 'delta',
          message: `TW would have to remove ${values.sparsity} + ${values.delta}; expected a delta below ${Number((1 - values.sparsity).toFixed(6))}`,
        },
  prune: (_, weights, values) => pruneAndRestore([{weights: weights(), count: 1}], values)[0]!,
  pruneTogether: pruneAndRestore,
};

function pruneAndRestore(
  layers: readonly Layer[],
  values: {readonly sparsity: number; readonly delta: number; readonly granularity: number},
): readonly Mask[] {
  const masks = pruneLayers(layers, {sparsity: values.sparsity + values.delta, granularity: values.granularity});
  const inTiles = masks.map((mask) => {
    const kept = new Uint8Array(mask.k * mask.n);
    for (const {columns, rows} of mask.tiles) for (const column of columns) for (const row of rows) kept[column * mask.k + row] = 1;
    return kept;
  });
  const pool = pooled(layers.map(({weights}, layer) => weights.values.map((value, at) => (inTiles[layer]![at] === 1 ? 0 : Math.abs(value)))));
  const back = layers.map(({weights}) => new Uint8Array(weights.values.length));
  let left = layers.reduce((sum, {weights: {k, n}, count}) => sum + Math.round(values.delta * k * n) * count, 0);
  for (const index of pool.order) {
    const layer = pool.part[index]!;
    const at = index - pool.start[layer]!;
    left -= layers[layer]!.count;
    if (left < 0 || inTiles[layer]![at] === 1) break;
    back[layer]![at] = 1;
  }
  return masks.map((mask, layer) => ({...mask, elements: elementsOf(mask, (at) => back[layer]![at] === 1)}));
}
