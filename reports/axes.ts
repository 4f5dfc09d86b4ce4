import type {Point} from './study.ts';
import {plain} from './format.ts';

/** An axis that results were swept over. */
export interface SweptAxis {
  readonly path: string;
  /** 'l2.capacity' */
  readonly name: string;
  /** In order: by number where all are numbers with one unit, else as they came. */
  readonly values: readonly string[];
}

/** The swept axes that have at least two values. */
export function sweptAxes(points: readonly Point[]): readonly SweptAxis[] {
  const found = new Map<string, Set<string>>();
  for (const {result} of points) for (const [path, value] of Object.entries(result.axes)) found.set(path, (found.get(path) ?? new Set()).add(value));
  return [...found]
    .filter(([, values]) => values.size > 1)
    .map(([path, values]) => ({path, name: plain(path.replace(/^(gpu|kernel|workload|pattern)\./, '')), values: inOrder([...values])}));
}

/** The number a value begins with, its unit's prefix applied: '20 MiB' → 20971520; undefined: it is none. */
export function amountOf(value: string): number | undefined {
  const match = /^([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([kKMGTmuµnp]?)(i?)/.exec(value.trim());
  if (!match) return undefined;
  const [, digits, prefix, binary] = match;
  const powers: {readonly [prefix: string]: number} = {T: 4, G: 3, M: 2, k: 1, K: 1, m: -1, u: -2, µ: -2, n: -3, p: -4};
  return Number(digits) * (binary ? 1024 : 1000) ** (prefix ? powers[prefix]! : 0);
}

function inOrder(values: readonly string[]): readonly string[] {
  const amounts = new Map(values.map((value) => [value, amountOf(value)]));
  return [...amounts.values()].includes(undefined) ? values : values.toSorted((a, b) => amounts.get(a)! - amounts.get(b)!);
}
