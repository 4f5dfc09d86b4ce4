import {existsSync, readFileSync} from 'node:fs';
import type {RunRecord} from '../../reports/read.ts';
import {BadInput} from '../config/problem.ts';
import {readExperiment} from '../experiment.ts';
import {patterns} from '../pattern/index.ts';
import type {Point} from '../point.ts';
import type {Result} from '../stats/result.ts';

/** The points that a run was made of, read again if its experiment is as it was; or why they are not known any more. */
export function originsOf(record: RunRecord | undefined): {readonly points: readonly Point[]} | {readonly reason: string} {
  if (!record) return {reason: 'there is no run.json beside the results, so what they were made of is not known'};
  const {experiment_file: file, yaml, argv} = record;
  if (!argv) return {reason: 'run.json holds no argv: an older version wrote it'};
  if (!existsSync(file)) return {reason: `${file} is not to be found from this directory`};
  if (readFileSync(file, 'utf8') !== yaml) return {reason: `${file} is not what it was when the results were made`};
  try {
    return {points: readExperiment(file, {set: valuesOf(argv, '--set'), axes: valuesOf(argv, '--axis')}).points};
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return {reason: error.message};
  }
}

/** --set A=1 --set=B=2 → A=1, B=2 */
function valuesOf(argv: readonly string[], option: string): readonly string[] {
  return argv.flatMap((word, i) => (word.startsWith(`${option}=`) ? [word.slice(option.length + 1)] : argv[i - 1] === option ? [word] : []));
}

/** Which of the points a result is of. */
export function originOf(
  points: readonly Point[],
  {workload, pattern, axes, gpu}: Pick<Result, 'workload' | 'pattern' | 'axes' | 'gpu'>,
): Point | undefined {
  return points.find(
    (point) =>
      'name' in point.workload &&
      point.workload.name === workload &&
      point.gpu.name === gpu &&
      patterns[point.pattern.type]?.label(point.pattern.values) === pattern.label &&
      JSON.stringify(point.axes) === JSON.stringify(axes),
  );
}
