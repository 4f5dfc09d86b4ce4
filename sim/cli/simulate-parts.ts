import {ctaCounters, duration} from '../probes/progress.ts';
import type {Result} from '../stats/result.ts';
import {budgetText, withinBudget} from '../sweep/budget.ts';
import {cost} from '../sweep/cost.ts';
import type {Outcome, Pool} from '../sweep/pool.ts';
import {exitCodes} from './exit.ts';
import {conclude, openParts, type Part} from './parts.ts';
import type {RunOptions} from './run.ts';
import {quoted} from './shell.ts';
import {startTicker} from './ticker.ts';

/** Simulates the points of all experiments in one pool and writes the results of each. Returns the exit code. */
export async function simulateParts(pool: Pool, files: readonly string[], {out, set, budget, json = false}: RunOptions): Promise<number> {
  const parts = openParts(files, set, out);
  const asked = parts.flatMap(({experiment}) => experiment.points);
  const points = budget === undefined ? asked : asked.map((point) => withinBudget(point, budget));
  if (budget !== undefined) console.error(budgetText(points, budget));
  const [counters, costs, settled] = [ctaCounters(points.length), points.map(cost), points.map(() => false)];
  const partOf = parts.flatMap((part) => part.experiment.points.map(() => part));
  const inOrder = json ? printer() : undefined;
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  // A second Ctrl-C ends the process there and then.
  for (const signal of signals) process.once(signal, interrupt);
  const stopTicker = startTicker(counters, costs, settled);
  const begun = performance.now();
  try {
    const outcomes = await pool.simulate(points, {
      costs,
      counters,
      signal: stop.signal,
      settled: (index, outcome) => {
        settled[index] = true;
        if ('result' in outcome) partOf[index]!.store.add(outcome.result);
        inOrder?.(index, outcome);
      },
    });
    stopTicker();
    const seconds = (performance.now() - begun) / 1000;
    const written = parts.filter((part) => conclude(part, outcomes, stop.signal.aborted, json));
    return summary(outcomes, seconds, written, stop.signal.aborted, json);
  } finally {
    stopTicker();
    for (const signal of signals) process.off(signal, interrupt);
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Prints results in the order of the points, each as soon as all before it are there. */
function printer(): (index: number, outcome: Outcome) => void {
  const waiting = new Map<number, Outcome>();
  let next = 0;
  return (index, outcome) => {
    waiting.set(index, outcome);
    for (let head = waiting.get(next); head; head = waiting.get(++next)) {
      waiting.delete(next);
      if ('result' in head) console.log(JSON.stringify(head.result));
    }
  };
}

function summary(outcomes: readonly (Outcome | undefined)[], seconds: number, written: readonly Part[], interrupted: boolean, json: boolean): number {
  const say = json ? console.error : console.log;
  const results: readonly Result[] = outcomes.flatMap((outcome) => (outcome && 'result' in outcome ? [outcome.result] : []));
  const failed = outcomes.filter((outcome) => outcome && 'reason' in outcome).length;
  const directories = written.map(({store}) => quoted(store.directory));
  if (interrupted) {
    const kept = directories.length > 0 ? `results: ${directories.join(', ')}` : 'nothing was written';
    console.error(`interrupted: ${results.length} of ${outcomes.length} points were done; ${kept}`);
    return exitCodes.interrupted;
  }
  const events = results.reduce((sum, {host}) => sum + host.events, 0);
  const done = `${results.length} ${results.length === 1 ? 'point' : 'points'} in ${seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds)}`;
  say(`${done}, ${short(events)} events, ${short(events / seconds)} events/s${failed > 0 ? `; ${failed} failed` : ''}`);
  say(`results: ${directories.join(', ')}`);
  if (results.length > 0) say(`next:    npx tvwsim report ${directories.join(' ')}`);
  return failed > 0 ? exitCodes.failed : exitCodes.done;
}

/** 19.6 M */
function short(value: number): string {
  const [by, letter] = value >= 1e9 ? [1e9, ' G'] : value >= 1e6 ? [1e6, ' M'] : value >= 1e3 ? [1e3, ' k'] : [1, ''];
  return `${(value / by).toFixed(by === 1 ? 0 : 1)}${letter}`;
}
