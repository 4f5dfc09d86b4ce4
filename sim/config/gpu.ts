import {existsSync, readdirSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {gpuBoxes} from '../gpu/parameters.ts';
import {didYouMean} from './nearest.ts';
import {mapping, objectOf, required, text, type BoxValues, type Parameters, type Schema} from './parameter.ts';
import {problemAt, type Path, type Problem} from './problem.ts';
import {packageRoot, readText, shown} from './source.ts';
import {seen, validate} from './validate.ts';
import {entry, oneLine, overlay, scalar, without, type Mapping, type Written} from './written.ts';
import {readYaml} from './yaml.ts';

/** The values of every box of a GPU, in base units. */
export type GpuValues = {readonly [B in keyof typeof gpuBoxes]: BoxValues<(typeof gpuBoxes)[B]>};

export interface Gpu {
  readonly name: string;
  readonly values: GpuValues;
}

const boxEntries = Object.entries(gpuBoxes).map(([key, {doc, parameters}]) => [key, mapping(required<Parameters>(parameters), doc)] as const);
/** A mapping a box. A GPU has no defaults: once everything it extends is laid below it, all must be there. */
export const gpuParameters: Parameters = Object.fromEntries(boxEntries);
/** All keys of configs/NAME.yaml but `extends`. */
export const gpuFileParameters: Parameters = {
  name: text('what the GPU is called in results'),
  description: text('the product, in a line'),
  ...gpuParameters,
};
const schema = objectOf(gpuFileParameters) as unknown as Schema<GpuValues & {readonly name: string; readonly description: string}>;

/** A GPU as written, everything it extends laid below it, not yet read into values. */
export interface GpuSource {
  readonly written: Mapping;
  /** The GPU files it is made of. */
  readonly files: readonly string[];
  /** Something it extends could not be read (and is reported): what is missing then is no news. */
  readonly partial: boolean;
}

/** The GPUs of configs/. */
export function gpuNames(): readonly string[] {
  const files = existsSync(configs) ? readdirSync(configs) : [];
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** A GPU by name, by the path of a .yaml file (from `folder`), or written inline. */
export function readGpu(written: Written, folder: string, path: Path, problems: Problem[]): GpuSource | undefined {
  return written.kind === 'mapping' ? inline(written, {folder, path, problems, chain: []}) : named(written, {folder, path, problems, chain: []});
}

/** A GPU's file by itself. */
export function readGpuFile(file: string, problems: Problem[]): GpuSource | undefined {
  return fromFile(resolve(file), shown(file), {folder: '.', path: [], problems, chain: []});
}

/** Reads the values. What is wrong in a GPU's own file is named from the top of that file, anything else from `path`. */
export function gpuOf({written, files, partial}: GpuSource, path: string, problems: Problem[]): Gpu | undefined {
  const found: Problem[] = [];
  const read = validate(schema, written, [], found, {partial});
  const located = (problem: Problem) => (files.includes(problem.file) ? problem : {...problem, path: `${path}.${problem.path}`});
  problems.push(...found.map(located));
  if (!read || partial) return undefined;
  const {name, description: _, ...values} = read;
  return {name, values: values as GpuValues};
}

/** A GPU that differs from its file in a few values says so in its name, so that results stay apart. */
export function renamed(written: Mapping, changes: readonly string[]): Mapping {
  const name = entry(written, 'name')?.value;
  if (changes.length === 0 || name?.kind !== 'scalar') return written;
  return {...written, entries: written.entries.set('name', {key: name.at, value: scalar(`${String(name.value)} (${changes.join(', ')})`, name.at)})};
}

const configs = join(packageRoot, 'configs');

interface Reading {
  /** Paths are relative to it. */
  readonly folder: string;
  readonly path: Path;
  readonly problems: Problem[];
  /** The files that led here, each extending the next. */
  readonly chain: readonly {readonly file: string; readonly label: string}[];
}

function named(written: Written, reading: Reading): GpuSource | undefined {
  const refuse = (message: string): void => void reading.problems.push(problemAt(written.at, reading.path, message));
  if (written.kind !== 'scalar' || typeof written.value !== 'string') {
    refuse(`got ${seen(written)}, expected the name of a GPU (${gpuNames().join(', ')}), or the path of its .yaml file`);
    return undefined;
  }
  const label = written.value;
  const isPath = label.includes('/') || label.endsWith('.yaml');
  const file = isPath ? resolve(reading.folder, label) : join(configs, `${label}.yaml`);
  const circle = reading.chain.findIndex((link) => link.file === file);
  if (circle >= 0) refuse(`goes in a circle: ${[...reading.chain.slice(circle).map((link) => link.label), label].join(' → ')}`);
  else if (isPath || existsSync(file)) return fromFile(file, label, reading, refuse);
  else refuse(`no such GPU: "${label}"${didYouMean(label, gpuNames(), 'always')}`);
  return undefined;
}

/** A file has a name and a description of its own; the rest it may inherit. */
function fromFile(file: string, label: string, reading: Reading, refuse?: (message: string) => void): GpuSource | undefined {
  const read = readText(file);
  if (refuse && 'failure' in read) refuse(`${shown(file)} ${read.failure}`);
  const top = refuse && 'failure' in read ? undefined : readYaml(file, reading.problems)?.top;
  if (!top) return undefined;
  const base = below(top, {...reading, folder: dirname(file), path: [], chain: [...reading.chain, {file, label}]});
  return over({...base, written: without(base.written, 'name', 'description')}, top, [shown(file)]);
}

function inline(top: Mapping, reading: Reading): GpuSource {
  const source = over(below(top, reading), top, []);
  const changes = entry(top, 'name') ? [] : leaves(without(top, 'extends', 'description'));
  return {...source, written: renamed(source.written, changes)};
}

/** What a mapping extends; an empty one where it extends nothing. */
function below(top: Mapping, reading: Reading): GpuSource {
  const parent = entry(top, 'extends')?.value;
  const base = parent && named(parent, {...reading, path: [...reading.path, 'extends']});
  return base ?? {written: {...top, entries: top.entries.clear()}, files: [], partial: parent !== undefined};
}

function over(base: GpuSource, top: Mapping, files: readonly string[]): GpuSource {
  return {...base, written: overlay(base.written, without(top, 'extends')), files: [...files, ...base.files]};
}

function leaves(written: Written, path: readonly string[] = []): string[] {
  if (written.kind !== 'mapping') return [`${path.join('.')}=${oneLine(written)}`];
  return [...written.entries].flatMap(([key, {value}]) => leaves(value, [...path, key]));
}
