import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {RunRecord} from '../../reports/read.ts';
import {study} from '../../reports/study.ts';
import {packageRoot} from '../config/source.ts';
import type {Experiment} from '../experiment.ts';
import type {Point} from '../point.ts';
import type {Result} from '../stats/result.ts';
import {nameOf} from '../sweep/name.ts';
import {StorageFailure, type Outcome} from '../sweep/engine.ts';
import type {Part} from './parts.ts';
import {grouped} from './numbers.ts';
import {reasonsText} from './reasons-text.ts';
import {resultsText} from './results.ts';
import {sweepText} from './sweep-table.ts';
import {typed} from './shell.ts';
import {colours, pageWidth, wrap} from './table.ts';
import {totalsText} from './totals.ts';

/** As many points as one looks through; of more, the fastest are shown. */
const most = 100;
const shown = 20;

/** Writes an experiment's results and prints its table. Returns how many there are; where there is none, nothing is written. */
export async function conclude(
  {experiment, store, errands, first}: Part,
  outcomes: readonly (Outcome | undefined)[],
  json: boolean,
): Promise<number> {
  const failures = errands.flatMap(({point}, i) => {
    const outcome = outcomes[first + i];
    return outcome && 'reason' in outcome ? [{point: nameOf(point), reason: outcome.reason}] : [];
  });
  const missing = errands.some((_, i) => !outcomes[first + i]);
  if (missing && !errands.some(({key}) => store.has(key))) return 0;
  const table: Result[] = [];
  /** Of networks every layer is in the totals, whether it is shown or not. */
  const layers: Result[] = [];
  let written = 0;
  const lines = function* () {
    for (const {key} of errands) {
      const line = store.read(key);
      if (line === undefined) continue;
      written++;
      if (!json) {
        const result = JSON.parse(line) as Result;
        keep(table, result, errands.length > most);
        if (result.network !== undefined && errands.length > most) layers.push(result);
      }
      yield `${line}\n`;
    }
  };
  try {
    await store.put(store.results, lines());
    await store.put(store.account, [`${JSON.stringify(recordOf(experiment, store.version, failures), null, 2)}\n`]);
  } catch (error) {
    // The results are there one by one; a disk that is full now may have taken all of them.
    throw 'syscall' in (error as Error) ? new StorageFailure(store.directory, (error as Error).message) : error;
  }
  if (table.length > 0)
    console.log(
      `\n${heading(experiment, written, table.length)}\n${written > most ? [sweepText(table), ...totalsText(study(layers), experiment.published)].join('\n') : resultsText(table, experiment.published)}\n`,
    );
  if (failures.length > 0) console.error(reasonsText(failures, 'failed', ', see run.json'));
  return written;
}

/** All of a few results, or the fastest of many. */
function keep(table: Result[], result: Result, many: boolean): void {
  if (!many) return void table.push(result);
  const at = table.findIndex(({time_us}) => time_us > result.time_us);
  table.splice(at < 0 ? table.length : at, 0, result);
  table.length = Math.min(table.length, shown);
}

type Failures = NonNullable<RunRecord['failures']>;

function heading({name, description}: Experiment, results: number, rows: number): string {
  const part = rows < results ? `the ${rows} fastest of ${grouped(results)} points` : '';
  return [colours.bold(name), ...wrap(description, pageWidth), part].filter(Boolean).join('\n');
}

function recordOf({file, source, points}: Experiment, version: string, failures: Failures): RunRecord {
  return {
    experiment_file: file,
    yaml: source,
    command: typed(),
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
