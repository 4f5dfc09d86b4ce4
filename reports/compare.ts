import type {Result} from '../sim/stats/result.ts';
import {plain} from './format.ts';
import {ordered} from './reasons.ts';

/** A parameter that two results differ in. */
export interface Change {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** Something counted in both, in cycles or in a metric's own unit. */
export interface Shift {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** How one result differs from another. */
export interface Comparison {
  readonly before: Result;
  readonly after: Result;
  readonly isSame: boolean;
  readonly parameters: readonly Change[];
  /** SM cycles by reason, the largest difference first; the differences add up to that of the cycles. */
  readonly causes: readonly Shift[];
  /** Metrics that differ by more than a thousandth, the largest ratio first. */
  readonly metrics: readonly Shift[];
}

/** Why two results have no difference to explain, in a sentence; undefined: they do the same work. */
export function refuseComparison(before: Result, after: Result): string | undefined {
  const work = ({workload, m, n, k, count}: Result) => `${plain(workload)} ${m}×${n}×${k}${count > 1 ? `, ${count} times` : ''}`;
  const shape = ({m, n, k, count}: Result) => [m, n, k, count].join();
  return shape(before) === shape(after) ? undefined : `different work: ${work(before)} and ${work(after)}; cycles of one say nothing about the other`;
}

export function compare(before: Result, after: Result): Comparison {
  const [from, to] = [parametersOf(before), parametersOf(after)];
  const parameters = [...new Set([...from.keys(), ...to.keys()])]
    .map((name) => ({name: plain(name), before: from.get(name) ?? '–', after: to.get(name) ?? '–'}))
    .filter((change) => change.before !== change.after);
  const causes = ordered([...Object.keys(before.ledger), ...Object.keys(after.ledger)])
    .map((name) => ({name, before: before.ledger[name] ?? 0, after: after.ledger[name] ?? 0}))
    .toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
  const metrics = [...new Set([...Object.keys(before.metrics), ...Object.keys(after.metrics)])]
    .map((name) => ({name, before: before.metrics[name] ?? 0, after: after.metrics[name] ?? 0}))
    .filter((shift) => ratioOf(shift) > 1.001)
    .toSorted((a, b) => ratioOf(b) - ratioOf(a));
  return {before, after, isSame: before.digest === after.digest, parameters, causes: causes.filter((c) => c.before !== c.after), metrics};
}

/** How many times the smaller the larger is, whatever the sign; Infinity where one is 0. */
function ratioOf({before, after}: Shift): number {
  if (before === after) return 1;
  const [small, large] = [Math.abs(before), Math.abs(after)].toSorted((a, b) => a - b) as [number, number];
  return small === 0 ? Infinity : large / small;
}

/** All that decides a result, by path: gpu, pattern.sparsity, kernel.stages, gpu.l2.capacity of an axis. */
export function parametersOf(result: Result): ReadonlyMap<string, string> {
  const {pattern, kernel, axes} = result;
  const {ctas: _, ctas_per_sm: __, waves: ___, name: ____, ...choices} = kernel;
  const {label: _____, ...shape} = pattern;
  const flat = (prefix: string, values: object) => Object.entries(values).map(([key, value]): [string, string] => [`${prefix}${key}`, said(value)]);
  const own = (['workload', 'gpu', 'dtype', 'fidelity', 'seed', 'activations', 'l2', 'launch'] as const).map((key): [string, string] => [
    key,
    said(result[key]),
  ]);
  return new Map([...own, ...flat('pattern.', shape), ...flat('kernel.', choices), ...flat('', axes)]);
}

const said = (value: unknown): string =>
  plain(typeof value === 'string' ? value : Array.isArray(value) ? value.join('×') : (JSON.stringify(value) ?? '–'));
