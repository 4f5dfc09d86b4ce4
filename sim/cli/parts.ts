import {join} from 'node:path';
import {BadInput, fileProblem, problemText, type Problem} from '../config/problem.ts';
import {readExperiment, type Experiment, type Options} from '../experiment.ts';
import {withinBudget} from '../sweep/budget.ts';
import type {Errand} from '../sweep/engine.ts';
import {openStore} from '../sweep/results.ts';
import type {Store} from '../sweep/store.ts';
import {simulatorVersion} from '../sweep/version.ts';

/** An experiment, the place its results go to, and its points with theirs, of which the first has a number among all. */
export interface Part {
  readonly experiment: Experiment;
  readonly store: Store;
  readonly errands: readonly Errand[];
  readonly first: number;
}

/**
 * Reads experiments and opens a directory for the results of each: `out`, or one of its name below where there are several.
 * A `budget` of seconds chooses each point's fidelity. Throws BadInput with every problem, before anything is written.
 */
export function openParts(files: readonly string[], options: Options, out: string | undefined, budget?: number): readonly Part[] {
  const experiments = readAll(files, options);
  if (out?.trim() === '') throw new BadInput([fileProblem('--out', 'got an empty text, expected a directory')]);
  const version = simulatorVersion();
  let next = 0;
  return experiments.map((experiment) => {
    const store = openStore(directoryOf(experiment.name, out, experiments.length > 1), version);
    const first = next;
    next += experiment.points.length;
    const errands = experiment.points.map((given): Errand => {
      const point = budget === undefined ? given : withinBudget(given, budget);
      const unfit = experiment.unfit.get(given);
      return {point, key: store.keyOf(point), store, ...(unfit !== undefined && {unfit})};
    });
    return {experiment, store, errands, first};
  });
}

/** Of all the files, every problem at once. */
function readAll(files: readonly string[], options: Options): readonly Experiment[] {
  const problems: Problem[] = [];
  const experiments = files.flatMap((file) => {
    try {
      return [readExperiment(file, {misfits: 'keep', ...options})];
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  const names = experiments.map(({name}) => folderName(name));
  experiments.forEach(({file, name}, i) => {
    if (names.indexOf(names[i]!) !== i)
      problems.push(fileProblem(file, `a second experiment is called "${name}"; their results could not be told apart`));
  });
  if (problems.length > 0) throw new BadInput(problems);
  for (const warning of experiments.flatMap(({warnings}) => warnings)) console.error(`warning: ${problemText(warning)}`);
  return experiments;
}

/** Where the results of an experiment go: `out`, or a directory of its name below where there are several. */
export function directoryOf(name: string, out: string | undefined, several: boolean): string {
  const own = folderName(name);
  return out === undefined ? join('reports', 'out', own) : several ? join(out, own) : out;
}

/** An experiment's name as one that any file system takes. */
const folderName = (name: string): string => name.replace(/[^\p{L}\p{N}._ -]+/gu, '-').replace(/^\.+/, '-');
