import {BadInput, fileProblem} from '../config/problem.ts';
import type {Result} from '../stats/result.ts';
import {exitCodes} from './exit.ts';
import {parquetOf, type Cell} from './parquet.ts';
import {resultLines} from './result-lines.ts';

export interface ExportOptions {
  readonly csv?: boolean;
  readonly jsonl?: boolean;
  readonly parquet?: boolean;
}

/**
 * Prints the results of directories as a table for other tools: a row a point, and a column for whatever of a result is one
 * value. Those of results.jsonl in their order; where a run has not come to its end, what there is in points/.
 */
export async function exportResults(directories: readonly string[], {csv = false, jsonl = false, parquet = false}: ExportOptions): Promise<number> {
  if ([csv, jsonl, parquet].filter(Boolean).length !== 1) throw new BadInput([fileProblem('export', 'expected one of --csv, --jsonl and --parquet')]);
  if (parquet && process.stdout.isTTY) throw new BadInput([fileProblem('--parquet', 'is no text for a terminal: > results.parquet')]);
  let rows = 0;
  const table: Row[] = [];
  const columns: string[] = [];
  // The columns are those of all results: one that only some have would be lost after the first line.
  if (csv) for await (const row of rowsOf(directories)) for (const name of Object.keys(row)) if (!columns.includes(name)) columns.push(name);
  if (csv && columns.length > 0) await print(columns.map(cell).join(','));
  for await (const row of rowsOf(directories)) {
    rows++;
    if (parquet) table.push(row);
    else await print(csv ? columns.map((name) => cell(row[name] ?? '')).join(',') : JSON.stringify(row));
  }
  if (parquet && rows > 0) await write(await parquetOf(table));
  if (rows > 0) return exitCodes.done;
  throw new BadInput(directories.map((directory) => fileProblem(directory, 'holds no results; tvwsim run or tvwsim sweep writes them')));
}

type Row = {readonly [column: string]: Cell};

async function* rowsOf(directories: readonly string[]): AsyncGenerator<Row> {
  for (const directory of directories) for await (const line of resultLines(directory)) yield flat(JSON.parse(line) as Result);
}

/** pattern.sparsity, axes.gpu.l2.capacity, metrics.tvw.energy: what is one value, under the path that leads to it. */
function flat(result: Result): Row {
  const {ledger_by_sm: _, tiles: __, warnings, kernel, ...rest} = result;
  const cells = leaves({...rest, kernel: {...kernel, tile: kernel.tile.join('x'), warps: kernel.warps.join('x')}, warnings: warnings.join('; ')}, '');
  return Object.fromEntries(cells);
}

function leaves(value: unknown, path: string): [string, Cell][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`));
  return [[path, typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : JSON.stringify(value)]];
}

/** RFC 4180. A text that a spreadsheet would take for a formula stays a text. */
function cell(value: Cell): string {
  const text = typeof value === 'string' && /^[=+@\t\r]|^-(?![\d.])/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Waits for whoever reads the pipe. */
async function write(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

const print = (line: string): Promise<void> => write(`${line}\n`);
