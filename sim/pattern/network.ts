import type {Mask} from './mask.ts';
import type {Layer, Pattern} from './pattern.ts';

type PatternValues = {readonly [parameter: string]: unknown};

/**
 * Prunes the layers of a network as the paper does (paper notes 1.3 to 1.5): ranked together where the pattern can, and step by
 * step through the sparsities of `stages` that come before the pattern's own; what one stage prunes later ones do not bring back.
 * Weights are not trained between stages.
 */
export function pruneNetwork(pattern: Pattern, layers: readonly Layer[], values: PatternValues, stages: readonly number[]): readonly Mask[] {
  const {sparsity} = values;
  const earlier = typeof sparsity === 'number' ? stages.filter((stage) => stage < sparsity) : [];
  const left = earlier.reduce<readonly Layer[]>((current, stage) => {
    const staged = {...values, sparsity: stage};
    return pattern.refuse?.(staged) ? current : survivors(current, prune(pattern, current, staged));
  }, layers);
  return prune(pattern, left, values);
}

function prune(pattern: Pattern, layers: readonly Layer[], values: PatternValues): readonly Mask[] {
  return pattern.pruneTogether?.(layers, values) ?? layers.map(({weights}) => pattern.prune(weights, () => weights, values));
}

/** The layers with 0 wherever no tile keeps a weight. What n:m drops inside a tile stays: the next stage chooses anew. */
function survivors(layers: readonly Layer[], masks: readonly Mask[]): readonly Layer[] {
  return layers.map(({weights, count}, layer) => {
    const values = new Float32Array(weights.values.length);
    for (const {columns, rows} of masks[layer]!.tiles)
      for (const column of columns) for (const row of rows) values[column * weights.k + row] = weights.values[column * weights.k + row]!;
    return {weights: {...weights, values}, count};
  });
}
