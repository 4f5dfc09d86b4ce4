import {BadInput, fileProblem} from '../config/problem.ts';
import {shown} from '../config/source.ts';
import type {Job} from '../job.ts';
import {readTrace} from '../trace/codec.ts';
import {listing, type Line, type Section} from '../trace/listing.ts';
import type {Launch} from '../trace/trace.ts';
import {exitCodes} from './exit.ts';
import {colours} from './table.ts';

export interface ShowOptions {
  readonly cta: number;
  readonly warp: number;
  /** Rounds of the main loop to print. */
  readonly steps: number;
  readonly launch: number;
  readonly all?: boolean;
}

/** Prints what one warp of a trace does, operation by operation. Returns the exit code. */
export function show(file: string, options: ShowOptions): number {
  const job = readTrace(file);
  const {trace} = job;
  const launch = picked(file, 'launch', options.launch, trace.launches);
  if (options.cta >= launch.grid.ctas) refuse(file, 'CTA', options.cta, launch.grid.ctas);
  picked(file, 'warp', options.warp, launch.programs);
  const sections = listing(trace, launch, options.cta, options.warp);
  const loop = sections.filter(({title}) => title.startsWith('Main loop'));
  const left = options.all ? [] : loop.slice(options.steps);
  const kept = sections.filter((section) => !left.includes(section));
  const widths = widthsOf(kept.flatMap(({lines}) => lines));
  console.log(titleOf(job, launch, options));
  for (const section of kept) {
    if (section.title === 'Epilogue' && left.length > 0) console.log(`\n${leftOut(left)}`);
    console.log(`\n${sectionText(section, widths)}`);
  }
  if (trace.launches.length > 1 && options.launch === 0)
    console.log(`\n${colours.dim(`Then comes ${trace.launches[1]!.name}; --launch 1 shows it.`)}`);
  return exitCodes.done;
}

function titleOf({gemm, pattern, trace, kernel}: Job, {name, grid, programs, operands}: Launch, {cta, warp}: ShowOptions): string {
  const at = (operand: string) => operands.findIndex((o) => o.name === operand) * grid.ctas + cta;
  const weights = operands.some((o) => o.name === 'weight')
    ? `, weight tile ${grid.tile[cta]}: ${grid.rows[at('weight')]} columns × ${Math.floor(grid.bytes[at('weight')]! / trace.elementBytes)} stored values`
    : '';
  const tiles = `${grid.steps[cta]} K tile${grid.steps[cta] === 1 ? '' : 's'}${weights ? ` of ${kernel.tile[2]}` : ''}`;
  return [
    `${colours.bold(gemm.name)}  ${gemm.m} × ${gemm.n} × ${gemm.k}, ${pattern.label}, ${name}`,
    `CTA ${cta} of ${grid.ctas}, warp ${warp} of ${programs.length}${weights}, ${tiles}`,
    colours.dim(
      'M: registers of an 8 × 8 matrix, A: accumulators of 16 × 8, E: metadata; weight 3: its K tile 3; s[]: shared memory; SB: scoreboard',
    ),
  ].join('\n');
}

const columns = ['pc', 'operation', 'what', 'address', 'size', 'sectors', 'shared', 'scoreboard'] as const;
const headings: {readonly [column in (typeof columns)[number]]: string} = {
  pc: '',
  operation: 'OPERATION',
  what: '',
  address: 'GLOBAL',
  size: 'BYTES',
  sectors: 'SECTORS',
  shared: 'SHARED',
  scoreboard: 'SCOREBOARD',
};
const toTheRight = new Set<string>(['pc', 'size', 'sectors']);

function widthsOf(lines: readonly Line[]): readonly number[] {
  return columns.map((column) => lines.reduce((most, line) => Math.max(most, String(line[column]).length), headings[column].length));
}

function sectionText({title, lines}: Section, widths: readonly number[]): string {
  const row = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (toTheRight.has(columns[i]!) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  const head = row(columns.map((column) => headings[column]));
  const body = lines.map((line) => {
    const text = row(columns.map((column) => String(line[column])));
    return line.off ? colours.dim(text) : text;
  });
  return [`${colours.bold(title)}`, colours.dim(head), ...body].join('\n');
}

function leftOut(left: readonly Section[]): string {
  const operations = left.reduce((sum, {lines}) => sum + lines.length, 0);
  const tiles = left.length === 1 ? 'one more K tile' : `${left.length} more K tiles`;
  return colours.dim(`… ${tiles}, ${operations} lines; --steps N shows the first N, --all everything`);
}

function picked<T>(file: string, what: string, number: number, list: readonly T[]): T {
  return list[number] ?? refuse(file, what, number, list.length);
}

function refuse(file: string, what: string, number: number, count: number): never {
  const range = count === 1 ? `there is only ${what} 0` : `they are numbered 0 to ${count - 1}`;
  throw new BadInput([fileProblem(shown(file), `has no ${what} ${number}; ${range}`)]);
}
