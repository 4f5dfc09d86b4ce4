import {ImmutableMap, OrderedMap, fromJS, is} from './immutable.ts';
import type {Point} from '../point.ts';
import type {Gemm} from '../workload/gemm.ts';
import type {Gpu} from './gpu.ts';
import {pathText, type Problem} from './problem.ts';
import type {Settings} from './settings.ts';
import type {Choice} from './space.ts';
import {oneLine, put, type Written} from './written.ts';

/** One value a part of the experiment takes in the grid. */
export interface Cell<T> {
  readonly value: T;
  /** The same as an immutable value, to compare by. */
  readonly identity: unknown;
  readonly axes: Point['axes'];
}

/** The parts whose product is a row of the sweep; where there is no sweep, the experiment. */
export interface Parts {
  readonly gpus: readonly Cell<Gpu>[];
  readonly settings: readonly Cell<Settings>[];
  readonly workloads: readonly (Cell<Point['workload']> & {readonly own?: Cell<Point['pattern']>})[];
  readonly kernels: readonly Cell<Point['kernel']>[];
  readonly patterns: readonly Cell<Point['pattern']>[];
}

export function cell<T>(value: T, axes: Point['axes'] = {}): Cell<T> {
  return {value, identity: fromJS(value), axes};
}

/** Reads a part of the experiment with the values that some axes have in a row of the sweep; none, if it cannot be read. */
export function cells<W extends Written, T>(
  written: W,
  choices: readonly Choice[],
  read: (written: W, problems: Problem[]) => T | undefined,
  problems: Problem[],
): readonly Cell<T>[] {
  const found: Problem[] = [];
  const chosen = choices.reduce<Written>((into, {axis, value}) => put(into, axis.inside, value, axis.key), written) as W;
  const value = read(chosen, found);
  problems.push(...found.map((problem) => byAxis(problem, choices)));
  const recorded = choices.filter(({axis}) => axis.recorded).map(({axis, value: one}) => [axis.path, oneLine(one)] as const);
  return value === undefined ? [] : [cell(value, Object.fromEntries(recorded))];
}

/**
 * All points in a fixed order, the patterns of one kernel side by side. Points that differ in nothing are one point: a sweep
 * of a parameter that dense does not have leaves one dense point.
 */
export function pointsOf(experiment: string, rows: Iterable<Parts>): readonly Point[] {
  const points = OrderedMap<ImmutableMap<string, unknown>, Point>().asMutable();
  const add = (
    gpu: Cell<Gpu>,
    setting: Cell<Settings>,
    workload: Cell<Point['workload']>,
    workloads: Parts['workloads'],
    kernel: Cell<Point['kernel']>,
    pattern: Cell<Point['pattern']>,
  ) => {
    const parts = {gpu, setting, workload, kernel, pattern};
    const key = ImmutableMap<string, unknown>(Object.entries(parts).map(([name, part]) => [name, part.identity]));
    if (points.has(key)) return;
    const axes = Object.assign({}, ...Object.values(parts).map((part) => part.axes)) as Point['axes'];
    points.set(key, {
      experiment,
      gpu: gpu.value,
      workload: workload.value,
      pattern: pattern.value,
      kernel: kernel.value,
      ...setting.value,
      ...(setting.value.ranking === 'global' && {layers: beside(workload, workloads)}),
      axes,
    });
  };
  for (const {gpus, settings, workloads, kernels, patterns} of rows) {
    for (const gpu of gpus) {
      for (const setting of settings) {
        for (const workload of workloads) {
          if ('trace' in workload.value) add(gpu, setting, workload, workloads, ...ofTrace);
          else {
            const kinds = workload.value.weights === 'protected' ? [untouched] : [...patterns, ...(workload.own ? [workload.own] : [])];
            for (const kernel of kernels) for (const pattern of kinds) add(gpu, setting, workload, workloads, kernel, pattern);
          }
        }
      }
    }
  }
  return [...points.values()];
}

/** The prunable GEMMs of a network: those at the same place of the axes. */
function beside({axes, value: layer}: Cell<Point['workload']>, workloads: Parts['workloads']): readonly Gemm[] {
  const place = fromJS(axes);
  const network = 'trace' in layer ? undefined : layer.network;
  return workloads.flatMap(({value, axes: others}) =>
    'trace' in value || value.network !== network || value.weights === 'protected' || !is(fromJS(others), place) ? [] : [value],
  );
}

/** A trace brings its kernel and its pattern along: it is one point, whatever patterns stand beside it. */
const ofTrace = [cell<Point['kernel']>('auto'), cell<Point['pattern']>({type: 'trace', values: {}})] as const;

/** Protected weights stay dense whatever patterns stand beside them. */
const untouched = cell<Point['pattern']>({type: 'dense', values: {}});

/** A value that an axis put into a part is named by the axis. */
function byAxis(problem: Problem, choices: readonly Choice[]): Problem {
  const {file, line, column} = problem;
  const isHere = ({value: {kind, at}}: Choice) => kind === 'scalar' && at.file === file && at.line === line && at.column === column;
  const choice = choices.find(isHere);
  return choice ? {...problem, path: pathText(choice.axis.path.split('.'))} : problem;
}
