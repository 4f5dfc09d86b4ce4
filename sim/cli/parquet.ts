import {BadInput, fileProblem} from '../config/problem.ts';

export type Cell = string | number | boolean;

/** A table whose rows may lack columns that others have. */
type Row = {readonly [column: string]: Cell};

/** What is used of the package. */
interface Writer {
  readonly parquetWriteBuffer: (options: {readonly columnData: readonly Column[]; readonly createdBy: string}) => ArrayBuffer;
}

interface Column {
  readonly name: string;
  readonly data: readonly (Cell | null)[];
  readonly type: 'DOUBLE' | 'BOOLEAN' | 'STRING';
}

const packageName: string = 'hyparquet-writer';
/** The one it was tried with. */
const version = '0.17.0';

/**
 * Rows as a Parquet file, whole in memory: a column for every name, null where a row lacks it. Numbers are doubles, whatever their
 * values, so that files of different runs have one schema. Throws BadInput where the package that writes it is not installed.
 */
export async function parquetOf(rows: readonly Row[]): Promise<Uint8Array> {
  const {parquetWriteBuffer} = await writer();
  const columns = new Map<string, (Cell | null)[]>();
  rows.forEach((row, i) => {
    for (const [name, value] of Object.entries(row)) {
      if (!columns.has(name)) columns.set(name, Array<null>(rows.length).fill(null));
      columns.get(name)![i] = value;
    }
  });
  const columnData = [...columns].map(([name, data]) => columnOf(name, data));
  return new Uint8Array(parquetWriteBuffer({columnData, createdBy: 'tvwsim'}));
}

/** A column that is not all numbers, nor all true or false, is one of texts. */
function columnOf(name: string, data: readonly (Cell | null)[]): Column {
  const all = (type: string) => data.every((value) => value === null || typeof value === type);
  if (all('number')) return {name, data, type: 'DOUBLE'};
  if (all('boolean')) return {name, data, type: 'BOOLEAN'};
  return {name, data: data.map((value) => (value === null ? null : String(value))), type: 'STRING'};
}

async function writer(): Promise<Writer> {
  try {
    return (await import(packageName)) as Writer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const message = `wants the package ${packageName}, which is not installed: npm install ${packageName}@${version}`;
    throw new BadInput([fileProblem('--parquet', message)]);
  }
}
