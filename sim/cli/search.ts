import {availableParallelism} from 'node:os';
import type {Result} from '../stats/result.ts';
import {objectiveOf, requirementOf} from '../sweep/objective.ts';
import {openPool} from '../sweep/pool.ts';
import {search} from '../sweep/search.ts';
import {exitCodes} from './exit.ts';
import {grouped} from './numbers.ts';
import {columnOf} from './pareto.ts';
import {openParts, type Part} from './parts.ts';
import {openStudy} from './study.ts';
import {readingOf, type SpaceOptions} from './sweep-options.ts';
import {sweepText} from './sweep-table.ts';
import {colours, pageWidth, wrap} from './table.ts';

export interface SearchOptions extends SpaceOptions {
  readonly minimize: string;
  readonly under: readonly string[];
  readonly tries: number;
}

/** As many of those simulated as are shown. */
const shown = 10;

/** Looks for the best point of a sweep by few simulations. Returns the exit code. */
export async function searchBest(file: string, {minimize, under, tries, ...options}: SearchOptions): Promise<number> {
  const objective = objectiveOf(minimize, '--minimize');
  const meets = requirementOf(under, '--under');
  const [{experiment, store}] = openParts([file], {...readingOf(options), misfits: 'drop'}, options.out) as [Part];
  const {points, dropped} = experiment;
  const pool = openPool(options.workers ?? availableParallelism(), options.memory);
  const study = openStudy(pool, store, options.timeout);
  const without = dropped > 0 ? `; ${grouped(dropped)} more cannot be built` : '';
  console.log(`${grouped(points.length)} candidates${without}; at most ${grouped(tries)} are simulated at ${points[0]!.fidelity}\n`);
  try {
    const found = await search(points, study.results, {objective, meets, tries, workers: pool.workers});
    if (found.simulated.length > 0) await store.put(store.results, lines(found.simulated));
    const fit = found.simulated.filter(meets);
    const score = (result: (typeof fit)[number]) => objective.sign * objective.of(result);
    const best = (fit.length > 0 ? fit : [...found.simulated]).sort((a, b) => score(a) - score(b)).slice(0, shown);
    if (best.length > 0) console.log(`${sweepText(best, [columnOf(objective)])}\n`);
    console.log(
      wrap(verdict(found, objective.name === 'time_us'), pageWidth)
        .map(colours.bold)
        .join('\n'),
    );
    const code = study.conclude();
    return found.best ? code : exitCodes.failed;
  } finally {
    await pool.close();
  }
}

const lines = (results: readonly Result[]): readonly string[] => results.map((result) => `${JSON.stringify(result)}\n`);

function verdict({best, simulated, left, ruledOut, least}: Awaited<ReturnType<typeof search>>, proves: boolean): string {
  const tried = `of ${grouped(simulated.length)} simulated`;
  if (!best) return `None ${tried} meets what is required; ${grouped(left)} were not tried.`;
  const open = left - ruledOut;
  if (open === 0) return `The best there is: the first row. ${grouped(ruledOut)} others cannot be faster, as their lower bounds say.`;
  const bound = proves && least !== undefined ? `, of which none can take less than ${least.toFixed(1)} µs` : '';
  return `The best ${tried}: the first row. ${grouped(open)} others were not tried${bound}; a larger --tries tries more.`;
}
