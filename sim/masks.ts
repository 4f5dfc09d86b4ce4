import {elements} from './elements.ts';
import {packedRatios} from './gpu/tensor-core.ts';
import {importance} from './pattern/importance.ts';
import {patterns} from './pattern/index.ts';
import type {Mask} from './pattern/mask.ts';
import {pruneNetwork} from './pattern/network.ts';
import type {Pattern, Weights} from './pattern/pattern.ts';
import {canonicalJson, type Point} from './point.ts';
import {Recent} from './recent.ts';
import type {Gemm} from './workload/gemm.ts';

/** The pattern a layer really has, as the point's GPU runs it: its weights may be protected. */
export function kindOf({pattern, protect, gpu, dtype}: Point, gemm: Gemm): Pattern {
  const kind = patterns[protect.includes(gemm.name) ? 'dense' : pattern.type]!;
  return kind.on?.(packedRatios(gpu.values.tensorCore, elements[dtype]!.mma)) ?? kind;
}

/** Which weights of the point's layer survive: ranked by itself, or with the network's other layers. */
export function maskOf(point: Point, gemm: Gemm, weights: () => Weights): Mask {
  const pattern = kindOf(point, gemm);
  const {values} = point.pattern;
  const layers = point.layers?.filter(({name}) => !point.protect.includes(name));
  if (!layers || !pattern.pruneTogether)
    return point.stages.length === 0
      ? pattern.prune(gemm, weights, values)
      : pruneNetwork(pattern, [{weights: weights(), count: 1}], values, point.stages)[0]!;
  const key = canonicalJson({layers, pattern: point.pattern, seed: point.seed, stages: point.stages});
  const masks = networks.get(key, () => {
    const all = layers.map((layer) => ({weights: importance(layer, point.seed), count: layer.count}));
    return pruneNetwork(pattern, all, values, point.stages);
  });
  return masks[layers.findIndex(({name}) => name === gemm.name)]!;
}

/** The layers of a network are simulated one by one, and pruned together. */
const networks = new Recent<readonly Mask[]>(16);
