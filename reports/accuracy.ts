import type {Result} from '../sim/stats/result.ts';
import type {Point} from './study.ts';

/** How far simulated values are from measured ones. */
export interface Accuracy {
  readonly name: string;
  readonly rows: number;
  /** Mean, median and 90th percentile of the absolute relative errors. */
  readonly mape: number;
  readonly median: number;
  readonly p90: number;
  /** The largest error, with its sign, and the result it is of. */
  readonly worst: {readonly error: number; readonly result: Result};
  /** Pearson's r of the logarithms, and Kendall's τ-b; undefined: the values do not vary. */
  readonly r: number | undefined;
  readonly tau: number | undefined;
}

/** A value of a result, simulated and measured. */
interface Pair {
  readonly result: Result;
  readonly simulated: number;
  readonly measured: number;
}

/** Of the points that were measured: all of them, each pattern's, and each pattern's speed-up over dense. */
export function accuraciesOf(points: readonly Point[]): readonly Accuracy[] {
  const measured = points.filter(({result}) => result.measured_us !== undefined);
  const names = [...new Set(measured.map(({name}) => name))];
  const timesOf = (some: readonly Point[]): readonly Pair[] =>
    some.map(({result}) => ({result, simulated: result.time_us, measured: result.measured_us!}));
  const of = (name: string): readonly Point[] => measured.filter((point) => point.name === name);
  return [
    ...(names.length > 1 ? [accuracyOf('all', timesOf(measured))] : []),
    ...names.map((name) => accuracyOf(name, timesOf(of(name)))),
    ...names.map((name) => accuracyOf(`${name} over dense`, speedupsOf(of(name)))),
  ].flatMap((accuracy) => accuracy ?? []);
}

/** Each metric that was counted on a GPU, where it counted anything. */
export function countersOf(points: readonly Point[]): readonly Accuracy[] {
  const names = new Set(points.flatMap(({result}) => Object.keys(result.measured_metrics ?? {})));
  return [...names].flatMap((name) => {
    const pairs = points.flatMap(({result}): readonly Pair[] => {
      const [measured, simulated] = [result.measured_metrics?.[name] ?? 0, result.metrics[name] ?? 0];
      return measured > 0 && simulated > 0 ? [{result, simulated, measured}] : [];
    });
    return accuracyOf(name, pairs) ?? [];
  });
}

function speedupsOf(points: readonly Point[]): readonly Pair[] {
  return points.flatMap(({result, dense}) =>
    !dense || dense === result || dense.measured_us === undefined
      ? []
      : [{result, simulated: dense.time_us / result.time_us, measured: dense.measured_us / result.measured_us!}],
  );
}

/** undefined: there is nothing to compare. */
export function accuracyOf(name: string, pairs: readonly Pair[]): Accuracy | undefined {
  if (pairs.length === 0) return undefined;
  const errors = pairs.map(({simulated, measured, result}) => ({error: simulated / measured - 1, result}));
  const sizes = errors.map(({error}) => Math.abs(error)).sort((a, b) => a - b);
  const [x, y] = [pairs.map((p) => Math.log(p.measured)), pairs.map((p) => Math.log(p.simulated))];
  return {
    name,
    rows: pairs.length,
    mape: mean(sizes),
    median: quantile(sizes, 0.5),
    p90: quantile(sizes, 0.9),
    worst: errors.reduce((a, b) => (Math.abs(b.error) > Math.abs(a.error) ? b : a)),
    r: pearson(x, y),
    tau: kendall(x, y),
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Of sorted values, with the value between two neighbours interpolated. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * ((sorted[Math.floor(at) + 1] ?? below) - below);
}

function pearson(x: readonly number[], y: readonly number[]): number | undefined {
  const [mx, my] = [mean(x), mean(y)];
  const sum = (of: (i: number) => number): number => x.reduce((total, _, i) => total + of(i), 0);
  const spread = Math.sqrt(sum((i) => (x[i]! - mx) ** 2) * sum((i) => (y[i]! - my) ** 2));
  return spread > 0 ? sum((i) => (x[i]! - mx) * (y[i]! - my)) / spread : undefined;
}

/** τ-b: pairs in the same order less pairs in opposite order, over the geometric mean of the pairs that are not tied. */
function kendall(x: readonly number[], y: readonly number[]): number | undefined {
  let [order, inX, inY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const [dx, dy] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)];
      order += dx * dy;
      inX += dx * dx;
      inY += dy * dy;
    }
  }
  return inX * inY > 0 ? order / Math.sqrt(inX * inY) : undefined;
}
