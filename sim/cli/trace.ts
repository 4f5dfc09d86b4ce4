import {statSync} from 'node:fs';
import {join} from 'node:path';
import {makeDirectory} from '../config/directory.ts';
import {BadInput, fileProblem} from '../config/problem.ts';
import {shown} from '../config/source.ts';
import {readExperiment} from '../experiment.ts';
import {jobOf} from '../job.ts';
import {patterns} from '../pattern/index.ts';
import type {Point} from '../point.ts';
import {writeTrace} from '../trace/codec.ts';
import {operationsOf} from '../trace/statistics.ts';
import {exitCodes} from './exit.ts';
import {grouped, sized} from './numbers.ts';
import {table} from './table.ts';

/** Where traces go when nothing is said. */
const folder = 'traces';

/**
 * Writes a trace file for every point of an experiment, and prints what it wrote. `out` is a file for one point, a folder for
 * several. A point no kernel can run is said to be so, and the others are written. Returns the exit code.
 */
export function generate(experiment: string, {out = folder, set = []}: {readonly out?: string; readonly set?: readonly string[]}): number {
  const {points} = readExperiment(experiment, {set});
  const traces = points.filter(({workload}) => 'trace' in workload);
  if (traces.length > 0) throw new BadInput([fileProblem(experiment, 'has a trace for a workload, which needs not be generated')]);
  const files = placesOf(points, out);
  const rows: string[][] = [];
  points.forEach((point, i) => {
    try {
      const job = jobOf(point);
      const {bytes} = writeTrace(files[i]!, job);
      const launches = job.trace.launches;
      const operations = launches.flatMap((launch) => Object.values(operationsOf(launch))).reduce((sum, count) => sum + count, 0);
      rows.push([files[i]!, sized(bytes), grouped(launches[0]!.grid.ctas), grouped(operations), launches.map(({name}) => name).join(', ')]);
    } catch (error) {
      if (error instanceof BadInput) throw error;
      console.error(`${files[i]!}  not written: ${(error as Error).message}`);
    }
  });
  if (rows.length > 0) console.log(table(['FILE', 'SIZE', 'CTAS', 'OPERATIONS', 'KERNEL'], rows, 60));
  return rows.length === points.length ? exitCodes.done : exitCodes.failed;
}

/** The file of every point; folders on the way there are made. */
function placesOf(points: readonly Point[], out: string): readonly string[] {
  const isFolder = out.endsWith('/') || out === folder || (statSync(out, {throwIfNoEntry: false})?.isDirectory() ?? false);
  if (points.length === 1 && !isFolder) return [out];
  if (!isFolder && out.endsWith('.tvt'))
    throw new BadInput([fileProblem('--out', `${out} is one file, and the experiment makes ${points.length} points; name a folder`)]);
  try {
    makeDirectory(out);
  } catch (error) {
    throw new BadInput([fileProblem('--out', `${shown(out)} cannot be made a folder: ${(error as Error).message}`)]);
  }
  const taken = new Map<string, number>();
  return points.map((point) => {
    const name = nameOf(point, points);
    const before = taken.get(name) ?? 0;
    taken.set(name, before + 1);
    return join(out, `${name}${before > 0 ? `-${before + 1}` : ''}.tvt`);
  });
}

/** What tells a point from the others, fit for a file's name: ffn2-tvw-75. */
function nameOf({workload, pattern, gpu, axes}: Point, points: readonly Point[]): string {
  const label = patterns[pattern.type]!.label(pattern.values);
  const gpus = new Set(points.map((point) => point.gpu.name));
  const parts = ['name' in workload ? workload.name : '', label, ...(gpus.size > 1 ? [gpu.name] : []), ...Object.entries(axes).map(inWords)];
  return parts.map((part) => part.toLowerCase().replace(/[^\p{L}\p{N}.]+/gu, '-').replace(/^[-.]+|-+$/g, '')).join('-'); // prettier-ignore
}

function inWords([path, value]: readonly [string, string]): string {
  return `${path.split('.').at(-1)} ${value}`;
}
