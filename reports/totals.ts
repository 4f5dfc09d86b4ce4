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
  readonly type: string;
  /** Undefined where a layer has no result under the pattern. */
  readonly time_us: number | undefined;
  /** Time of the network with every layer dense over this one. */
  readonly speedup: number | undefined;
  /** Share of the weights that is pruned, protected ones among them; a weight counts as often as its layer is run. */
  readonly sparsity: number | undefined;
  /** Of the weights that are not protected: the share that is pruned, and the share of Σ|w| that is left. */
  readonly prunable: {readonly sparsity: number; readonly retained: number} | undefined;
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
  const patterns = [...new Map(points.map(({name, result}) => [name, result.pattern.type]))];
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
  const isPrunable = (layer: readonly Point[]): boolean => first(layer).weights !== 'protected';
  const prunable = sum((layer) => (isPrunable(layer) ? first(layer).n * first(layer).k : 0))!;
  const weightsPruned = (result: Result): number => result.n * result.k * (result.metrics['tvw.sparsity'] ?? 0);
  const magnitude = magnitudes(layers.map((layer) => layer.map(({result}) => result)));
  const importanceLeft = (result: Result): number => magnitude(result) * (result.metrics['tvw.retained_importance'] ?? 1);
  const over = (pattern: string, of: (result: Result) => number, counts: (layer: readonly Point[]) => boolean): number | undefined =>
    sum((layer) => {
      const result = under(layer, pattern);
      return counts(layer) ? result && of(result) : 0;
    });
  return {
    label,
    gemms: sum(() => 1)!,
    simulated: layers.length,
    totals: patterns.map(([pattern, type]) => {
      const time_us = sum((layer) => under(layer, pattern)?.time_us);
      const pruned = over(pattern, weightsPruned, () => true);
      const lost = over(pattern, weightsPruned, isPrunable);
      const [left, all] = [over(pattern, importanceLeft, isPrunable), over(pattern, magnitude, isPrunable)];
      return {
        pattern,
        type,
        time_us,
        speedup: time_us === undefined || dense === undefined ? undefined : dense / time_us,
        sparsity: pruned === undefined ? undefined : pruned / weights,
        prunable: lost === undefined || !left || !all ? undefined : {sparsity: lost / prunable, retained: left / all},
      };
    }),
  };
}

/** Σ|w| of a result's layer, as one of its patterns found it; where none looked, as layers of as many weights have here. */
function magnitudes(layers: readonly (readonly Result[])[]): (result: Result) => number {
  const found = new Map(layers.flat().flatMap(({workload, magnitude}) => (magnitude === undefined ? [] : [[workload, magnitude] as const])));
  const seen = layers.flatMap(([first]) => (first && found.has(first.workload) ? [first] : []));
  const weights = seen.reduce((sum, {n, k}) => sum + n * k, 0);
  const usual = weights > 0 ? seen.reduce((sum, {workload}) => sum + found.get(workload)!, 0) / weights : 1;
  return ({workload, n, k}) => found.get(workload) ?? usual * n * k;
}

/** Averages over networks, each counting as much as another, as papers have them. */
export interface Mean {
  readonly pattern: string;
  readonly type: string;
  /** Speed-up over dense. */
  readonly mean: number;
  /** Of prunable weights. */
  readonly sparsity: number | undefined;
  readonly retained: number | undefined;
}

/** The mean of every pattern that all networks have; of one network none. */
export function meansOf(networks: readonly Network[]): readonly Mean[] {
  if (networks.length < 2) return [];
  const patterns = new Map(networks.flatMap(({totals}) => totals.map(({pattern, type}) => [pattern, type])));
  return [...patterns].flatMap(([pattern, type]): readonly Mean[] => {
    const own = networks.map(({totals}) => totals.find((total) => total.pattern === pattern));
    const mean = average(own.map((total) => total?.speedup));
    if (mean === undefined) return [];
    const [sparsity, retained] = (['sparsity', 'retained'] as const).map((share) => average(own.map((total) => total?.prunable?.[share])));
    return [{pattern, type, mean, sparsity, retained}];
  });
}

/** How much faster networks are under one pattern than under another: the ratio of each, averaged. */
export function meanRatio(networks: readonly Network[], pattern: string, over: string): number | undefined {
  const timeOf = ({totals}: Network, name: string) => totals.find((total) => total.pattern === name)?.time_us;
  return average(
    networks.map((network) => {
      const [own, others] = [timeOf(network, pattern), timeOf(network, over)];
      return own === undefined || others === undefined ? undefined : others / own;
    }),
  );
}

/** Undefined where one of them is, or there is none. */
function average(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 || known.length < values.length ? undefined : known.reduce((a, b) => a + b, 0) / known.length;
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
