import {readTrace} from '../trace/codec.ts';
import {statisticsOf, type LaunchStatistics, type Spread, type Statistics, type Traffic} from '../trace/statistics.ts';
import {exitCodes} from './exit.ts';
import {grouped, percent, sized} from './numbers.ts';
import {colours, table} from './table.ts';

/** Prints a trace in numbers, or as JSON. Returns the exit code. */
export function stat(file: string, {json = false}: {readonly json?: boolean}): number {
  const statistics = statisticsOf(readTrace(file));
  console.log(json ? JSON.stringify(statistics, null, 2) : [about(statistics), ...statistics.launches.map(launchText)].join('\n\n'));
  return exitCodes.done;
}

function about({workload, m, n, k, dtype, pattern, seed, kept, tiles, padding, activations}: Statistics): string {
  const rows = [
    ['shape', `${m} × ${n} × ${k} ${dtype}, activations ${activations}`],
    ['pattern', `${pattern}: ${percent(kept)} of the weights kept, seed ${seed}`],
    ['tiles', `${tiles.count} of ${spread(tiles.rows)} rows × ${spread(tiles.columns)} columns`],
    ['padding', `${percent(padding)} of the multiply-adds fill up tiles`],
  ];
  return [colours.bold(workload), table(['', ''], rows)].join('\n');
}

function launchText(launch: LaunchStatistics): string {
  const {operations} = launch;
  const total = Object.values(operations).reduce((sum, count) => sum + count, 0);
  const facts = [
    ['grid', `${grouped(launch.ctas)} CTAs, ${grouped(launch.warps)} warps`],
    ['K tiles', `${spread(launch.kTiles)} a CTA, ${launch.stages} stage${launch.stages === 1 ? '' : 's'}`],
    ['a CTA takes', `${sized(launch.sharedMemoryBytes)} of shared memory, ${launch.registersPerThread} registers a thread`],
  ];
  const kinds = Object.entries(operations).map(([kind, count]) => [kind, grouped(count), percent(count / total)]);
  return [
    colours.bold(launch.name),
    table(['', ''], facts),
    '',
    aligned(['OPERATION', 'ISSUED', 'SHARE'], [...kinds, ['all', grouped(total), '']]),
    '',
    aligned(['TRAFFIC', 'BYTES', '', 'SECTORS', 'USED OF THEM'], [...trafficRows('load', launch.loads), ...trafficRows('store', launch.stores)]),
  ].join('\n');
}

const sectorBytes = 32;

function trafficRows(kind: string, traffic: Traffic): readonly (readonly string[])[] {
  const rows = Object.entries(traffic).sort(([, a], [, b]) => b.bytes - a.bytes);
  return rows.map(([operand, {bytes, sectors}]) => [
    `${kind} ${operand}`,
    grouped(bytes),
    sized(bytes),
    grouped(sectors),
    percent(bytes / (sectors * sectorBytes)),
  ]);
}

/** A table of numbers: the first column to the left, the others to the right. */
function aligned(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd();
  return [colours.dim(line(header)), ...rows.map(line)].join('\n');
}

function spread({min, mean, max}: Spread): string {
  return min === max ? grouped(min) : `${grouped(min)}…${grouped(max)} (mean ${mean < 100 ? Number(mean.toFixed(1)) : grouped(mean)})`;
}
