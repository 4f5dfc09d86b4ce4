import {createReadStream} from 'node:fs';
import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {timelineSchema, type Timeline} from '../sim/stats/timeline.ts';
import {effectNames, waterfallSchema, type Waterfall} from '../sim/stats/waterfall.ts';
import {study, type Point} from './study.ts';
import {schema as known, type Result} from '../sim/stats/result.ts';

/** A results directory that cannot be reported on; the message names the file and the line. */
export class BadReport extends Error {
  override readonly name = 'BadReport';
}

/** How the results came to be: `run.json`, written beside `results.jsonl` by the run verb. */
export interface RunRecord {
  readonly experiment_file: string;
  /** The experiment as it was written. */
  readonly yaml: string;
  readonly command: string;
  /** Its words, from the verb on. */
  readonly argv?: readonly string[] | undefined;
  readonly version: string;
  /** Hardware files, whose comments say where every value is from. */
  readonly parameters?: readonly {readonly file: string; readonly text: string}[] | undefined;
  readonly node: string;
  readonly date?: string | undefined;
  /** Points without a result, and why. */
  readonly failures?: readonly {readonly point: string; readonly reason: string}[] | undefined;
}

/** All points of some runs. */
export function pointsOf(runs: readonly Run[]): readonly Point[] {
  return study(
    runs.flatMap((run) => run.results),
    {waterfalls: runs.flatMap((run) => run.waterfalls), timelines: runs.flatMap((run) => run.timelines)},
  );
}

/** A results directory, read. */
export interface Run {
  readonly directory: string;
  readonly results: readonly Result[];
  /** Undefined where run.json is missing: results can be reported without it. */
  readonly record: RunRecord | undefined;
  /** From waterfall.jsonl and timeline.jsonl; empty where there are none. */
  readonly waterfalls: readonly Waterfall[];
  readonly timelines: readonly Timeline[];
}

const text = z.string();
const amount = z.number();
const size = z.number().int().positive();
const cycles = z.number().int().nonnegative();

/** A thousand numbers a result, of which zod would make a copy: of 100,000 results that is most of the time. */
const areRows = (value: unknown): boolean => Array.isArray(value) && value.every((row) => Array.isArray(row) && row.every((v) => Number.isFinite(v)));

/** What a figure may rely on. Keys beyond these are let through: they cannot be misread by who does not read them. */
const result = z.looseObject({
  schema: size,
  digest: text.min(1),
  experiment: text,
  gpu: text,
  dtype: text,
  workload: text,
  m: size,
  n: size,
  k: size,
  count: size,
  network: text.optional(),
  weights: z.literal('protected').optional(),
  pattern: z.looseObject({type: text, label: text}),
  kernel: z.looseObject({
    name: text,
    tile: z.tuple([size, size, size]),
    warps: z.tuple([size, size]),
    stages: amount,
    splitK: amount,
    streamK: amount.optional(),
    swizzle: amount,
    raster: text,
    ctas: amount,
    ctas_per_sm: amount,
    waves: amount,
  }),
  fidelity: text,
  seed: amount,
  activations: text,
  l2: text,
  launch: text,
  axes: z.record(text, text),
  time_us: z.number().positive(),
  measured_us: z.number().positive().optional(),
  error: amount.optional(),
  measured_metrics: z.record(text, amount).optional(),
  cycles,
  clock_mhz: z.number().positive(),
  metrics: z.record(text, amount),
  ledger: z.record(text, cycles),
  ledger_by_sm: z.object({reasons: z.array(text), rows: z.custom<Result['ledger_by_sm']['rows']>(areRows, 'expected a list of numbers an SM')}),
  tiles: z.array(z.object({rows: amount.nonnegative(), columns: amount.nonnegative(), span: amount.nonnegative()})),
  warnings: z.array(text),
  host: z.looseObject({}),
});

const record = z.looseObject({
  experiment_file: text,
  yaml: text,
  command: text,
  argv: z.array(text).optional(),
  version: text,
  parameters: z.array(z.object({file: text, text})).optional(),
  node: text,
  date: text.optional(),
  failures: z.array(z.object({point: text, reason: text})).optional(),
});

const end = z.object({digest: text, cycles, time_ps: z.number().int()});
const waterfall: z.ZodType<Waterfall> = z
  .object({
    schema: size,
    dense: end,
    pattern: end,
    bars: z.array(z.object({effects: z.array(z.enum(effectNames)).min(1), cycles: z.number().int(), time_ps: z.number().int()})),
  })
  .refine(({dense, pattern, bars}) => bars.reduce((sum, bar) => sum + bar.cycles, dense.cycles) === pattern.cycles, {
    message: 'its bars do not add up to the difference',
  });

const list = z.array(amount);
const timeline: z.ZodType<Timeline> = z
  .object({
    schema: size,
    digest: text,
    cycles,
    clock_mhz: z.number().positive(),
    sms: size,
    slots: size,
    launches: z.array(z.object({name: text, first: amount})).min(1),
    cta: list,
    sm: list,
    slot: list,
    start: list,
    end: list,
    tile: list,
    steps: list,
    loads: z.exactOptional(z.object({every: z.number().positive(), tensor: list, shared: list, crossbar: list, l2: list, dram: list})),
  })
  .refine((t) => [t.sm, t.slot, t.start, t.end, t.tile, t.steps].every((of) => of.length === t.cta.length), {message: 'its lists differ in length'});

/** Of more results than these a page does not tell the SMs apart; those of a hundred thousand fill the memory. */
const withSms = 2000;

/** Whether a run is still writing there. */
export const isRunning = async (directory: string): Promise<boolean> => (await stat(join(directory, partial)).catch(() => undefined)) !== undefined;
const partial = 'results.partial.jsonl';

interface Reading {
  /** Of a run that is not done: the results so far, perhaps none, in the order in which they ended. */
  readonly running?: boolean | undefined;
  /** For a page: what no page shows of very many results is not kept. */
  readonly drawn?: boolean;
}

/** Reads DIR/results.jsonl and what lies beside it. */
export async function readRun(directory: string, {running = false, drawn = false}: Reading = {}): Promise<Run> {
  const file = join(directory, running ? partial : 'results.jsonl');
  const found = await stat(directory).catch(() => undefined);
  if (!found) throw new BadReport(`${directory}: no such directory`);
  if (!found.isDirectory()) throw new BadReport(`${directory}: not a directory; give the one that \`tvwsim run --out\` wrote`);
  const results: Result[] = [];
  // Of a run that is not done the last line may be half there.
  for await (const line of lines(file)) {
    if (!line.ended && running) continue;
    const read = parseResult(line);
    results.push(drawn && results.length >= withSms ? {...read, ledger_by_sm: {...read.ledger_by_sm, rows: []}} : read);
  }
  if (results.length === 0 && !running) throw new BadReport(`${file}: holds no result; the run that should have written it did not get that far`);
  return {
    directory,
    results,
    record: await readRecord(join(directory, 'run.json')),
    // The effects of earlier waterfalls were other ones.
    waterfalls: await readBeside(join(directory, 'waterfall.jsonl'), {oldest: waterfallSchema, newest: waterfallSchema}, waterfall),
    timelines: await readBeside(join(directory, 'timeline.jsonl'), {oldest: 1, newest: timelineSchema}, timeline),
  };
}

interface Line {
  readonly text: string;
  readonly at: string;
  /** Whether a line feed follows: the last line of an interrupted run has none. */
  readonly ended: boolean;
}

/** One line at a time: a sweep's results may not fit a string. `readline` would also break at U+2028, which JSON allows within a text. */
async function* lines(file: string): AsyncGenerator<Line> {
  let rest = '';
  let number = 0;
  try {
    for await (const chunk of createReadStream(file, {encoding: 'utf8'})) {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop()!;
      for (const part of parts) yield {text: part, at: `${file}:${++number}`, ended: true};
    }
  } catch (error) {
    if (error instanceof BadReport) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new BadReport(
      missing ? `${file}: not found; \`tvwsim run EXPERIMENT.yaml --out DIR\` writes it` : `${file}: cannot be read: ${String(error)}`,
    );
  }
  if (rest !== '') yield {text: rest, at: `${file}:${number + 1}`, ended: false};
}

/** Schemas that are read. */
interface Versions {
  readonly oldest: number;
  readonly newest: number;
}

/** A file of lines beside the results, which may be missing. */
async function readBeside<T extends object>(file: string, versions: Versions, kind: z.ZodType<T>): Promise<readonly T[]> {
  if (!(await stat(file).catch(() => undefined))) return [];
  const all: T[] = [];
  for await (const line of lines(file)) {
    const value = parseLine(line, versions);
    const checked = kind.safeParse(value);
    if (!checked.success) throw new BadReport(`${line.at}: not what run writes there: ${firstIssue(checked.error)}`);
    all.push(checked.data);
  }
  return all;
}

/** JSON of a schema that is known. */
function parseLine({text: line, at, ended}: Line, {oldest, newest}: Versions): unknown {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    if (!ended) throw new BadReport(`${at}: the last line is cut short; the run was interrupted while writing it. Run again, or delete the line.`);
    throw new BadReport(
      `${at}: not JSON; a line holds one result and nothing else: ${line.length > 60 ? `${line.slice(0, 60)}…` : line || '(empty line)'}`,
    );
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (typeof schema === 'number' && schema > newest)
    throw new BadReport(`${at}: schema ${schema} is newer than this tvwsim reads (${newest}); report with the version that ran it`);
  if (typeof schema === 'number' && schema < oldest)
    throw new BadReport(`${at}: schema ${schema} is older than this tvwsim reads (${oldest}); run again with --waterfall, or delete the file`);
  return value;
}

function parseResult(line: Line): Result {
  const {at} = line;
  const value = parseLine(line, {oldest: 1, newest: known});
  const checked = result.safeParse(value);
  if (!checked.success) throw new BadReport(`${at}: not a result: ${firstIssue(checked.error)}`);
  const {ledger, cycles: elapsed} = checked.data;
  const booked = Object.values(ledger).reduce((sum, c) => sum + c, 0);
  if (booked !== elapsed && booked !== 0) throw new BadReport(`${at}: not a result: its ledger adds up to ${booked} cycles, not to ${elapsed}`);
  return value as Result;
}

async function readRecord(file: string): Promise<RunRecord | undefined> {
  const content = await readFile(file, 'utf8').catch(() => undefined);
  if (content === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new BadReport(`${file}: not JSON; delete it to report without the account of the run`);
  }
  const checked = record.safeParse(value);
  if (!checked.success) throw new BadReport(`${file}: not the account of a run: ${firstIssue(checked.error)}`);
  return checked.data;
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]!;
  return `${issue.path.join('.') || 'the line'}: ${issue.message}`;
}
