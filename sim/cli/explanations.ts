import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {writeFileSync} from 'node:fs';
import {startFile} from '../config/source.ts';
import {readExperiment} from '../experiment.ts';
import {patterns} from '../pattern/index.ts';
import type {Point} from '../point.ts';
import {inThreads} from '../sweep/threads.ts';
import {refuseWaterfall} from '../waterfall/waterfall.ts';
import type {Task} from '../waterfall/worker.ts';
import {exitCodes} from './exit.ts';
import {directoryOf} from './parts.ts';
import type {RunOptions} from './run.ts';
import {quoted} from './shell.ts';
import {wrap, pageWidth} from './table.ts';

type Wanted = Task['wanted'];

/**
 * Plays the points of experiments again for what `run` was asked to write beside the results: waterfall.jsonl, the ablations,
 * and timeline.jsonl, when each CTA ran. Returns the exit code.
 */
export async function writeExplanations(files: readonly string[], options: RunOptions): Promise<number> {
  const wanted = (['waterfall', 'timeline'] as const).filter((kind) => options[kind]);
  const experiments = files.map((file) => readExperiment(file, {set: options.set}));
  let code: number = exitCodes.done;
  for (const kind of wanted)
    for (const {name, points} of experiments) {
      const failures = await explain(kind, points, join(directoryOf(name, options.out, files.length > 1), `${kind}.jsonl`), options);
      if (failures) code = exitCodes.failed;
    }
  return code;
}

/** Returns whether any point could not be explained though it should. */
async function explain(wanted: Wanted, points: readonly Point[], file: string, {workers, json = false}: RunOptions): Promise<boolean> {
  const say = json ? console.error : console.log;
  const refusals = new Set<string>();
  const able = points.filter((point) => {
    const refusal = wanted === 'waterfall' ? refuseWaterfall(point) : undefined;
    if (refusal !== undefined) refusals.add(refusal);
    return refusal === undefined;
  });
  if (able.length === 0) {
    console.error(`no ${wanted}: ${[...refusals].join('; ')}`);
    return false;
  }
  let done = 0;
  const progress = () => {
    done++;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${done < able.length ? `${wanted} ${done}/${able.length}` : ''}`);
  };
  const worker = startFile('sim/waterfall/worker');
  const tasks = able.map((point): Task => ({point, wanted}));
  const outcomes = await inThreads<Task, object | undefined>(worker, tasks, workers ?? availableParallelism(), progress);
  const values = outcomes.flatMap((outcome) => ('value' in outcome && outcome.value ? [outcome.value] : []));
  writeFileSync(file, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  const failures = outcomes.flatMap((outcome, i) => ('reason' in outcome ? [`${nameOf(able[i]!)}: ${outcome.reason}`] : []));
  for (const failure of failures) console.error(wrap(`no ${wanted} of ${failure}`, pageWidth).join('\n'));
  say(`${wanted}s: ${values.length} in ${quoted(file)}`);
  return failures.length > 0;
}

function nameOf({workload, pattern}: Point): string {
  return `${'trace' in workload ? workload.trace : workload.name}, ${patterns[pattern.type]?.label(pattern.values) ?? pattern.type}`;
}
