import {appendFileSync, rmSync} from 'node:fs';
import {ctaCounters, duration} from '../probes/progress.ts';
import type {Options} from '../experiment.ts';
import {budgetText, predictedTogether} from '../sweep/budget.ts';
import {cost} from '../sweep/cost.ts';
import {StorageFailure, type Batch, type Errand, type Outcome} from '../sweep/engine.ts';
import type {Store} from '../sweep/store.ts';
import {conclude} from './conclude.ts';
import {exitCodes} from './exit.ts';
import {openParts, type Part} from './parts.ts';
import {grouped, short} from './numbers.ts';
import {quoted, typed} from './shell.ts';
import {startTicker} from './ticker.ts';

export interface SimulateOptions extends Options {
  readonly out?: string | undefined;
  /** Results as JSON lines on stdout, and nothing else there. */
  readonly json?: boolean | undefined;
  /** Seconds that a point may take, as predicted: chooses the fidelity of each. */
  readonly budget?: number | undefined;
  /** Seconds after which a point is ended. */
  readonly timeout?: number | undefined;
  /** Says before the run how many points there are, and how long they may take. */
  readonly announce?: boolean;
}

/** What sees that points have their results: threads of this machine, or a cluster. */
export interface Engine {
  /** Points that are simulated at the same time; undefined: nobody knows. */
  readonly workers: number | undefined;
  readonly simulate: (errands: readonly Errand[], batch: Batch) => Promise<readonly (Outcome | undefined)[]>;
}

/** Simulates the points of all experiments together and writes the results of each. Returns the exit code. */
export async function simulateParts(engine: Engine, files: readonly string[], options: SimulateOptions): Promise<number> {
  const {out, json = false, timeout, budget, announce = false} = options;
  const parts = openParts(files, options, out, budget);
  const errands = parts.flatMap((part) => part.errands);
  if (budget !== undefined)
    console.error(
      budgetText(
        errands.map(({point}) => point),
        budget,
      ),
    );
  const there = errands.map(({store, key}) => store.has(key) && store.read(key) !== undefined);
  const say = json ? console.error : console.log;
  if (announce) say(announcement(errands, there, engine.workers));
  const [counters, settled, failed] = [ctaCounters(errands.length), [...there], {points: 0}];
  // What is there already is no work, and tells nothing of how fast it goes.
  const costs = errands.map(({point, unfit}, i) => (there[i] || unfit !== undefined ? 0 : cost(point)));
  const inOrder = json ? printer(errands) : undefined;
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  // A second Ctrl-C ends the process there and then.
  for (const signal of signals) process.once(signal, interrupt);
  const stopTicker = startTicker(counters, costs, settled, failed);
  for (const {store} of parts) forget(store);
  const begun = performance.now();
  try {
    const outcomes = await engine.simulate(errands, {
      counters,
      signal: stop.signal,
      ...(timeout === undefined ? {} : {timeout}),
      waits: (points) =>
        console.error(`waiting for ${grouped(points)} ${points === 1 ? 'point' : 'points'} that another run on this directory simulates`),
      settled: (index, outcome) => {
        settled[index] = true;
        if ('reason' in outcome) failed.points++;
        follow(errands[index]!, outcome);
        inOrder?.(index, outcome);
      },
    });
    stopTicker();
    const seconds = (performance.now() - begun) / 1000;
    const written: Part[] = [];
    for (const part of parts) if ((await conclude(part, outcomes, json)) > 0 || !stop.signal.aborted) written.push(part);
    return stop.signal.aborted ? interrupted(outcomes, written) : summary(outcomes, seconds, written, say);
  } catch (error) {
    stopTicker();
    if (!(error instanceof StorageFailure)) throw error;
    const kept = errands.filter(({store, key}) => store.has(key)).length;
    console.error(`${error.message}\n${grouped(kept)} of ${grouped(errands.length)} results are kept in ${quoted(`${error.directory}/points`)}`);
    console.error(`to go on, once it can be written again: npx ${typed()}`);
    return exitCodes.failed;
  } finally {
    stopTicker();
    for (const {store} of parts) forget(store);
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** Says of a sweep how large it is, and what there is of it. Returns the exit code. */
export function announceOnly(file: string, options: SimulateOptions, workers: number): number {
  const [{errands}] = openParts([file], options, options.out) as [Part];
  console.log(
    announcement(
      errands,
      errands.map(({store, key}) => store.has(key)),
      workers,
    ),
  );
  return exitCodes.done;
}

/** Results as they come, for who looks while it runs. What cannot be written here is no loss. */
function follow({store, key}: Errand, outcome: Outcome): void {
  const line = 'reason' in outcome ? undefined : store.read(key);
  try {
    if (line !== undefined) appendFileSync(store.partial, `${line}\n`);
  } catch {
    // The store itself says so.
  }
}

/** Takes the results as they came away. Where nothing can be written any more, they stay. */
function forget({partial}: Store): void {
  try {
    rmSync(partial, {force: true});
  } catch {
    // Whoever looks finds them older than the results.
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Prints results in the order of the points, each as soon as all before it are there. */
function printer(errands: readonly Errand[]): (index: number, outcome: Outcome) => void {
  const waiting = new Map<number, Outcome>();
  let next = 0;
  return (index, outcome) => {
    waiting.set(index, outcome);
    for (let head = waiting.get(next); head; head = waiting.get(++next)) {
      waiting.delete(next);
      const {store, key} = errands[next]!;
      const line = 'reason' in head ? undefined : store.read(key);
      if (line !== undefined) console.log(line);
    }
  };
}

/** 1 000 points, 10 of them there already; about 2 min on 2 workers */
function announcement(errands: readonly Errand[], there: readonly boolean[], workers = 1): string {
  const found = there.filter(Boolean).length;
  const unfit = errands.filter((errand) => errand.unfit !== undefined).length;
  const seconds = predictedTogether(errands.flatMap(({point, unfit: no}, i) => (there[i] || no !== undefined ? [] : [point]))) / workers;
  const already = found > 0 ? `, ${found === errands.length ? 'all' : grouped(found)} of them there already` : '';
  const long = found === errands.length ? '' : `; about ${duration(Math.max(1, seconds))} on ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  const not = unfit > 0 ? `, ${grouped(unfit)} of them cannot be run` : '';
  return `${grouped(errands.length)} ${errands.length === 1 ? 'point' : 'points'}${already}${not}${long}`;
}

function interrupted(outcomes: readonly (Outcome | undefined)[], written: readonly Part[]): number {
  const done = outcomes.filter((outcome) => outcome && !('reason' in outcome)).length;
  const kept = written.length > 0 ? `results: ${directoriesOf(written)}` : 'nothing was written';
  console.error(`interrupted: ${done} of ${outcomes.length} points were done; ${kept}`);
  if (done > 0) console.error(`to go on: npx ${typed()}`);
  return exitCodes.interrupted;
}

function summary(outcomes: readonly (Outcome | undefined)[], seconds: number, written: readonly Part[], say: (line: string) => void): number {
  const simulated = outcomes.flatMap((outcome) => (outcome && 'events' in outcome ? [outcome] : []));
  const failed = outcomes.filter((outcome) => outcome && 'reason' in outcome).length;
  const found = outcomes.length - simulated.length - failed;
  const events = simulated.reduce((sum, outcome) => sum + outcome.events, 0);
  const done = `${simulated.length} ${simulated.length === 1 ? 'point' : 'points'} in ${seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds)}`;
  const others = `${found > 0 ? `; ${found} had been simulated before` : ''}${failed > 0 ? `; ${failed} failed` : ''}`;
  say(`${done}, ${short(events)} events, ${short(events / seconds)} events/s${others}`);
  say(`results: ${directoriesOf(written)}`);
  if (failed < outcomes.length) say(`next:    npx tvwsim report ${written.map(({store}) => quoted(store.directory)).join(' ')}`);
  return failed > 0 ? exitCodes.failed : exitCodes.done;
}

const directoriesOf = (parts: readonly Part[]): string => parts.map(({store}) => quoted(store.directory)).join(', ');
