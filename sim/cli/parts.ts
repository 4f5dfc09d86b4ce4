import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {RunRecord} from '../../reports/read.ts';
import {BadInput, fileProblem, problemText, type Problem} from '../config/problem.ts';
import {packageRoot} from '../config/source.ts';
import {readExperiment, type Experiment} from '../experiment.ts';
import {patterns} from '../pattern/index.ts';
import type {Point} from '../point.ts';
import type {Outcome} from '../sweep/pool.ts';
import {openStore, type Store} from '../sweep/store.ts';
import {resultsText} from './results.ts';
import {quoted} from './shell.ts';
import {colours, pageWidth, wrap} from './table.ts';

/** An experiment with the place its results go to, and where its points begin among all. */
export interface Part {
  readonly experiment: Experiment;
  readonly store: Store;
  readonly first: number;
}

/**
 * Reads experiments and opens a directory for the results of each: `out`, or one of its name below where there are several.
 * Throws BadInput with every problem, before anything is written.
 */
export function openParts(files: readonly string[], set: readonly string[], out: string | undefined): readonly Part[] {
  const experiments = readAll(files, set);
  if (out?.trim() === '') throw new BadInput([fileProblem('--out', 'got an empty text, expected a directory')]);
  return open(experiments, out);
}

/** Of all the files, every problem at once. */
function readAll(files: readonly string[], set: readonly string[]): readonly Experiment[] {
  const problems: Problem[] = [];
  const experiments = files.flatMap((file) => {
    try {
      return [readExperiment(file, {set})];
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

function open(experiments: readonly Experiment[], out: string | undefined): readonly Part[] {
  const stores: Store[] = [];
  try {
    for (const {name} of experiments) {
      stores.push(openStore(directoryOf(name, out, experiments.length > 1)));
    }
  } catch (error) {
    for (const store of stores) store.abandon();
    throw error;
  }
  let next = 0;
  return experiments.map((experiment, i) => {
    const first = next;
    next += experiment.points.length;
    return {experiment, store: stores[i]!, first};
  });
}

/** Where the results of an experiment go: `out`, or a directory of its name below where there are several. */
export function directoryOf(name: string, out: string | undefined, several: boolean): string {
  const own = folderName(name);
  return out === undefined ? join('reports', 'out', own) : several ? join(out, own) : out;
}

/** An experiment's name as one that any file system takes. */
const folderName = (name: string): string => name.replace(/[^\p{L}\p{N}._ -]+/gu, '-').replace(/^\.+/, '-');

/** Writes an experiment's results and prints its table. Returns whether there was anything to write. */
export function conclude({experiment, store, first}: Part, all: readonly (Outcome | undefined)[], interrupted: boolean, json: boolean): boolean {
  const outcomes = all.slice(first, first + experiment.points.length);
  const results = outcomes.flatMap((outcome) => (outcome && 'result' in outcome ? [outcome.result] : []));
  const failures = outcomes.flatMap((outcome, i) =>
    outcome && 'reason' in outcome ? [{point: nameOf(experiment.points[i]!), reason: outcome.reason}] : [],
  );
  if (interrupted && results.length === 0) {
    store.abandon();
    return false;
  }
  store.finish(results, recordOf(experiment, failures));
  if (!json && results.length > 0) console.log(`\n${heading(experiment)}\n${resultsText(results)}\n`);
  if (failures.length > 0) console.error(failuresText(failures));
  return true;
}

type Failures = NonNullable<RunRecord['failures']>;

/** The points under each reason; of many the first, as run.json has them all. */
function failuresText(failures: Failures): string {
  const most = 6;
  return [...new Set(failures.map(({reason}) => reason))]
    .flatMap((reason) => {
      const points = failures.filter((failure) => failure.reason === reason).map(({point}) => `  ${point}`);
      const more = points.length > most ? [`  and ${points.length - most + 1} more, see run.json`] : [];
      return [...wrap(`failed: ${reason}`, pageWidth), ...points.slice(0, more.length > 0 ? most - 1 : most), ...more];
    })
    .join('\n');
}

function heading({name, description}: Experiment): string {
  return [colours.bold(name), ...wrap(description, pageWidth)].filter(Boolean).join('\n');
}

/** ffn2 256×256×256, TVW 75 %, a100-pcie-80gb, gpu.l2.capacity 20 MiB */
function nameOf({workload, pattern, gpu, axes}: Point): string {
  const what = 'trace' in workload ? workload.trace : `${workload.name} ${workload.m}×${workload.n}×${workload.k}`;
  const kind = patterns[pattern.type]?.label(pattern.values) ?? pattern.type;
  return [what, kind, gpu.name, ...Object.entries(axes).map(([path, value]) => `${path} ${value}`)].join(', ');
}

function recordOf({file, source, points}: Experiment, failures: Failures): RunRecord {
  const {version} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {readonly version: string};
  return {
    experiment_file: file,
    yaml: source,
    command: ['tvwsim', ...process.argv.slice(2).map(quoted)].join(' '),
    argv: process.argv.slice(2),
    version,
    parameters: hardwareOf(points),
    node: process.version,
    date: new Date().toISOString(),
    ...(failures.length > 0 ? {failures} : {}),
  };
}

/** The files of configs/ that the points' GPUs are called after. */
function hardwareOf(points: readonly Point[]): NonNullable<RunRecord['parameters']> {
  const files = [...new Set(points.map(({gpu}) => join('configs', `${gpu.name}.yaml`)))];
  return files.flatMap((file) => (existsSync(join(packageRoot, file)) ? [{file, text: readFileSync(join(packageRoot, file), 'utf8')}] : []));
}
