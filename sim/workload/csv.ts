import {createRequire} from 'node:module';
import {OrderedMap} from '../config/immutable.ts';
import {didYouMean} from '../config/nearest.ts';
import type {Parameters} from '../config/parameter.ts';
import {problemAt, type Place, type Problem} from '../config/problem.ts';
import {readText, shown} from '../config/source.ts';
import {scalar, type Entry, type Mapping} from '../config/written.ts';

/** A record, and the line it ends on. */
export interface Row {
  readonly record: readonly string[];
  readonly info: {readonly lines: number};
}

/**
 * Reads the rows of a CSV file with a header; the parameters are its columns, those with a default may be left out. `refuse`
 * is told when there is no such file, as that is wrong where the file is named.
 */
export function readCsv(file: string, columns: Parameters, problems: Problem[], refuse: (message: string) => void): readonly Mapping[] {
  const name = shown(file);
  const at = (line: number, column: number | string = 1): Place => ({file: name, line, column});
  const read = readText(file);
  if ('failure' in read) {
    refuse(`${name} ${read.failure}`);
    return [];
  }
  const rows = csvRows(read.text, at, problems);
  const [header, ...body] = rows ?? [];
  if (rows && !header) problems.push(problemAt(at(0), [], `is empty; expected the columns ${Object.keys(columns).join(', ')}`));
  if (!header || !checkHeader(header, columns, at, problems)) return [];
  if (body.length === 0) problems.push(problemAt(at(header.info.lines), [], 'has a header and no rows'));
  return body.flatMap((row) => mappingOf(row, header.record, columns, at, problems) ?? []);
}

/** Loaded when there is a table to be read, which few experiments have. */
function csvParser(): typeof import('csv-parse/sync') {
  return createRequire(import.meta.url)('csv-parse/sync') as typeof import('csv-parse/sync');
}

/** The records of a CSV text, the header first; undefined: it is none, which is told. */
export function csvRows(text: string, at: (line: number) => Place, problems: Problem[]): readonly Row[] | undefined {
  const {CsvError, parse} = csvParser();
  try {
    return parse(text, {bom: true, trim: true, info: true, relax_column_count: true, skip_empty_lines: true}) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error['lines']) || 1;
    problems.push(
      problemAt(
        at(line),
        [],
        error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quote opens here and never closes' : `not valid CSV: ${error.message.replace(/^[^:]*: /, '')}`,
      ),
    );
    return undefined;
  }
}

function checkHeader({record, info}: Row, columns: Parameters, at: (line: number, column?: string) => Place, problems: Problem[]): boolean {
  const known = Object.keys(columns);
  const missing = known.filter((column) => columns[column]!.default === undefined && !record.includes(column));
  const unknown = record.filter((column) => !known.includes(column));
  const twice = record.filter((column, i) => record.indexOf(column) < i);
  problems.push(
    ...missing.map((column) => problemAt(at(info.lines), [], `the column ${column} is missing; the header has ${record.join(', ')}`)),
    ...unknown.map((column) => problemAt(at(info.lines, column), [], `no such column${didYouMean(column, known)}`)),
    ...twice.map((column) => problemAt(at(info.lines, column), [], 'this column is there twice')),
  );
  return missing.length + unknown.length + twice.length === 0;
}

function mappingOf(
  {record, info}: Row,
  header: readonly string[],
  columns: Parameters,
  at: (line: number, column?: string) => Place,
  problems: Problem[],
): Mapping | undefined {
  if (record.length !== header.length) {
    problems.push(problemAt(at(info.lines), [], `has ${record.length} fields, the header has ${header.length}`));
    return undefined;
  }
  const wrong: Problem[] = [];
  const entries = header.map((column, i): [string, Entry] => {
    const field = record[i]!;
    const value = columns[column]!.kind !== 'text' && /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(field) ? Number(field) : field;
    const place = at(info.lines, column);
    const checked = columns[column]!.schema().safeParse(value);
    const quoted = typeof value === 'string' ? `"${value}"` : field;
    if (!checked.success) wrong.push(problemAt(place, [], `${quoted} is not ${checked.error.issues[0]!.message}`));
    return [column, {key: place, value: scalar(value, place)}];
  });
  problems.push(...wrong);
  return wrong.length > 0 ? undefined : {kind: 'mapping', at: at(info.lines), entries: OrderedMap(entries)};
}
