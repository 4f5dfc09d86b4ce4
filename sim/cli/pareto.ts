import {three} from '../../reports/format.ts';
import {BadInput, fileProblem} from '../config/problem.ts';
import type {Result} from '../stats/result.ts';
import {objectiveOf, requirementOf, type Objective} from '../sweep/objective.ts';
import {paretoFront} from '../sweep/pareto.ts';
import {exitCodes} from './exit.ts';
import {grouped} from './numbers.ts';
import {resultLines} from './result-lines.ts';
import {sweepText} from './sweep-table.ts';
import {colours} from './table.ts';

export interface ParetoOptions {
  readonly by: string;
  readonly under: readonly string[];
  readonly json?: boolean;
}

/** Prints the results that no other result beats in all of some metrics at once. Returns the exit code. */
export async function pareto(directories: readonly string[], {by, under, json = false}: ParetoOptions): Promise<number> {
  const objectives = by.split(',').map((text) => objectiveOf(text.trim(), '--by'));
  const meets = requirementOf(under, '--under');
  const all: Result[] = [];
  for (const directory of directories) {
    for await (const line of resultLines(directory)) {
      const result = JSON.parse(line) as Result;
      // Thousands of results: what no front needs is let go.
      if (meets(result)) all.push(json ? result : {...result, ledger_by_sm: {reasons: [], rows: []}, tiles: []});
    }
  }
  if (all.length === 0)
    throw new BadInput([fileProblem(directories.join(' '), under.length > 0 ? 'holds no result that meets --under' : 'holds no results')]);
  const results = closest(all);
  const rows = results.map((result) => objectives.map(({sign, of}) => sign * of(result)));
  const front = paretoFront(rows);
  if (json) for (const i of front) console.log(JSON.stringify(results[i]));
  else {
    const what = objectives.map(({name, sign}) => `${sign < 0 ? 'more' : 'less'} ${name}`).join(', ');
    const others = results.length < all.length ? `; ${grouped(all.length - results.length)} of a coarser fidelity are left out` : '';
    console.log(`${colours.bold(`${grouped(front.length)} of ${grouped(rows.length)} points`)}: no other has ${what} at once${others}\n`);
    // Of those alike in every metric the first stands for all.
    const alike = new Map<string, number[]>();
    for (const i of front) alike.set(rows[i]!.join(' '), [...(alike.get(rows[i]!.join(' ')) ?? []), i]);
    const first = new Map([...alike.values()].map((same) => [results[same[0]!]!, same.length]));
    const many = [...first.values()].some((count) => count > 1);
    const columns = [...objectives.map(columnOf), ...(many ? [['ALIKE', (result: Result) => grouped(first.get(result) ?? 1)] as const] : [])];
    console.log(sweepText([...first.keys()], columns));
  }
  return exitCodes.done;
}

/** A bound and a simulation are not to be compared: those of the closest fidelity there is. */
function closest(results: readonly Result[]): readonly Result[] {
  const order = ['reference', 'detailed', 'sampled', 'bound'];
  const best = order.find((fidelity) => results.some((result) => result.fidelity === fidelity));
  return results.filter(({fidelity}) => fidelity === best);
}

/** A metric as a column of a table. */
export function columnOf({name, unit, of}: Objective): readonly [string, (result: Result) => string] {
  return [unit === '' ? name : `${name} ${unit}`, (result) => tidy(of(result))];
}

function tidy(value: number): string {
  return value !== 0 && Math.abs(value) < 0.01 ? value.toExponential(2) : three(value).replaceAll('\u202f', ' ');
}
