import type {Elements, Mask} from './mask.ts';
import type {Layer, Pattern, Weights} from './pattern.ts';
import {pooled} from './rank.ts';
import {request, requestText} from './request.ts';

const parameters = request('share of all weights removed');

/** EW: every weight by itself, by magnitude; stored as CSR. Han et al., NIPS'15; SC'20's EW. */
export const elementWise: Pattern<typeof parameters> = {
  type: 'ew',
  doc: 'every weight is kept or pruned by itself: CSR, multiplied on CUDA cores',
  parameters,
  index: () => ({rows: 0, columns: false}),
  label: (asked) => `EW ${requestText(asked)}`,
  vector: () => undefined,
  granularity: () => undefined,
  cores: () => 'cuda',
  sparsities: () => ({from: 0, below: 1}),
  sparsityRetaining,
  prune: (_, weights, {sparsity}) => pruneElements([{weights: weights(), count: 1}], sparsity)[0]!,
  pruneTogether: (layers, {sparsity}) => pruneElements(layers, sparsity),
};

/** What the largest magnitudes of all layers leave to be pruned when they add up to the share. */
function sparsityRetaining(layers: readonly Layer[], share: number): number {
  const magnitudes = layers.map(({weights}) => weights.values.map(Math.abs));
  const pool = pooled(magnitudes);
  const sumOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);
  let missing = share * layers.reduce((sum, {count}, layer) => sum + sumOf(magnitudes[layer]!) * count, 0);
  let left = layers.reduce((sum, {weights: {k, n}, count}) => sum + k * n * count, 0);
  const all = left;
  for (const index of pool.order) {
    if (missing <= 0) break;
    const {count} = layers[pool.part[index]!]!;
    missing -= pool.scores[index]! * count;
    left -= count;
  }
  return left / all;
}

/** The largest magnitudes of all layers together, as many as the request leaves; one at least. */
function pruneElements(layers: readonly Layer[], sparsity: number): readonly Mask[] {
  const target = Math.round(layers.reduce((sum, {weights: {k, n}, count}) => sum + (1 - sparsity) * k * n * count, 0));
  const pool = pooled(layers.map(({weights}) => weights.values.map(Math.abs)));
  const kept = layers.map(({weights}) => new Uint8Array(weights.values.length));
  let keptWeights = 0;
  for (const index of pool.order) {
    const layer = pool.part[index]!;
    const {count} = layers[layer]!;
    if (keptWeights > 0 && keptWeights + count > target) break;
    keptWeights += count;
    kept[layer]![index - pool.start[layer]!] = 1;
  }
  return layers.map(({weights: {k, n}}, layer) => ({k, n, tiles: [], elements: elementsOf({k, n}, (at) => kept[layer]![at] === 1)}));
}

/** The weights that `keeps` keeps, by their place n · K + k. */
export function elementsOf({k, n}: Pick<Weights, 'k' | 'n'>, keeps: (at: number) => boolean): Elements {
  const start = new Uint32Array(n + 1);
  const rows: number[] = [];
  for (let column = 0; column < n; column++) {
    for (let row = 0; row < k; row++) if (keeps(column * k + row)) rows.push(row);
    start[column + 1] = rows.length;
  }
  return {start, rows: Uint32Array.from(rows)};
}
