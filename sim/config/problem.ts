/** Where something is written. Line 0: the file as a whole, or the command line. A column of a CSV file is named. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number | string;
}

/** Something wrong with what the user wrote: at `path`, a sentence. */
export interface Problem extends Place {
  readonly path: string;
  readonly message: string;
}

/** Keys and list positions from the top of a document: ['patterns', 1, 'sparsity']. */
export type Path = readonly (string | number)[];

/** patterns[1].sparsity */
export function pathText(path: Path): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}

export function problemAt(place: Place, path: Path, message: string): Problem {
  return {file: place.file, line: place.line, column: place.column, path: pathText(path), message};
}

export function fileProblem(file: string, message: string): Problem {
  return problemAt({file, line: 0, column: 0}, [], message);
}

/** experiments/l2.yaml:7:14  gpu.l2.capcity: no such parameter; did you mean "capacity"? */
export function problemText({file, line, column, path, message}: Problem): string {
  const position = line === 0 ? '' : typeof column === 'string' ? `:${line}, column ${column}` : `:${line}:${column}`;
  return `${file}${position}  ${path === '' ? '' : `${path}: `}${message}`;
}

/** What the user wrote cannot be used; the message is the problems, a line each, in the order they stand in the files. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const unique = new Map([...problems].sort(byPlace).map((problem) => [problemText(problem), problem]));
    super([...unique.keys()].join('\n'));
    this.problems = [...unique.values()];
  }
}

function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (a.line !== b.line) return a.line - b.line;
  return typeof a.column === 'number' && typeof b.column === 'number' ? a.column - b.column : 0;
}
