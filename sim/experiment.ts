import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {z} from 'zod';
import {axisOf, readAssignment, sweepAxes, type Assignment, type Axis} from './config/axes.ts';
import {pointsOf} from './config/grid.ts';
import {experimentParameters} from './config/keys.ts';
import {objectOf, type Parameters} from './config/parameter.ts';
import {readParts} from './config/parts.ts';
import {BadInput, type Problem} from './config/problem.ts';
import {packageRoot} from './config/source.ts';
import {validate} from './config/validate.ts';
import {entry, put, without, type Mapping} from './config/written.ts';
import {readYaml} from './config/yaml.ts';
import {refuseGpus, refuseMisfits, refuseProtected, refuseTraceFiles} from './fit.ts';
import {withMeasured} from './measured.ts';
import type {Point} from './point.ts';

export interface Experiment {
  readonly name: string;
  readonly description: string;
  readonly points: readonly Point[];
  /** What is worth knowing before it is run: operators of a model that no kernel here runs. */
  readonly warnings: readonly Problem[];
  /** The file as it was read, and its text. */
  readonly file: string;
  readonly source: string;
}

/**
 * Reads an experiment into its points. `set`: PATH=VALUE, in place of what the file says; `axes`: PATH=V1,V2…, beside or in
 * place of its sweep. Throws BadInput with every problem found.
 */
export function readExperiment(
  file: string,
  {set = [], axes = []}: {readonly set?: readonly string[]; readonly axes?: readonly string[]} = {},
): Experiment {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const path = locate(file);
  const read = readYaml(path, problems);
  if (!read) throw new BadInput(problems);
  const {top, axes: grid} = assign(read.top, set, axes, problems);
  const head = validate(schema, top, [], problems);
  const parts = readParts(top, grid, dirname(path), problems, warnings);
  if (!head || problems.length > 0) throw new BadInput(problems);
  const points = withMeasured(pointsOf(head.name, parts), top, dirname(path), problems, warnings);
  refuseTraceFiles(points, problems);
  refuseGpus(points, read.top, problems);
  refuseProtected(points, read.top, problems);
  refuseMisfits(points, read.top, problems);
  if (problems.length > 0) throw new BadInput(problems);
  return {name: head.name, description: head.description, points, warnings, file: path, source: read.text};
}

const schema = objectOf<Parameters>(experimentParameters) as unknown as z.ZodType<{readonly name: string; readonly description: string}>;

/** The path as given, or below the package: `quickstart` and `experiments/quickstart.yaml` work from any folder. */
function locate(file: string): string {
  const inPackage = [join(packageRoot, file), join(packageRoot, 'experiments', `${file}.yaml`)];
  return existsSync(file) ? file : (inPackage.find((candidate) => existsSync(candidate)) ?? file);
}

/** --set of a whole key replaces it in the document; any other path is an axis, and what is given last holds. */
function assign(document: Mapping, set: readonly string[], swept: readonly string[], problems: Problem[]): {top: Mapping; axes: readonly Axis[]} {
  const assignments = set.flatMap((text) => readAssignment('--set', text, false, problems));
  const isKey = ({path}: Assignment) => Object.hasOwn(experimentParameters, path);
  const top = assignments.filter(isKey).reduce((into, {path, key, value}) => put(without(into, path), [path], value, key) as Mapping, document);
  const axes = new Map(sweepAxes(entry(top, 'sweep')?.value, problems).map((axis) => [axis.path, axis]));
  const add = ({path, key, value}: Assignment, recorded: boolean) => {
    const axis = axisOf(path, key, value, recorded, problems);
    if (axis) axes.set(path, axis);
  };
  for (const text of swept) for (const assignment of readAssignment('--axis', text, true, problems)) add(assignment, true);
  for (const assignment of assignments) {
    if (isKey(assignment)) axes.delete(assignment.path);
    else add(assignment, false);
  }
  return {top, axes: [...axes.values()]};
}
