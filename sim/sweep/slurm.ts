import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {makeDirectory} from '../config/directory.ts';
import {BadInput, fileProblem} from '../config/problem.ts';
import {predictedTogether} from './budget.ts';
import type {Errand} from './engine.ts';
import {sweepDigest, type Todo} from './shard.ts';
import type {Site} from './site.ts';
import type {Store} from './store.ts';

/** Submitted arrays, by Slurm's numbers: DIR/slurm/jobs.json. */
interface Jobs {
  readonly ids: readonly string[];
}

/** How many tasks some points make: none much shorter than the site wants them, and none without a point. */
export function tasksFor(errands: readonly Errand[], points: readonly number[], site: Site): number {
  const seconds = predictedTogether(points.map((i) => errands[i]!.point)) / site.cpus;
  return Math.max(1, Math.min(points.length, Math.ceil(seconds / site.seconds)));
}

/**
 * Submits some points of a sweep as job arrays. `shard`: the command, as shell words, that a task runs, to which its shard and
 * the list of points are added. Every task may be run twice: what it finds done it leaves. Returns the arrays' numbers.
 */
export async function submit(
  store: Store,
  errands: readonly Errand[],
  points: readonly number[],
  shard: string,
  site: Site,
): Promise<readonly string[]> {
  const folder = join(store.directory, 'slurm');
  makeDirectory(folder);
  const before = jobsOf(store);
  const todo = join(folder, `todo-${before.length}.json`);
  const list: Todo = {sweep: sweepDigest(errands), points};
  await store.put(todo, [`${JSON.stringify(list)}\n`]);
  const tasks = tasksFor(errands, points, site);
  const ids: string[] = [];
  for (let first = 0; first < tasks; first += site.array) {
    const script = join(folder, `array-${before.length + ids.length}.sh`);
    await store.put(script, [scriptOf({folder, first, tasks, todo, shard, site})]);
    const {stdout} = await slurm('sbatch', '--parsable', script);
    ids.push(stdout.trim().split(';')[0]!);
    const jobs: Jobs = {ids: [...before, ...ids]};
    await store.put(join(folder, 'jobs.json'), [`${JSON.stringify(jobs)}\n`]);
  }
  return ids;
}

interface Script {
  readonly folder: string;
  /** The number of the array's first task among all. */
  readonly first: number;
  readonly tasks: number;
  readonly todo: string;
  readonly shard: string;
  readonly site: Site;
}

/** The script of an array: a task is a shard. */
export function scriptOf({folder, first, tasks, todo, shard, site}: Script): string {
  const last = Math.min(site.array, tasks - first) - 1;
  const options = [
    '--job-name=tvwsim',
    `--array=0-${last}%${site.atOnce}`,
    // A task of a node that died is put back into the queue; what it had done is found.
    '--requeue',
    '--open-mode=append',
    `--output=${join(folder, '%A_%a.out')}`,
    `--cpus-per-task=${site.cpus}`,
    ...Object.entries({partition: site.partition, account: site.account, time: site.time, mem: site.memory})
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `--${name}=${value}`),
    ...site.extra,
  ];
  const task = `"$((SLURM_ARRAY_TASK_ID + ${first + 1}))/${tasks}"`;
  return [
    '#!/bin/bash',
    ...options.map((option) => `#SBATCH ${option}`),
    ...site.setup,
    `exec ${shard} --workers ${site.cpus} --todo '${todo.replaceAll("'", "'\\''")}' ${task}`,
    '',
  ].join('\n');
}

/** The arrays that were submitted for a directory. */
export function jobsOf(store: Store): readonly string[] {
  try {
    return (JSON.parse(readFileSync(join(store.directory, 'slurm', 'jobs.json'), 'utf8')) as Jobs).ids;
  } catch {
    return [];
  }
}

/** How many tasks of some arrays are in each state of the queue; empty when none is left. A queue that does not answer says nothing: undefined. */
export async function queued(ids: readonly string[]): Promise<ReadonlyMap<string, number> | undefined> {
  if (ids.length === 0) return new Map();
  let lines: string;
  try {
    lines = (await slurm('squeue', '-h', '-r', '-j', ids.join(','), '-o', '%T')).stdout;
  } catch (error) {
    if (error instanceof BadInput) throw error;
    // squeue forgets jobs some minutes after their end, and then takes their numbers for a mistake.
    if (!/invalid job id/i.test((error as Error).message)) return undefined;
    lines = '';
  }
  const states = new Map<string, number>();
  for (const state of lines.split('\n').filter(Boolean)) states.set(state, (states.get(state) ?? 0) + 1);
  return states;
}

/** Ends what is left of a directory's arrays. */
export async function cancel(store: Store): Promise<void> {
  const ids = jobsOf(store);
  if (ids.length > 0) await slurm('scancel', ...ids);
}

async function slurm(command: string, ...args: readonly string[]): Promise<{readonly stdout: string}> {
  try {
    return await promisify(execFile)(command, args);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new BadInput([
        fileProblem(
          '--engine slurm',
          `there is no ${command} on this machine; run where Slurm is, or hand tvwsim run-shard I/N to another scheduler`,
        ),
      ]);
    throw error;
  }
}
