import {elements} from './elements.ts';
import {packedRatios} from './gpu/tensor-core.ts';
import {importance} from './pattern/importance.ts';
import {patterns} from './pattern/index.ts';
import type {Mask} from './pattern/mask.ts';
import {pruneNetwork} from './pattern/network.ts';
import type {Layer, Pattern, Weights} from './pattern/pattern.ts';
import {retainedBy, sparsityRetaining} from './pattern/sparsity-search.ts';
import {canonicalJson, type Point} from './point.ts';
import {Recent} from './trace/recent.ts';
import type {Gemm} from './workload/gemm.ts';

/** The pattern a layer really has, as the point's GPU runs it: its weights may be protected. */
export function kindOf({pattern, protect, gpu, dtype}: Point, gemm: Gemm): Pattern {
  const kind = patterns[protect.includes(gemm.name) ? 'dense' : pattern.type]!;
  return kind.on?.(packedRatios(gpu.values.tensorCore, elements[dtype]!.mma)) ?? kind;
}

/** Which weights of the point's layer survive, ranked by itself or with the network's other layers; and under what values of its pattern. */
export function maskOf(point: Point, gemm: Gemm, weights: () => Weights): {readonly mask: Mask; readonly values: Point['pattern']['values']} {
  const pattern = kindOf(point, gemm);
  const values = settledValues(point, gemm, weights);
  const {stages, seed} = point;
  const ranked = rankedWith(point, gemm);
  if (!ranked)
    return {
      values,
      mask: stages.length === 0 ? pattern.prune(gemm, weights, values) : pruneNetwork(pattern, [{weights: weights(), count: 1}], values, stages)[0]!,
    };
  const key = canonicalJson({layers: ranked, pattern: {...point.pattern, values}, seed, stages});
  const masks = networks.get(key, () => pruneNetwork(pattern, drawn(ranked, seed), values, stages));
  return {values, mask: masks[ranked.findIndex(({name}) => name === gemm.name)]!};
}

/** Why the point's weights cannot retain what is asked for; undefined: they can, or nothing is asked. Looks at weights only where it must. */
export function refuseRetained(point: Point, gemm: Gemm): string | undefined {
  const pattern = kindOf(point, gemm);
  const {retained} = point.pattern.values;
  const from = pattern.sparsities?.(point.pattern.values).from ?? 0;
  // The largest n of every m are never less than n/m of the sum.
  if (typeof retained !== 'number' || retained <= 1 - from) return undefined;
  const {layers, key} = sought(point, gemm);
  const values = {...point.pattern.values, sparsity: from};
  const most = mosts.get(key, () =>
    retainedBy(
      pattern,
      layers(() => importance(gemm, point.seed)),
      values,
      [],
    ),
  );
  const whose = rankedWith(point, gemm) ? (gemm.network ?? 'the GEMMs together') : gemm.name;
  if (most >= retained) return undefined;
  return `got ${retained}, but ${point.pattern.type} retains at most ${most.toFixed(3)} of the importance of ${whose}, as it removes ${from} of the weights or more`;
}

/** The values of the point's pattern, with the sparsity that leaves as much importance as they ask for. */
function settledValues(point: Point, gemm: Gemm, weights: () => Weights): Point['pattern']['values'] {
  const pattern = kindOf(point, gemm);
  const {values} = point.pattern;
  const {retained} = values;
  if (typeof retained !== 'number' || !pattern.sparsities) return values;
  const {layers, key} = sought(point, gemm);
  const sparsity = sparsities.get(key, () => sparsityRetaining(pattern, layers(weights), values, point.stages, retained));
  if (sparsity === undefined) throw new Error(refuseRetained(point, gemm) ?? `no sparsity retains ${retained}`);
  return {...values, sparsity};
}

/** The layers whose importance is looked at together, and what the outcome depends on. */
function sought(point: Point, gemm: Gemm) {
  const {pattern, seed, stages} = point;
  const ranked = rankedWith(point, gemm);
  return {
    layers: (weights: () => Weights): readonly Layer[] => (ranked ? drawn(ranked, seed) : [{weights: weights(), count: 1}]),
    key: canonicalJson({layers: ranked ?? gemm, pattern, seed, stages}),
  };
}

/** The GEMMs that are ranked together with one; undefined: it is ranked by itself. */
function rankedWith(point: Point, gemm: Gemm): readonly Gemm[] | undefined {
  return kindOf(point, gemm).pruneTogether && point.layers?.filter(({name}) => !point.protect.includes(name));
}

function drawn(layers: readonly Gemm[], seed: number): readonly Layer[] {
  return layers.map((layer) => ({weights: importance(layer, seed), count: layer.count}));
}

/** The layers of a network are simulated one by one, and pruned together. */
const networks = new Recent<readonly Mask[]>(16);
const sparsities = new Recent<number | undefined>(1024);
const mosts = new Recent<number>(1024);
