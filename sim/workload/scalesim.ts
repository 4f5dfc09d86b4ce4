import {problemAt, type Place, type Problem} from '../config/problem.ts';
import {shown} from '../config/source.ts';
import type {Layer} from './layer.ts';

/**
 * The layers of a SCALE-Sim topology, GEMMs or convolutions as the header says. Read as SCALE-Sim reads it: columns by their
 * place, each row with a comma at its end or without, the input padded already, outputs counted up where a stride does not
 * come out even, and a layer called DP once for each of its channels. `#` begins a comment. `batch`: images, times M.
 */
export function readTopology(text: string, file: string, batch: number, problems: Problem[]): readonly Layer[] {
  const [head, ...rows] = rowsOf(text, shown(file));
  if (!head) {
    problems.push(problemAt({file: shown(file), line: 0, column: 0}, [], `is empty; ${expected}`));
    return [];
  }
  const table = headed(head);
  if (!table) {
    problems.push(problemAt(head.at(), [], `no topology begins with "${head.fields.slice(0, 4).join(', ')}"; ${expected}`));
    return [];
  }
  if (rows.length === 0) problems.push(problemAt(head.at(), [], 'has a header and no rows'));
  return rows.flatMap((row) => {
    const found: Problem[] = [];
    const read = valuesOf(row, table, found);
    if (found.length === 0) {
      const layer = table.layer(read.name, read.numbers, batch);
      if (typeof layer !== 'string') return [{...layer, at: row.at(), ...(read.vector && {vector: read.vector})}];
      found.push(problemAt(row.at(), [], layer));
    }
    problems.push(...found);
    return [];
  });
}

const expected = 'expected Layer, M, N, K or Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides';

interface Row {
  readonly fields: readonly string[];
  readonly at: (column?: string) => Place;
}

/** Lines that hold something, without the comma that may end them. */
function rowsOf(text: string, file: string): readonly Row[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i): Row => {
      const fields = line.replace(/#.*/, '').split(',').map((field) => field.trim()); // prettier-ignore
      while (fields.at(-1) === '') fields.pop();
      return {fields, at: (column) => ({file, line: i + 1, column: column ?? 1})};
    })
    .filter(({fields}) => fields.length > 0);
}

interface Table {
  readonly names: readonly string[];
  /** Columns of whole numbers after the name. */
  readonly numbers: number;
  /** Column of the ratios; −1: none. */
  readonly sparsity: number;
  /** A layer, or what is wrong with the numbers taken together. */
  readonly layer: (name: string, numbers: readonly number[], batch: number) => Layer | string;
}

function headed({fields}: Row): Table | undefined {
  const sparsity = fields.findIndex((name) => /sparsity/i.test(name));
  const table = {names: fields, sparsity};
  if (/^m$/i.test(fields[1] ?? '')) return {...table, numbers: 3, layer: gemm};
  const strides = fields.filter((name) => /stride/i.test(name)).length;
  return /ifmap/i.test(fields[1] ?? '') ? {...table, numbers: strides === 2 ? 8 : 7, layer: convolution} : undefined;
}

function gemm(name: string, [m, n, k]: readonly number[], batch: number): Layer {
  return {name, m: batch * m!, n: n!, k: k!};
}

function convolution(name: string, numbers: readonly number[], batch: number): Layer | string {
  const [height, width, filterHeight, filterWidth, channels, filters, strideDown, strideRight = strideDown] = numbers as [
    number, number, number, number, number, number, number, number?
  ]; // prettier-ignore
  if (filterHeight > height || filterWidth > width)
    return `a filter of ${filterHeight} × ${filterWidth} does not fit an input of ${height} × ${width}`;
  const pixels = outputs(height, filterHeight, strideDown) * outputs(width, filterWidth, strideRight!);
  const window = filterHeight * filterWidth;
  const depthwise = name.includes('DP');
  return {name, m: batch * pixels, n: filters, k: window * (depthwise ? 1 : channels), count: depthwise ? channels : 1};
}

const outputs = (input: number, filter: number, stride: number): number => Math.ceil((input - filter) / stride) + 1;

function valuesOf({fields, at}: Row, {names, numbers, sparsity}: Table, problems: Problem[]) {
  const least = 1 + numbers;
  if (fields.length < least || fields.length > Math.max(least, names.length)) {
    problems.push(problemAt(at(), [], `has ${fields.length} fields, the header has ${names.length}`));
    return {name: '', numbers: []};
  }
  const values = fields.slice(1, least).map((field, i) => {
    if (!/^\d{1,9}$/.test(field) || Number(field) === 0)
      problems.push(problemAt(at(names[1 + i]), [], `"${field}" is not a whole number of at least 1`));
    return Number(field);
  });
  const vector = sparsity > 0 ? ratioOf(fields[sparsity] ?? '1', at(names[sparsity]), problems) : undefined;
  return {name: fields[0] === '' ? `layer${at().line}` : fields[0]!, numbers: values, vector};
}

/** 2:4 keeps two of every four weights; 1, and 4:4, keep all. */
function ratioOf(field: string, at: Place, problems: Problem[]): Layer['vector'] {
  const [, n, m] = /^(\d{1,3}):(\d{1,3})$/.exec(field) ?? [];
  if (field !== '1' && (n === undefined || Number(n) === 0 || Number(n) > Number(m)))
    problems.push(problemAt(at, [], `"${field}" is not a ratio n:m of weights kept, such as 2:4, nor 1 for all of them`));
  return n === undefined || n === m ? undefined : {n: Number(n), m: Number(m)};
}
