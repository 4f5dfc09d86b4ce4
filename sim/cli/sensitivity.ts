import {availableParallelism} from 'node:os';
import {largestLoss} from '../../reports/bound.ts';
import {percent, plain, three} from '../../reports/format.ts';
import type {Point} from '../point.ts';
import {duration} from '../probes/progress.ts';
import type {Result} from '../stats/result.ts';
import {predictedSeconds} from '../sweep/budget.ts';
import {nameOf} from '../sweep/name.ts';
import {openPool} from '../sweep/pool.ts';
import {effects, idealised, ranked, varied, withKernel, type Effect} from '../sweep/sensitivity.ts';
import {units, type Unit} from '../sweep/ideal.ts';
import {grouped} from './numbers.ts';
import {openParts} from './parts.ts';
import {openStudy} from './study.ts';
import {colours, pageWidth, table, wrap} from './table.ts';

export interface SensitivityOptions {
  readonly set: readonly string[];
  readonly by: number;
  readonly units?: boolean;
  readonly out?: string;
  readonly workers?: number;
  readonly timeout?: number;
}

/** As little as counts for a limit: a hundredth of the time. */
const notable = 1.01;

/** Says of every point of an experiment what limits it, and what would limit it next. Returns the exit code. */
export async function sensitivity(file: string, {set, by, out, timeout, ...options}: SensitivityOptions): Promise<number> {
  const share = by / 100;
  const [{experiment, store}] = openParts([file], {set, misfits: 'refuse'}, out) as [ReturnType<typeof openParts>[number]];
  const pool = openPool(options.workers ?? availableParallelism());
  const study = openStudy(pool, store, timeout);
  try {
    for (const point of experiment.points) {
      const runs = 1 + 2 * units.length + (options.units ? 0 : varied(point, share).length);
      const seconds = (runs * predictedSeconds(point)) / pool.workers;
      console.log(`${colours.bold(nameOf(point))}\n${grouped(runs)} points; about ${duration(Math.max(1, seconds))} on ${pool.workers} workers\n`);
      const [base] = await study.results([point]);
      if (base) await explain(study, withKernel(point, base), base, options.units ? undefined : share);
    }
    return study.conclude();
  } finally {
    await pool.close();
  }
}

type Study = ReturnType<typeof openStudy>;

async function explain(study: Study, point: Point, base: Result, share: number | undefined): Promise<void> {
  const first = await limits(study, point, base, []);
  const limit = first[0] && first[0].speedup >= notable ? first[0] : undefined;
  const next = limit ? await limits(study, point, base, [limit.of]) : [];
  console.log(`${grouped(base.cycles)} cycles, ${three(base.time_us)} µs. With one unit ideal:\n\n${limitTable(first)}\n`);
  if (limit) console.log(`With ${limit.of.name} ideal, and one more:\n\n${limitTable(next)}\n`);
  if (share !== undefined) {
    const moves = varied(point, share);
    const results = await study.results(moves.map((one) => one.point));
    const each = moves.map(({move}, i) => ({of: move, result: results[i]}));
    console.log(`${effectTable(effects(base, each), base, share)}\n`);
  }
  const says = [verdict(first, next), inLedger(base)].filter(Boolean).join(' ');
  console.log(wrap(says, pageWidth).map(colours.bold).join('\n'), '\n');
}

type Limits = ReturnType<typeof ranked<Unit>>;

async function limits(study: Study, point: Point, base: Result, already: readonly Unit[]): Promise<Limits> {
  const made = idealised(point, already);
  const results = await study.results(made.map((one) => one.point));
  return ranked(
    base,
    made.map(({unit}, i) => ({of: unit, result: results[i]})),
  );
}

function limitTable(rows: Limits): string {
  return table(
    ['UNIT', 'TIME µs', 'FASTER', 'IDEAL IS'],
    rows.map(({of, time, speedup}) => [of.name, three(time), `${speedup.toFixed(2)}×`, of.doc]),
  );
}

function effectTable(all: readonly Effect[], {time_us}: Result, share: number): string {
  const shown = all.filter(({elasticity}) => Math.abs(elasticity) >= 0.005).slice(0, 20);
  if (shown.length === 0) return 'No parameter changes the time by as much as half of its own change in a hundred.';
  const by = `${Math.round(share * 100)} %`;
  const change = (time: number | undefined) =>
    time === undefined ? '–' : `${time >= time_us ? '+' : '−'}${(100 * Math.abs(time / time_us - 1)).toFixed(1)} %`;
  const heads = ['PARAMETER', 'VALUE', `TIME AT −${by}`, `TIME AT +${by}`, '% OF TIME PER %'];
  return table(
    heads,
    shown.map(({path, value, less, more, elasticity}) => [path, value, change(less), change(more), elasticity.toFixed(2).replace('-', '−')]),
  );
}

/** What the cycles were lost to, some of which no unit can help: a tail stays one, however fast the SMs are. */
function inLedger(base: Result): string {
  const loss = largestLoss(base);
  return loss === undefined
    ? ''
    : `In the ledger the largest loss is ${plain(loss.reason)}, ${percent(loss.share)} of the SM cycles: ${loss.meaning}.`;
}

/** DRAM limits it: 1.88× faster with it ideal. Next is the L2: 2.31× with both. */
function verdict(first: Limits, next: Limits): string {
  const [limit, after] = [first[0], next[0]];
  if (!limit || limit.speedup < notable) return 'No unit limits it by itself: what is left is its own shape, the tail and the padding.';
  const says = `${limit.of.name} ${limit.of.name.endsWith('s') ? 'limit' : 'limits'} it: ${limit.speedup.toFixed(2)}× faster with nothing to wait for there.`;
  if (!after || after.speedup < limit.speedup * notable) return `${says} After that no unit limits it by itself.`;
  return `${says} Next: ${after.of.name}, ${after.speedup.toFixed(2)}× with both.`;
}
