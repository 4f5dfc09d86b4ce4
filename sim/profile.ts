import {didYouMean} from './config/nearest.ts';
import {problemAt, type Place, type Problem} from './config/problem.ts';
import {readText, shown} from './config/source.ts';
import {metrics} from './stats/metrics.ts';
import {csvRows, type Row} from './workload/csv.ts';

/** A kernel launch that Nsight Compute profiled: what it counted, by the names shared with it and in their units. */
export interface Launch {
  readonly kernel: string;
  readonly metrics: {readonly [name: string]: number};
}

/** What sections of a report call a metric when they are not asked for names. */
const labels: {readonly [label: string]: string} = {
  Duration: 'gpu__time_duration.sum',
  'Elapsed Cycles': 'sm__cycles_elapsed.max',
  'L2 Hit Rate': 'lts__t_sector_hit_rate.pct',
  'Compute (SM) Throughput': 'sm__throughput.avg.pct_of_peak_sustained_elapsed',
  'L1/TEX Cache Throughput': 'l1tex__throughput.avg.pct_of_peak_sustained_elapsed',
  'L2 Cache Throughput': 'lts__throughput.avg.pct_of_peak_sustained_elapsed',
  'DRAM Throughput': 'dram__throughput.avg.pct_of_peak_sustained_elapsed',
};

/** Its units in ours; it scales by thousands. */
// prettier-ignore
const units: {readonly [unit: string]: number} = {
  ns: 1, nsecond: 1, us: 1e3, usecond: 1e3, ms: 1e6, msecond: 1e6, s: 1e9, second: 1e9,
  byte: 1, Kbyte: 1e3, Mbyte: 1e6, Gbyte: 1e9, '%': 1, inst: 1, sector: 1, cycle: 1, '': 1,
};

const nameOf = (column: string): string | undefined => labels[column] ?? (Object.hasOwn(metrics, column) ? column : undefined);

/**
 * The launches of a file that `ncu --csv` wrote, in their order: a row a metric, or with `--page raw` a row a launch under a row
 * of units. Lines that ncu prints around the table are passed over. `refuse` is told when there is no such file.
 */
export function readProfile(file: string, problems: Problem[], refuse: (message: string) => void): readonly Launch[] {
  const read = readText(file);
  if ('failure' in read) {
    refuse(`${shown(file)} ${read.failure}`);
    return [];
  }
  const at = (line: number, column: number | string = 1): Place => ({file: shown(file), line, column});
  const [head, ...rows] = csvRows(read.text.replace(/^==.*$/gm, ''), at, problems) ?? [];
  const columns = head?.record ?? [];
  if (!columns.includes('ID') || !columns.includes('Kernel Name')) {
    refuse(`${shown(file)} is no table of ncu --csv: it has no columns ID and Kernel Name`);
    return [];
  }
  const cells = columns.includes('Metric Value') ? longCells(rows, columns) : wideCells(rows, columns);
  const launches = new Map<string, {kernel: string; metrics: {[name: string]: number}}>();
  for (const {id, kernel, column, unit, text, line} of cells) {
    const launch = launches.get(id) ?? {kernel, metrics: {}};
    launches.set(id, launch);
    const name = nameOf(column);
    if (name === undefined || ((metrics as {readonly [name: string]: {readonly unit: string}})[name]!.unit === '%') !== (unit === '%')) continue;
    const scale = units[unit];
    // 1,234,567.8: grouped as ncu does in an English locale.
    const value = /^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/.test(text) ? Number(text.replaceAll(',', '')) : NaN;
    if (scale === undefined)
      problems.push(problemAt(at(line, column), [], `no such unit: "${unit}"${didYouMean(unit, Object.keys(units).filter(Boolean))}`));
    else if (Number.isNaN(value) || value < 0) problems.push(problemAt(at(line, column), [], `"${text}" is not a number of at least 0`));
    else launch.metrics[name] = value * scale;
  }
  return [...launches.values()];
}

interface Cell {
  readonly id: string;
  readonly kernel: string;
  readonly column: string;
  readonly unit: string;
  readonly text: string;
  readonly line: number;
}

/** A row a metric. */
function longCells(rows: readonly Row[], columns: readonly string[]): readonly Cell[] {
  return rows.map(({record, info}) => {
    const of = (column: string): string => record[columns.indexOf(column)] ?? '';
    return {id: of('ID'), kernel: of('Kernel Name'), column: of('Metric Name'), unit: of('Metric Unit'), text: of('Metric Value'), line: info.lines};
  });
}

/** A row a launch; the first row has the units and no ID. */
function wideCells([first, ...rows]: readonly Row[], columns: readonly string[]): readonly Cell[] {
  const [id, kernel] = [columns.indexOf('ID'), columns.indexOf('Kernel Name')];
  return rows.flatMap(({record, info}) =>
    columns.map((column, i) => ({
      id: record[id]!,
      kernel: record[kernel]!,
      column,
      unit: first!.record[i] ?? '',
      text: record[i] ?? '',
      line: info.lines,
    })),
  );
}
