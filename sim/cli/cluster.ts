import {resolve} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {startFile} from '../config/source.ts';
import type {Batch, Errand, Outcome} from '../sweep/engine.ts';
import type {Result} from '../stats/result.ts';
import {readSite, type Site} from '../sweep/site.ts';
import {cancel, jobsOf, queued, submit, tasksFor} from '../sweep/slurm.ts';
import {exitCodes} from './exit.ts';
import {grouped} from './numbers.ts';
import {openParts, type Part} from './parts.ts';
import {quoted, typed} from './shell.ts';
import {simulateParts, type SimulateOptions} from './simulate-parts.ts';
import {wordsOf} from './sweep-options.ts';
import type {SweepOptions} from './sweep.ts';

/** A sweep as job arrays: submits, and waits for results in the directory; or says how far it is, or ends it. Returns the exit code. */
export async function onCluster(file: string, options: SweepOptions, simulating: SimulateOptions): Promise<number> {
  const site = readSite(options.site);
  if (options.status || options.cancel) return look(file, simulating, options.cancel === true);
  const [{experiment, store, errands}] = openParts([file], simulating, options.out) as [Part];
  const main = startFile('sim/cli/main');
  // Tasks begin where this command was typed, so that the paths in it mean the same.
  const words = [process.execPath, main, 'run-shard', resolve(experiment.file), '--out', resolve(store.directory)].map(quoted).join(' ');
  const shard = `${words} ${wordsOf(options)}`;
  if (!options.detach) {
    return simulateParts(
      {workers: undefined, simulate: (all, batch) => waitFor(all, batch, site, (points) => submit(store, all, points, shard, site))},
      [file],
      simulating,
    );
  }
  const missing = missingOf(errands);
  if (missing.length > 0) say(missing.length, tasksFor(errands, missing, site), await submit(store, errands, missing, shard, site));
  console.log(`how far it is:     npx ${typed().replace(' --detach', ' --status')}`);
  console.log(`when it is through: npx ${typed().replace(' --detach', '')}`);
  return exitCodes.done;
}

const missingOf = (errands: readonly Errand[]): readonly number[] =>
  errands.flatMap(({store, key, unfit}, i) => (unfit !== undefined || (store.has(key) && store.read(key) !== undefined) ? [] : [i]));

function say(points: number, tasks: number, ids: readonly string[]): void {
  console.error(`${grouped(points)} points submitted in ${grouped(tasks)} ${tasks === 1 ? 'task' : 'tasks'} of job ${ids.join(', ')}`);
}

/** Looks for results until all are there; what no job of the queue is left to bring is submitted again, a few times. */
async function waitFor(
  errands: readonly Errand[],
  {settled, signal}: Batch,
  site: Site,
  submitPoints: (points: readonly number[]) => Promise<readonly string[]>,
) {
  const outcomes: (Outcome | undefined)[] = errands.map(() => undefined);
  const collect = (final: boolean) =>
    errands.forEach(({store, key}, i) => {
      if (outcomes[i]) return;
      const line = store.has(key) ? store.read(key) : undefined;
      const failure = final ? store.failure(key) : undefined;
      const outcome = line === undefined ? failure && {reason: failure.reason} : brought(line);
      if (outcome) settled?.(i, (outcomes[i] = outcome));
    });
  errands.forEach(({store, key, unfit}, i) => {
    if (unfit !== undefined) settled?.(i, (outcomes[i] = {reason: unfit}));
    else if (store.has(key) && store.read(key) !== undefined) settled?.(i, (outcomes[i] = {found: true}));
  });
  const left = () => outcomes.flatMap((outcome, i) => (outcome ? [] : [i]));
  const pause = () => setTimeout(site.poll * 1000, undefined, signal ? {signal} : {}).catch(() => undefined);
  for (let tries = 0; left().length > 0 && !signal?.aborted && tries <= site.retries; tries++) {
    const missing = left();
    for (const i of missing) errands[i]!.store.forgive(errands[i]!.key);
    const ids = await submitPoints(missing);
    say(missing.length, tasksFor(errands, missing, site), ids);
    for (let states = await queued(ids); left().length > 0 && states?.size !== 0 && !signal?.aborted; states = await queued(ids)) {
      await pause();
      collect(false);
    }
    // What was written last may take a moment to be seen from here.
    if (left().length > 0 && !signal?.aborted) await pause();
    collect(true);
  }
  if (signal?.aborted) console.error(`the jobs go on; to look: npx ${typed()} --status; to end them: npx ${typed()} --cancel`);
  else
    for (const i of left())
      settled?.(i, (outcomes[i] = {reason: `no job brought it, though it was submitted ${site.retries + 1} times; see slurm/*.out`}));
  return outcomes;
}

function brought(line: string): Outcome {
  const {host} = JSON.parse(line) as Result;
  return {wall: host.wall_s, events: host.events};
}

async function look(file: string, simulating: SimulateOptions, end: boolean): Promise<number> {
  const [{store, errands}] = openParts([file], simulating, simulating.out) as [Part];
  if (end) await cancel(store);
  const there = errands.filter(({key}) => store.has(key)).length;
  const failures = errands.flatMap(({key}) => (store.has(key) ? [] : (store.failure(key) ?? [])));
  const states = await queued(jobsOf(store));
  const tasks = states
    ? [...states].map(([state, count]) => `${grouped(count)} ${state.toLowerCase()}`).join(', ') || 'none'
    : 'the queue does not answer';
  console.log(`${grouped(there)} of ${grouped(errands.length)} points are there, ${grouped(failures.length)} failed; tasks in the queue: ${tasks}`);
  for (const {point, reason} of failures.slice(0, 6)) console.log(`  failed: ${point}: ${reason}`);
  return exitCodes.done;
}
