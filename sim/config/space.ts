import {OrderedMap} from './immutable.ts';
import seedrandom from 'seedrandom';
import {axisOf, axisParameters, type Assignment, type Axis} from './axes.ts';
import {count, objectOf, parameterAt} from './parameter.ts';
import {problemAt, type Place, type Problem} from './problem.ts';
import {pick, rangeOf, valuesOf} from './range.ts';
import {seen, validate} from './validate.ts';
import {entry, listed, oneLine, scalar, without, type Entry, type Mapping, type Written} from './written.ts';

/** Axes that move together: in each row, each of them takes the value it has there, if it has one. */
export interface Block {
  readonly axes: readonly Axis[];
  readonly rows: number;
}

/** An axis and the value it takes. */
export interface Choice {
  readonly axis: Axis;
  readonly value: Written;
}

/** How the axes of a mapping are taken together; each form gives blocks, whose rows are multiplied. */
interface Form {
  readonly accepts: string;
  readonly blocks: (written: Mapping, at: Place, problems: Problem[]) => readonly Block[];
}

/** What stands in `sweep:` beside these. */
const besides: {readonly [name: string]: string} = {
  PATH: '[VALUE, …], RANGE, or a list of both: an axis of a grid',
  RANGE: '20..80 MiB step 20, 1..8 of a whole number, log 1..64 (doubles) or log 1..64 step 4; in a sample without a step: anywhere between',
  list: '[{PATH: VALUE, …}, …]: points written out',
  where: 'CONDITION, or a list of them: gpu.l2.capacity >= 20 MiB and (seed = 1 or not l2 = "cold")',
};

const forms: {readonly [name: string]: Form} = {
  grid: {accepts: '{PATH: [VALUE, …], …}: every value with every other', blocks: gridOf},
  zip: {accepts: '{PATH: [VALUE, …], …}: the first values together, then the second, …', blocks: zipOf},
  random: {accepts: '{count: N, seed: S, PATH: RANGE or [VALUE, …], …}: N points, each value drawn', blocks: sampled((u) => u())},
  latin: {
    accepts: '{count: N, seed: S, PATH: RANGE or [VALUE, …], …}: N points, a Latin hypercube',
    // Of N equal parts of the axis each holds one value.
    blocks: sampled((u, i, count, order) => (order[i]! + u()) / count),
  },
};

/** Everything that may stand in `sweep:`, and how it is written. */
export const sweepGrammar: {readonly [name: string]: string} = {
  ...besides,
  ...Object.fromEntries(Object.entries(forms).map(([name, {accepts}]) => [name, accepts])),
};

/** The blocks of `sweep:`: its forms, and any path beside them, which is an axis of a grid. */
export function sweepBlocks(sweep: Written | undefined, problems: Problem[]): readonly Block[] {
  if (sweep && sweep.kind !== 'mapping') problems.push(problemAt(sweep.at, ['sweep'], `got ${seen(sweep)}, expected {PATH: [VALUE, …]}`));
  if (sweep?.kind !== 'mapping') return [];
  return [...sweep.entries].flatMap(([name, {key, value}]) => {
    if (name === 'where') return [];
    if (name === 'list') return listOf(value, problems);
    return Object.hasOwn(forms, name) ? formOf(name, value, problems) : gridOf(single(name, key, value, sweep), key, problems);
  });
}

/** The blocks of a form; of a list of mappings, those of each. */
function formOf(name: string, written: Written, problems: Problem[]): readonly Block[] {
  return listed(written).flatMap((part) => {
    if (part.kind === 'mapping' && part.entries.size > 0) return forms[name]!.blocks(part, part.at, problems);
    problems.push(problemAt(part.at, ['sweep', name], `got ${seen(part)}, expected ${forms[name]!.accepts}`));
    return [];
  });
}

/** How the axes of the command line are taken together; a sample has so many points. */
export interface SweepForm {
  readonly name: 'grid' | 'zip' | 'random' | 'latin';
  readonly count?: number;
}

/** The blocks of the axes of the command line. */
export function commandBlocks(swept: readonly Assignment[], form: SweepForm | undefined, problems: Problem[]): readonly Block[] {
  const {name, count: points} = form ?? {name: 'grid'};
  const at: Place = {file: `--${name}`, line: 0, column: 0};
  if (swept.length === 0) {
    if (form) problems.push(problemAt(at, [], 'wants axes: --axis PATH=VALUES'));
    return [];
  }
  const head = points === undefined ? [] : [{path: 'count', key: at, value: scalar(points, at)}];
  const entries = [...head, ...swept].map(({path, key, value}): [string, Entry] => [path, {key, value}]);
  return forms[name]!.blocks({kind: 'mapping', at, entries: OrderedMap(entries)}, at, problems);
}

/** What is left of a block when some paths are taken. */
export function left(block: Block, taken: ReadonlySet<string>): readonly Block[] {
  const axes = block.axes.filter(({path}) => !taken.has(path));
  return axes.length > 0 ? [{...block, axes}] : [];
}

/** A parameter has one place in a sweep. */
export function refuseTwice(blocks: readonly Block[], problems: Problem[]): void {
  const seenPaths = new Set<string>();
  for (const {path, key} of blocks.flatMap(({axes}) => axes)) {
    if (seenPaths.has(path)) problems.push(problemAt(key, [path], 'is an axis of this sweep already'));
    seenPaths.add(path);
  }
}

function single(name: string, key: Place, value: Written, around: Mapping): Mapping {
  return {...around, entries: around.entries.clear().set(name, {key, value})};
}

function gridOf(written: Mapping, _: Place, problems: Problem[]): readonly Block[] {
  return axesOf(written, problems).map((axis) => ({axes: [axis], rows: axis.values.length}));
}

function zipOf(written: Mapping, at: Place, problems: Problem[]): readonly Block[] {
  const axes = axesOf(written, problems);
  const lengths = axes.map(({path, values}) => `${path} ${values.length}`);
  const rows = axes[0]?.values.length ?? 0;
  if (axes.every(({values}) => values.length === rows)) return [{axes, rows}];
  problems.push(problemAt(at, ['sweep', 'zip'], `wants lists of one length; got ${lengths.join(', ')}`));
  return [];
}

/** Points written out: each a mapping of paths, of which others need not have the same. */
function listOf(written: Written, problems: Problem[]): readonly Block[] {
  const points = written.kind === 'list' ? written.items : [];
  if (points.length === 0)
    problems.push(problemAt(written.at, ['sweep', 'list'], `got ${seen(written)}, expected a list of points, each {PATH: VALUE, …}`));
  const axes = new Map<string, Axis & {readonly values: (Written | undefined)[]}>();
  points.forEach((point, row) => {
    if (point.kind !== 'mapping') problems.push(problemAt(point.at, ['sweep', 'list', row], `got ${seen(point)}, expected {PATH: VALUE, …}`));
    else
      for (const [path, {key, value}] of point.entries) {
        const axis = axes.get(path) ?? {...(axisOf(path, key, undefined, true, problems) ?? unknown(path, key)), values: points.map(() => undefined)};
        axis.values[row] = value;
        axes.set(path, axis);
      }
  });
  return [{axes: [...axes.values()], rows: points.length}];
}

/** A path that is refused anyway. */
const unknown = (path: string, key: Place): Axis => ({path, root: '', inside: [], key, values: [], recorded: true});

const samplingParameters = {count: count('points to draw', {max: 1e7}), seed: count('of what is drawn', {min: 0, default: 1})};
const samplingSchema = objectOf(samplingParameters);

/** `shareOf`: how far along its axis the i-th of `count` values lies; `order` is the numbers below `count`, shuffled. */
function sampled(shareOf: (u: () => number, i: number, count: number, order: readonly number[]) => number): Form['blocks'] {
  return (written, _, problems) => {
    const names = Object.keys(samplingParameters);
    const head = {...written, entries: written.entries.filter((__, name) => names.includes(name))};
    const read = validate(samplingSchema, head, ['sweep'], problems);
    const paths = without(written, ...names);
    if (!read) return [];
    const axes = [...paths.entries].flatMap(([path, {key, value}]) => {
      const axis = axisOf(path, key, undefined, true, problems);
      if (!axis) return [];
      const random = seedrandom.xor4096(`${read.seed}/${path}`);
      const order = shuffled(read.count, random);
      const whole = isWhole(path);
      const items = value.kind === 'list' ? value.items : [value];
      const range = items.length === 1 ? rangeOf(items[0]!) : undefined;
      const choices = range ? [] : items.flatMap((item) => expanded(item, path, problems));
      const values = Array.from({length: read.count}, (__, i) => {
        const share = shareOf(random, i, read.count, order);
        return range ? pick(range, share, whole, path, problems) : choices[Math.min(choices.length - 1, Math.floor(share * choices.length))];
      });
      return [{...axis, values}];
    });
    return [{axes, rows: read.count}];
  };
}

function shuffled(count: number, random: () => number): readonly number[] {
  const order = Array.from({length: count}, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** The axes of a mapping, ranges written out. */
function axesOf(written: Mapping, problems: Problem[]): readonly Axis[] {
  return [...written.entries].flatMap(([path, {key, value}]) => {
    const range = rangeOf(value);
    const list = range ? {...value, kind: 'list' as const, items: [value]} : value;
    const before = problems.length;
    const items = list.kind === 'list' ? list.items.flatMap((item) => expanded(item, path, problems)) : undefined;
    // A range that is wrong has said so; that it leaves nothing is no news.
    if (items?.length === 0 && problems.length > before) return [];
    const axis = axisOf(path, key, items ? {...list, kind: 'list', items} : list, true, problems);
    return axis ?? [];
  });
}

function expanded(item: Written, path: string, problems: Problem[]): readonly Written[] {
  const range = rangeOf(item);
  return range ? valuesOf(range, isWhole(path), path, problems) : [item];
}

function isWhole(path: string): boolean {
  const parameter = parameterAt(axisParameters, path.split('.'));
  return 'kind' in parameter && parameter.kind === 'count';
}

/** How many rows the blocks make, multiplied. */
export function sizeOf(blocks: readonly Block[]): number {
  return blocks.reduce((product, {rows}) => product * rows, 1);
}

/** Every row of every block with every row of the others, the last block running fastest. */
export function* rowsOf(blocks: readonly Block[]): Generator<readonly Choice[]> {
  const at = blocks.map(() => 0);
  if (blocks.some(({rows}) => rows === 0)) return;
  for (;;) {
    yield blocks.flatMap(({axes}, b) => axes.flatMap((axis) => (axis.values[at[b]!] ? [{axis, value: axis.values[at[b]!]!}] : [])));
    let last = blocks.length - 1;
    while (last >= 0 && ++at[last]! === blocks[last]!.rows) at[last--] = 0;
    if (last < 0) return;
  }
}

/** The sweep's conditions, as written. */
export function conditionsIn(sweep: Written | undefined): readonly Written[] {
  return listed(entry(sweep, 'where')?.value);
}

/** What a choice says, to tell it from others. */
export const choiceText = ({axis, value}: Choice): string => `${axis.path}=${oneLine(value)}`;
