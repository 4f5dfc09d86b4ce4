import {kernelParameters} from '../trace/kernel.ts';
import {patterns} from '../pattern/index.ts';
import {gemmParameters} from '../workload/gemm.ts';
import {gpuParameters} from './gpu.ts';
import {didYouMean} from './nearest.ts';
import {mapping, parameterAt, type Parameters} from './parameter.ts';
import {problemAt, type Place, type Problem} from './problem.ts';
import {settings} from './settings.ts';
import {seen} from './validate.ts';
import type {Written} from './written.ts';
import {readValue} from './yaml.ts';

/** Values that a parameter takes one after the other: of `sweep:` and --axis, or the single one of --set. */
export interface Axis {
  /** gpu.l2.capacity */
  readonly path: string;
  /** The part of the experiment it changes: gpu, workload, pattern, kernel, or the name of a setting. */
  readonly root: string;
  /** The path inside that part. */
  readonly inside: readonly string[];
  readonly key: Place;
  /** One in each row of the block it is part of; where there is none, the parameter stays as it is. */
  readonly values: readonly (Written | undefined)[];
  /** A single value of --set is the same everywhere, and is no coordinate of a result. */
  readonly recorded: boolean;
}

const {name: _, ...extents} = gemmParameters;

/** Everything a path may name. `pattern.…` and `workload.…` change every pattern and GEMM that has the parameter. */
export const axisParameters: Parameters = {
  gpu: mapping(gpuParameters, 'a parameter of a box of every GPU'),
  workload: mapping(extents, 'an extent of every GEMM'),
  pattern: mapping(
    Object.assign({}, ...Object.values(patterns).map(({parameters}) => parameters)) as Parameters,
    'a parameter of every pattern that has it',
  ),
  kernel: mapping<Parameters>(kernelParameters, 'a parameter of the kernel, unless it is auto'),
  ...settings,
};

/** `PATH=VALUE` of the command line, split and read. */
export interface Assignment {
  readonly path: string;
  readonly key: Place;
  readonly value: Written;
}

/** Reads --set and --axis; what is wrong stands nowhere but there. `many`: V1,V2,… Returns none, or one. */
export function readAssignment(option: string, text: string, many: boolean, problems: Problem[]): readonly Assignment[] {
  const key: Place = {file: `${option} ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`, line: 0, column: 0};
  const [, path = '', value] = /^\s*([^=]*?)\s*=(.*)$/s.exec(text) ?? [];
  if (path === '' || value === undefined) {
    problems.push(problemAt(key, [], `expected PATH=VALUE${many ? ',VALUE…' : ''}, such as seed=${many ? '1,2' : '2'}`));
    return [];
  }
  const read = readValue(many ? `[${value}]` : value, key, problems);
  return read ? [{path, key, value: read}] : [];
}

/** An axis by its path, checked against what there is. `value`: a list of values, or the one of --set; undefined: they are found later. */
export function axisOf(path: string, key: Place, value: Written | undefined, recorded: boolean, problems: Problem[]): Axis | undefined {
  const steps = path.split('.');
  const refusal = refusePath(path, steps, key) ?? (recorded && value ? refuseValues(path, value) : undefined);
  if (refusal) problems.push(refusal);
  const values = recorded && value?.kind === 'list' ? value.items : [value];
  return refusal ? undefined : {path, root: steps[0]!, inside: steps.slice(1), key, values, recorded};
}

function refusePath(path: string, steps: readonly string[], key: Place): Problem | undefined {
  const found = parameterAt(axisParameters, steps);
  if ('lost' in found) {
    const whole = elsewhere(path);
    if (whole !== undefined) return problemAt(key, steps, `no such parameter; did you mean "${whole}"?`);
    return problemAt(key, steps.slice(0, found.lost + 1), `no such parameter${didYouMean(steps[found.lost]!, found.known)}`);
  }
  if (!partRoots.includes(path)) return undefined;
  const inside = Object.keys(found.members ?? {}).map((name) => `${path}.${name}`);
  return problemAt(key, steps, `names no parameter; expected one of ${inside.join(', ')}`);
}

function refuseValues(path: string, value: Written): Problem | undefined {
  if (value.kind === 'list') return value.items.length > 0 ? undefined : problemAt(value.at, [path], 'got an empty list, expected a list of values');
  const first = value.kind === 'mapping' ? value.entries.keySeq().first() : undefined;
  const hint = first === undefined ? '' : `; a path is written in one piece, such as ${path}.${first}: [VALUE, …]`;
  return problemAt(value.at, [path], `got ${seen(value)}, expected a list of values${hint}`);
}

/** Someone who writes l2.capacity means gpu.l2.capacity. */
function elsewhere(path: string): string | undefined {
  const root = Object.keys(axisParameters).find(
    (name) => axisParameters[name]!.members && !('lost' in parameterAt(axisParameters, [name, ...path.split('.')])),
  );
  return root === undefined ? undefined : `${root}.${path}`;
}

/** Whole patterns and workloads are lists of their own in the experiment. */
const partRoots: readonly string[] = ['pattern', 'workload'];
