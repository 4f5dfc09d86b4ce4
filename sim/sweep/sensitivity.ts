import type {GpuValues} from '../config/gpu.ts';
import {isPlayable} from '../fit.ts';
import type {Point} from '../point.ts';
import type {Kernel} from '../trace/kernel.ts';
import type {Result} from '../stats/result.ts';
import {kernelParameters} from '../trace/kernel.ts';
import {units, type Unit} from './ideal.ts';
import {moved, type Moved} from './perturb.ts';

/** A point with some units of its GPU made ideal. */
export interface Idealised {
  readonly unit: Unit;
  readonly point: Point;
}

/** A point with one parameter of its GPU moved. */
export interface Varied {
  readonly move: Moved;
  readonly point: Point;
}

/** The point with the kernel that was chosen for it: what another GPU would make a library choose is another question. */
export function withKernel(point: Point, {kernel}: Result): Point {
  if ('trace' in point.workload || point.kernel !== 'auto') return point;
  const chosen = Object.keys(kernelParameters).map((name) => [name, (kernel as unknown as {readonly [key: string]: unknown})[name]]);
  return {...point, kernel: Object.fromEntries(chosen) as Kernel};
}

/** Each unit made ideal in turn, on top of those that are already. */
export function idealised(point: Point, already: readonly Unit[] = []): readonly Idealised[] {
  const base = already.reduce((gpu, {ideal}) => ideal(gpu), point.gpu.values);
  return units
    .filter((unit) => !already.includes(unit))
    .map((unit) => ({unit, point: on(point, unit.ideal(base), {ideal: [...already, unit].map(({name}) => name).join(' + ')})}))
    .filter((one) => isPlayable(one.point));
}

/** Every parameter moved by ±`by` of itself, as far as the machine can still be built. */
export function varied(point: Point, by: number): readonly Varied[] {
  return [-by, by]
    .flatMap((share) => moved(point.gpu.values, share))
    .map((move) => ({move, point: on(point, move.gpu, {[`gpu.${move.path}`]: move.to})}))
    .filter((one) => isPlayable(one.point));
}

function on(point: Point, values: GpuValues, axes: Point['axes']): Point {
  return {...point, gpu: {...point.gpu, values}, axes: {...point.axes, ...axes}};
}

/** How much faster each unit makes a point when it is ideal, the most first. */
export function ranked<T>(base: Result, each: readonly {readonly of: T; readonly result: Result | undefined}[]) {
  return each
    .flatMap(({of, result}) => (result ? [{of, time: result.time_us, speedup: base.time_us / result.time_us}] : []))
    .sort((a, b) => b.speedup - a.speedup);
}

/** What a parameter does: % of time for 1 % of it, from both sides, and the times themselves. */
export interface Effect {
  readonly path: string;
  readonly value: string;
  readonly less: number | undefined;
  readonly more: number | undefined;
  /** d log time / d log parameter: −1 is a time inversely proportional to it, 0 none. */
  readonly elasticity: number;
}

/** Parameters by how much time follows them, the most first. */
export function effects(base: Result, each: readonly {readonly of: Moved; readonly result: Result | undefined}[]): readonly Effect[] {
  const paths = [...new Set(each.map(({of}) => of.path))];
  return paths
    .flatMap((path): Effect[] => {
      const sides = each.filter(({of, result}) => of.path === path && result);
      if (sides.length === 0) return [];
      const at = (sign: number) => sides.find(({of}) => Math.sign(of.change) === sign)?.result?.time_us;
      const slopes = sides.map(({of, result}) => Math.log(result!.time_us / base.time_us) / Math.log(1 + of.change));
      const elasticity = slopes.reduce((a, b) => a + b, 0) / slopes.length;
      return [{path, value: sides[0]!.of.from, less: at(-1), more: at(1), elasticity}];
    })
    .sort((a, b) => Math.abs(b.elasticity) - Math.abs(a.elasticity));
}
