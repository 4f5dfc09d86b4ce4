import {parseCondition} from '../config/expression.ts';
import {didYouMean} from '../config/nearest.ts';
import {BadInput, fileProblem, type Problem} from '../config/problem.ts';
import {metrics} from '../stats/metrics.ts';
import type {Result} from '../stats/result.ts';

/** A number of a result. `sign`: −1 where more is better. */
export interface Objective {
  readonly name: string;
  readonly unit: string;
  readonly sign: 1 | -1;
  readonly of: (result: Result) => number;
}

/** Their names say their units. */
const own: {readonly [name: string]: string} = {time_us: '', cycles: '', clock_mhz: ''};
const names = [...Object.keys(own), ...Object.keys(metrics)];

/** A metric by its name, or `max:` and its name. Throws BadInput that names the nearest. */
export function objectiveOf(text: string, option: string): Objective {
  const most = text.startsWith('max:');
  const name = text.replace(/^max:/, '').trim();
  if (!names.includes(name)) throw new BadInput([fileProblem(`${option} ${text}`, `no such metric${didYouMean(name, names)}`)]);
  const unit = own[name] ?? metrics[name as keyof typeof metrics].unit;
  return {name, unit, sign: most ? -1 : 1, of: (result) => valueOf(result, name)};
}

/** What results have to be like: `tvw.energy < 0.1 and time_us < 50`. Throws BadInput. */
export function requirementOf(texts: readonly string[], option: string): (result: Result) => boolean {
  const problems: Problem[] = [];
  const conditions = texts.flatMap((text) => {
    const place = {file: `${option} ${text}`, line: 0, column: 0};
    return (
      parseCondition(
        text,
        place,
        (name) => (names.includes(name) ? {unit: undefined} : {refusal: `${name}: no such metric${didYouMean(name, names)}`}),
        problems,
      ) ?? []
    );
  });
  if (problems.length > 0) throw new BadInput(problems);
  return (result) => conditions.every((holds) => holds((name) => valueOf(result, name)) !== false);
}

function valueOf(result: Result, name: string): number {
  return name in own ? (result[name as keyof Result] as number) : (result.metrics[name] ?? NaN);
}
