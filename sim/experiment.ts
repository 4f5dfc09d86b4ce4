import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {axisOf, readAssignment, type Assignment} from './config/axes.ts';
import {conditionOf} from './config/conditions.ts';
import {pointsOf} from './config/grid.ts';
import {experimentParameters} from './config/keys.ts';
import {objectOf, type Parameters, type Schema} from './config/parameter.ts';
import {readParts} from './config/parts.ts';
import {refusePublished, type Published} from './config/published.ts';
import {BadInput, problemAt, type Problem} from './config/problem.ts';
import {packageRoot} from './config/source.ts';
import {commandBlocks, conditionsIn, left, refuseTwice, rowsOf, sweepBlocks, type Block, type SweepForm} from './config/space.ts';
import {validate} from './config/validate.ts';
import {entry, put, scalar, without, type Mapping} from './config/written.ts';
import {readYaml} from './config/yaml.ts';
import {refuseGpus, refuseMisfits, refuseProtected, refuseTraceFiles, refuseUnreachable, whyUnfit} from './fit.ts';
import {withMeasured} from './measured.ts';
import type {Point} from './point.ts';

export interface Experiment {
  readonly name: string;
  readonly description: string;
  readonly points: readonly Point[];
  /** What a paper reports of it. */
  readonly published?: Published;
  /** What is worth knowing before it is run: operators of a model that no kernel here runs. */
  readonly warnings: readonly Problem[];
  /** How many more were dropped, as they cannot be run. */
  readonly dropped: number;
  /** Those among them that cannot be run, and why. */
  readonly unfit: ReadonlyMap<Point, string>;
  /** The file as it was read, and its text. */
  readonly file: string;
  readonly source: string;
}

export interface Options {
  /** PATH=VALUE, in place of what the file says. */
  readonly set?: readonly string[] | undefined;
  /** PATH=V1,V2… or PATH=RANGE, beside or in place of the file's sweep. */
  readonly axes?: readonly string[] | undefined;
  /** How those axes are taken together: a grid where nothing is said; `count` points of a sample. */
  readonly form?: SweepForm | undefined;
  /** Conditions that points have to meet, beside those of the file. */
  readonly where?: readonly string[] | undefined;
  /** Points whose kernel cannot be built or does not fit, or whose GPU cannot be: refused with the whole experiment, dropped, or kept while others can be run. */
  readonly misfits?: 'refuse' | 'drop' | 'keep';
  /** As many points as there may be. */
  readonly most?: number | undefined;
}

/** Reads an experiment into its points. Throws BadInput with every problem found. */
export function readExperiment(file: string, options: Options = {}): Experiment {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const path = locate(file);
  const read = readYaml(path, problems);
  if (!read) throw new BadInput(problems);
  const {top, blocks, conditions} = assign(read.top, options, problems);
  const head = validate(schema, top, [], problems);
  const partsAt = readParts(top, blocks, dirname(path), problems, warnings, options.most);
  const rows = function* () {
    if (partsAt) for (const row of rowsOf(blocks)) yield partsAt(row);
  };
  const all = pointsOf(head?.name ?? '', rows());
  if (!head || problems.length > 0) throw new BadInput(problems);
  const wanted = all.filter((point) => conditions.every((holds) => holds(point)));
  const {misfits = 'refuse'} = options;
  const built = misfits === 'drop' ? wanted.filter((point) => whyUnfit(point) === undefined) : wanted;
  const points = withMeasured(built, top, dirname(path), problems, warnings);
  refuseTraceFiles(points, problems);
  refuseProtected(points, read.top, problems);
  refuseUnreachable(points, read.top, problems);
  refusePublished(points, head.published, top, problems);
  const unfit = new Map(misfits === 'keep' ? points.flatMap((point) => reasons(point)) : []);
  if (misfits !== 'keep' || unfit.size === points.length) {
    refuseGpus(points, read.top, problems);
    refuseMisfits(points, read.top, problems);
  }
  if (points.length === 0 && problems.length === 0) problems.push(problemAt(top.at, ['sweep', 'where'], 'leaves no point'));
  if (problems.length > 0) throw new BadInput(problems);
  return {
    name: head.name,
    description: head.description,
    points,
    ...(head.published && {published: head.published}),
    warnings,
    dropped: wanted.length - built.length,
    unfit,
    file: path,
    source: read.text,
  };
}

function reasons(point: Point): readonly (readonly [Point, string])[] {
  const why = whyUnfit(point);
  return why === undefined ? [] : [[point, why]];
}

const schema = objectOf<Parameters>(experimentParameters) as unknown as Schema<{
  readonly name: string;
  readonly description: string;
  readonly published?: Published;
}>;

/** The path as given, or below the package: `quickstart` and `experiments/quickstart.yaml` work from any folder. */
function locate(file: string): string {
  const inPackage = [join(packageRoot, file), join(packageRoot, 'experiments', `${file}.yaml`)];
  return existsSync(file) ? file : (inPackage.find((candidate) => existsSync(candidate)) ?? file);
}

interface Assigned {
  readonly top: Mapping;
  readonly blocks: readonly Block[];
  readonly conditions: readonly ((point: Point) => boolean)[];
}

/** --set of a whole key replaces it in the document; any other path is an axis, and what is given last holds. */
function assign(document: Mapping, {set = [], axes = [], form, where = []}: Options, problems: Problem[]): Assigned {
  const assignments = set.flatMap((text) => readAssignment('--set', text, false, problems));
  const isKey = ({path}: Assignment) => Object.hasOwn(experimentParameters, path);
  const top = assignments.filter(isKey).reduce((into, {path, key, value}) => put(without(into, path), [path], value, key) as Mapping, document);
  const sweep = entry(top, 'sweep')?.value;
  const taken = new Set(assignments.map(({path}) => path));
  const swept = axes.flatMap((text) => readAssignment('--axis', text, true, problems)).filter(({path}) => !taken.has(path));
  for (const {path} of swept) taken.add(path);
  const fixed = new Map(assignments.filter((one) => !isKey(one)).map((one) => [one.path, axisOf(one.path, one.key, one.value, false, problems)]));
  const blocks = [
    ...sweepBlocks(sweep, problems).flatMap((block) => left(block, taken)),
    ...commandBlocks(swept, form, problems),
    ...[...fixed.values()].flatMap((axis) => (axis ? [{axes: [axis], rows: 1}] : [])),
  ];
  refuseTwice(blocks, problems);
  const conditions = [...conditionsIn(sweep), ...where.map((text) => scalar(text, {file: `--where ${text}`, line: 0, column: 0}))];
  return {top, blocks, conditions: conditions.flatMap((text) => conditionOf(text, problems) ?? [])};
}
