import {resolve} from 'node:path';
import {gpuNames} from './config/gpu.ts';
import {didYouMean} from './config/nearest.ts';
import {count, number, objectOf, text} from './config/parameter.ts';
import {problemAt, type Place, type Problem} from './config/problem.ts';
import {shown} from './config/source.ts';
import {dtypes} from './config/settings.ts';
import {validate} from './config/validate.ts';
import {entry, plain, type Mapping, type Written} from './config/written.ts';
import {macs} from './gpu/tensor-core.ts';
import {elements} from './elements.ts';
import {patterns} from './pattern/index.ts';
import type {Point} from './point.ts';
import {withProfile} from './profiled.ts';
import {readCsv} from './workload/csv.ts';

/** Columns that hold the time, each in its own unit; µs to the unit. */
const units = {time_ns: 1e-3, time_us: 1, time_ms: 1e3} as const;
const positive = {min: 1e-9, default: 0};

const columns = {
  m: count('rows of the activations'),
  n: count('columns of the weights'),
  k: count('rows of the weights'),
  pattern: text('a pattern as tables name it, such as dense, 2:4 or TVW 75 %'),
  time_us: number('kernel time in µs, launch gap included', positive),
  time_ns: number('the same in ns', positive),
  time_ms: number('the same in ms', positive),
  gpu: text('where it was measured; without it, wherever the experiment runs', {default: ''}),
  dtype: text('type of the elements; without it, the experiment’s', {default: ''}),
  name: text('what the row is called there', {default: ''}),
  source: text('who measured it', {default: ''}),
};

interface Row {
  readonly at: Place;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly pattern: string;
  readonly gpu: string;
  readonly dtype: string;
  readonly time_us: number;
}

/** The points with what the experiment's `measured` block has of them; as they are where it has none. */
export function withMeasured(points: readonly Point[], top: Mapping, folder: string, problems: Problem[], warnings: Problem[]): readonly Point[] {
  const block = entry(top, 'measured')?.value;
  if (!block) return points;
  return entry(block, 'ncu') ? withProfile(points, block, folder, problems) : withTimes(points, block, folder, problems, warnings);
}

/** Times of a CSV file, each beside the point of its extents and pattern. */
function withTimes(points: readonly Point[], block: Written, folder: string, problems: Problem[], warnings: Problem[]): readonly Point[] {
  const named = validate(objectOf({csv: text('a file with the columns m, n, k, pattern and time_us')}), block, ['measured'], problems);
  if (!named) return points;
  const file = resolve(folder, named.csv);
  const at = entry(block, 'csv')!.value.at;
  const found: Problem[] = [];
  const rows = rowsOf(file, points, found, (message) => found.push(problemAt(at, ['measured', 'csv'], message)));
  const placed = points.map((point) => ({point, row: rows.find((row) => isOf(row, point))}));
  const used = new Set(placed.flatMap(({row}) => row ?? []));
  const idle = rows.filter((row) => !used.has(row));
  if (rows.length > 0 && used.size === 0) found.push(problemAt(at, ['measured', 'csv'], `no row of ${shown(file)} is of a point of this experiment`));
  else if (idle.length > 0)
    warnings.push(problemAt(idle[0]!.at, [], `${idle.length} of ${rows.length} rows are of no point of this experiment, this one first`));
  const slip = slipOf(placed.flatMap(({point, row}) => (row ? [row.time_us / atBest(point)] : [])));
  if (slip && found.length === 0) found.push(problemAt({...rows[0]!.at, line: 1}, [], slip));
  problems.push(...found);
  return placed.map(({point, row}) => (row ? {...point, measured_us: row.time_us} : point));
}

function rowsOf(file: string, points: readonly Point[], problems: Problem[], refuse: (message: string) => void): readonly Row[] {
  const known = [...new Set([...gpuNames(), ...points.map(({gpu}) => gpu.name)])];
  const first = new Map<string, number>();
  const written = readCsv(file, columns, problems, refuse);
  const times = Object.keys(units).filter((column) => entry(written[0], column));
  if (written.length > 0 && times.length !== 1) {
    const got = times.length === 0 ? 'a column of times is missing' : `there are ${times.length} columns of times, ${times.join(' and ')}`;
    problems.push(problemAt({...written[0]!.at, line: 1}, [], `${got}; expected one of ${Object.keys(units).join(', ')}`));
    return [];
  }
  return written.flatMap((one) => {
    const values = plain(one) as {readonly [column: string]: string | number};
    const row = {...columnDefaults, ...values, time_us: Number(values[times[0]!]) * units[times[0]! as keyof typeof units], at: one.at} as Row;
    const cell = (column: string): Place => ({...one.at, column});
    const wrong = [
      ...(row.gpu === '' || known.includes(row.gpu)
        ? []
        : [problemAt(cell('gpu'), [], `no such GPU: "${row.gpu}"${didYouMean(row.gpu, known, 'always')}`)]),
      ...(row.dtype === '' || isType(row.dtype)
        ? []
        : [problemAt(cell('dtype'), [], `no such type: "${row.dtype}"${didYouMean(row.dtype, dtypes, 'always')}`)]),
    ];
    const key = JSON.stringify([row.m, row.n, row.k, said(row.pattern), row.gpu, row.dtype]);
    const before = first.get(key);
    if (before !== undefined) wrong.push(problemAt(one.at, [], `measures again what line ${before} does`));
    first.set(key, one.at.line);
    problems.push(...wrong);
    return wrong.length > 0 ? [] : [row];
  });
}

const columnDefaults = {gpu: '', dtype: ''};
const isType = (dtype: string): boolean => (dtypes as readonly string[]).includes(dtype);
/** TVW 75 % and tvw 75% are the same pattern. */
const said = (pattern: string): string => pattern.toLowerCase().replace(/\s/g, '');

function isOf(row: Row, {workload, pattern, gpu, dtype}: Point): boolean {
  if ('trace' in workload || workload.m !== row.m || workload.n !== row.n || workload.k !== row.k) return false;
  const isThere = row.gpu === '' || gpu.name === row.gpu || gpu.name.startsWith(`${row.gpu} (`);
  return isThere && (row.dtype === '' || row.dtype === dtype) && said(patterns[pattern.type]!.label(pattern.values)) === said(row.pattern);
}

/**
 * Measured times in units of what the GPU needs at best lie between a third, where L2 is warm, and some tens, where a kernel
 * leaves most SMs empty. A slip of a unit moves all of them by 1000.
 */
const sane = {least: 0.1, most: 200} as const;

/** What is wrong with the column of times as a whole, told from ratios of measured to best times. */
function slipOf(ratios: readonly number[]): string | undefined {
  const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)];
  if (median === undefined || (median >= sane.least && median <= sane.most)) return undefined;
  const [by, slip] =
    median < sane.least
      ? ['short', 'a unit larger than the column says, such as ms for µs']
      : ['long', 'a unit smaller than the column says, such as ns for µs'];
  const times = median < sane.least ? 1 / median : median;
  return `the times are too ${by} for the GPU by a factor of about ${Number(times.toPrecision(1))} (the median row’s): they seem to be in ${slip}`;
}

/** µs that the point's GPU takes at least: its tensor cores at their peak, or its DRAM, and the launch. */
function atBest({gpu: {values}, workload, pattern, dtype}: Point): number {
  if ('trace' in workload) return NaN;
  const {m, n, k} = workload;
  const element = elements[dtype]!;
  const {sparsity} = pattern.values;
  const vector = patterns[pattern.type]!.vector(pattern.values);
  const kept = typeof sparsity === 'number' ? 1 - sparsity : vector ? vector.n / vector.m : 1;
  const rates = values.tensorCore.mma.filter((mma) => mma.type === element.mma && mma.sparse === 'dense').map((mma) => macs(mma) / mma.interval);
  const sms = values.sm.gpcs.reduce((a, b) => a + b, 0);
  const compute = (m * n * k * kept) / (Math.max(1, ...rates) * sms * values.sm.subcores * values.clock.frequency);
  const memory = ((m * k + k * n * kept + m * n) * element.bytes) / values.dram.bandwidth;
  return Math.max(compute, memory) * 1e6 + (values.host.launchGap + values.host.nullKernel) / 1e3;
}
