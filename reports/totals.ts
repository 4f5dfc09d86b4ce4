import type {Result} from '../sim/stats/result.ts';
import {plain} from './format.ts';
import type {Point} from './study.ts';

/** A network on one GPU and at one setting. */
export interface Network {
  /** Its name, and what tells it from the others: 'bert-base-b8-s128 · rtx-3090'. */
  readonly label: string;
  /** GEMMs it is made of, and how many of them differ and were simulated. */
  readonly gemms: number;
  readonly simulated: number;
  readonly totals: readonly Total[];
}

/** All layers of a network under one pattern; protected ones dense. */
export interface Total {
  readonly pattern: string;
  /** Undefined where a layer has no result under the pattern. */
  readonly time_us: number | undefined;
  /** Time of the network with every layer dense over this one. */
  readonly speedup: number | undefined;
  /** Share of the weights that is pruned, protected ones among them; a weight counts as often as its layer is run. */
  readonly sparsity: number | undefined;
}

const told: readonly ((r: Result) => string)[] = [
  (r) => plain(r.network ?? ''),
  (r) => plain(r.gpu),
  (r) => plain(r.dtype),
  (r) => plain(r.fidelity),
  (r) => plain(r.activations),
  (r) => `L2 ${plain(r.l2)}`,
  (r) => plain(r.launch),
  (r) => `seed ${r.seed}`,
  (r) => plain(r.experiment),
  (r) =>
    Object.entries(r.axes)
      .filter(([axis]) => !axis.startsWith('pattern.'))
      .map(([axis, value]) => plain(`${axis} ${value}`))
      .join(', '),
];

/** The networks that results are layers of, each under every pattern; none where no result has a network. */
export function networksOf(points: readonly Point[]): readonly Network[] {
  const layered = points.filter(({result}) => result.network !== undefined);
  const telling = told.filter((of, i) => i === 0 || new Set(layered.map(({result}) => of(result))).size > 1);
  const members = grouped(layered, ({result}) => JSON.stringify(told.map((of) => of(result))));
  return members.map((network) => networkOf(network, telling.map((of) => of(network[0]!.result)).join(' · ')));
}

function networkOf(points: readonly Point[], label: string): Network {
  const layers = grouped(points, ({result}) => result.workload);
  const patterns = [...new Set(points.map(({name}) => name))];
  const first = (layer: readonly Point[]): Result => layer[0]!.result;
  const sum = (of: (layer: readonly Point[]) => number | undefined): number | undefined =>
    layers.reduce<number | undefined>((total, layer) => {
      const part = of(layer);
      return total === undefined || part === undefined ? undefined : total + part * first(layer).count;
    }, 0);
  const under = (layer: readonly Point[], pattern: string): Result | undefined =>
    first(layer).weights === 'protected' ? first(layer) : layer.find(({name}) => name === pattern)?.result;
  const dense = sum((layer) => layer[0]!.dense?.time_us);
  const weights = sum((layer) => first(layer).n * first(layer).k)!;
  return {
    label,
    gemms: sum(() => 1)!,
    simulated: layers.length,
    totals: patterns.map((pattern) => {
      const time_us = sum((layer) => under(layer, pattern)?.time_us);
      const pruned = sum((layer) => {
        const result = under(layer, pattern);
        return result && result.n * result.k * (result.metrics['tvw.sparsity'] ?? 0);
      });
      return {
        pattern,
        time_us,
        speedup: time_us === undefined || dense === undefined ? undefined : dense / time_us,
        sparsity: pruned === undefined ? undefined : pruned / weights,
      };
    }),
  };
}

/** Speed-ups averaged over networks, each counting as much as another, as papers do; of one network, or where one lacks a pattern, none. */
export function meansOf(networks: readonly Network[]): readonly {readonly pattern: string; readonly mean: number}[] {
  if (networks.length < 2) return [];
  const patterns = [...new Set(networks.flatMap(({totals}) => totals.map(({pattern}) => pattern)))];
  return patterns.flatMap((pattern) => {
    const speedups = networks.flatMap(({totals}) => totals.find((total) => total.pattern === pattern)?.speedup ?? []);
    return speedups.length < networks.length ? [] : [{pattern, mean: speedups.reduce((a, b) => a + b, 0) / speedups.length}];
  });
}

/** Points of equal keys together, in order of first appearance. */
function grouped(points: readonly Point[], keyOf: (point: Point) => string): readonly (readonly Point[])[] {
  const groups = new Map<string, Point[]>();
  for (const point of points) {
    const key = keyOf(point);
    const group = groups.get(key);
    if (group) group.push(point);
    else groups.set(key, [point]);
  }
  return [...groups.values()];
}
