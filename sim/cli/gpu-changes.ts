import type {Comparison} from '../../reports/compare.ts';
import {brief, signed, whole} from '../../reports/format.ts';
import type {RunRecord} from '../../reports/read.ts';
import {gpuParameters, type Gpu, type GpuValues} from '../config/gpu.ts';
import {jobOf} from '../job.ts';
import type {Point} from '../point.ts';
import {simulateJob} from '../simulate.ts';
import {columns} from './columns.ts';
import {originOf, originsOf} from './origins.ts';

/** The points that two runs were made of; undefined, with the reason, where they are not known any more. */
export type Origins = {readonly before: readonly Point[]; readonly after: readonly Point[]} | {readonly reason: string};

/** Reads both experiments again, if they are as they were. */
export function gpuChanges(before: RunRecord | undefined, after: RunRecord | undefined): Origins {
  const [from, to] = [originsOf(before), originsOf(after)];
  if ('reason' in from) return from;
  return 'reason' in to ? to : {before: from.points, after: to.points};
}

/** The GPU values that differ between the points of two results; with `effects`, what each does to the first, ranked. */
export function gpuText(origins: Origins, {before, after}: Comparison, effects: boolean): readonly string[] {
  if ('reason' in origins) return before.gpu === after.gpu && !effects ? [] : [`  GPU values: ${origins.reason}.`];
  const [from, to] = [originOf(origins.before, before), originOf(origins.after, after)];
  const changes = from && to ? changesOf(from.gpu, to.gpu) : [];
  if (!from || changes.length === 0) return effects ? ['  No value of the GPU differs.'] : [];
  if (!effects)
    return [
      columns(
        ['GPU VALUE', 'BEFORE', 'AFTER'],
        changes.map((c) => [c.path, c.before, c.after]),
      ),
    ];
  // One kernel for all, lest the choice of another hide what a value does.
  const kernel = jobOf(from).kernel;
  const tried = changes.map((change) => ({change, effect: effectOf(change, {...from, kernel}, before)}));
  const ranked = tried
    .flatMap(({change, effect}) => ('reason' in effect ? [] : [{...change, ...effect}]))
    .toSorted((a, b) => Math.abs(b.us) - Math.abs(a.us));
  const refused = tried.flatMap(({change, effect}) => ('reason' in effect ? [{...change, ...effect}] : []));
  const rest = (of: 'cycles' | 'us', all: number) => all - ranked.reduce((sum, change) => sum + change[of], 0);
  const us = (value: number) => signed(value, (v) => v.toFixed(2));
  const row = (path: string, cycles: number, time: number, what: string) => [path, signed(cycles, whole), us(time), what];
  return [
    columns(
      ['GPU VALUE, CHANGED ALONE', 'SM CYCLES', 'µs', 'FROM … TO'],
      [
        ...ranked.map((c) => row(c.path, c.cycles, c.us, `${c.before} → ${c.after}`)),
        row('together, and the kernel', rest('cycles', after.cycles - before.cycles), rest('us', after.time_us - before.time_us), 'what is left'),
      ],
    ),
    ...(refused.length === 0
      ? []
      : [
          columns(
            ['NOT TO BE CHANGED ALONE', 'FROM … TO', 'BECAUSE'],
            refused.map((c) => [c.path, `${c.before} → ${c.after}`, c.reason]),
          ),
        ]),
  ];
}

/** What one change does to a point; or why the point cannot be with it: its kernel may not fit such an SM. */
function effectOf(
  change: GpuChange,
  from: Point,
  before: Comparison['before'],
): {readonly cycles: number; readonly us: number} | {readonly reason: string} {
  const point = {...from, gpu: {...from.gpu, values: change.into(from.gpu.values)}};
  try {
    const {cycles, time_us} = simulateJob(point, jobOf(point));
    return {cycles: cycles - before.cycles, us: time_us - before.time_us};
  } catch (error) {
    return {reason: (error as Error).message};
  }
}

interface GpuChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** The values with this one changed. */
  readonly into: (values: GpuValues) => GpuValues;
}

/** A value in a cell: of a table only how long it is, as those that differ may be a row of many. */
const textOf = (value: unknown, parameter: {format(value: unknown): string}): string =>
  Array.isArray(value) && value.some((row) => typeof row === 'object') ? `a table of ${value.length} rows` : brief(parameter.format(value), 60);

type Boxes = {readonly [box: string]: {readonly [name: string]: unknown}};

function changesOf(before: Gpu, after: Gpu): readonly GpuChange[] {
  const [from, to] = [before.values as Boxes, after.values as Boxes];
  return Object.entries(gpuParameters).flatMap(([box, {members = {}}]) =>
    Object.entries(members).flatMap(([name, parameter]): GpuChange[] => {
      const [a, b] = [from[box]?.[name], to[box]?.[name]];
      if (JSON.stringify(a) === JSON.stringify(b)) return [];
      const into = (values: GpuValues) => ({...values, [box]: {...(values as Boxes)[box], [name]: b}}) as GpuValues;
      return [{path: `gpu.${box}.${name}`, before: textOf(a, parameter), after: textOf(b, parameter), into}];
    }),
  );
}
