import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {BadInput, fileProblem} from '../config/problem.ts';
import {cost} from './cost.ts';
import type {Errand} from './engine.ts';

/** Which points of a sweep a submission is about, by their numbers, and of which sweep. */
export interface Todo {
  readonly sweep: string;
  readonly points: readonly number[];
}

/** What makes a sweep the same sweep: its points and the simulator. */
export function sweepDigest(errands: readonly Errand[]): string {
  const digest = createHash('sha256');
  for (const {key} of errands) digest.update(key.name);
  return digest.digest('hex');
}

/** Those of some points that are the i-th of n shards (1 … n), each about as long as the others: the points are dealt out, longest first. */
export function shardOf(errands: readonly Errand[], points: readonly number[], i: number, n: number): readonly Errand[] {
  const costs = new Map(points.map((point) => [point, cost(errands[point]!.point)]));
  const order = [...points].sort((a, b) => costs.get(b)! - costs.get(a)! || a - b);
  return order.filter((_, at) => at % n === i - 1).map((point) => errands[point]!);
}

/** Reads what a submission left. Throws BadInput if the sweep is another one by now. */
export function readTodo(file: string, errands: readonly Errand[]): readonly number[] {
  const {sweep, points} = JSON.parse(readFileSync(file, 'utf8')) as Todo;
  if (sweep === sweepDigest(errands)) return points;
  throw new BadInput([fileProblem(file, 'was submitted for other points: the experiment, or the simulator, has changed since; submit it again')]);
}

/** '3/8' */
export function parseShard(text: string): {readonly i: number; readonly n: number} | undefined {
  const [, i, n] = /^(\d{1,7})\/(\d{1,7})$/.exec(text) ?? [];
  const shard = {i: Number(i), n: Number(n)};
  return shard.i >= 1 && shard.i <= shard.n ? shard : undefined;
}
