import {writeFileSync} from 'node:fs';
import {compare, refuseComparison, type Comparison, type Shift} from '../../reports/compare.ts';
import {comparisonPage} from '../../reports/comparison-page.ts';
import {micros, percent, plain, signed, three, times, whole} from '../../reports/format.ts';
import {BadReport} from '../../reports/read.ts';
import {reasonOf} from '../../reports/reasons.ts';
import {nameInFull, type Point} from '../../reports/study.ts';
import {columns} from './columns.ts';
import {exitCodes} from './exit.ts';
import {gpuChanges, gpuText} from './gpu-changes.ts';
import {picked} from './pick.ts';
import {colours, pageWidth, wrap} from './table.ts';

export interface DiffOptions {
  /** The comparison as a page. */
  readonly out?: string;
  /** Also simulates the first with each GPU parameter of the second. */
  readonly effects?: boolean;
}

/** Prints what differs between two results, or all those of two directories that answer to each other. Returns the exit code. */
export async function diff(before: string, after: string, {out, effects = false}: DiffOptions): Promise<number> {
  const [from, to] = await Promise.all([picked(before), picked(after)]);
  const pairs = from.isOne && to.isOne ? [[from.points[0]!, to.points[0]!] as const] : pairsOf(from.points, to.points);
  const refusal = pairs.map(([a, b]) => refuseComparison(a.result, b.result)).find((reason) => reason !== undefined);
  if (refusal !== undefined || pairs.length === 0) throw new BadReport(`${before}, ${after}: ${refusal ?? strangers(from.points, to.points)}`);
  const comparisons = pairs.map(([a, b]) => ({
    title: a.name === b.name ? nameInFull(a) : `${nameInFull(a)} → ${nameInFull(b)}`,
    ...compare(a.result, b.result),
  }));
  const gpus = gpuChanges(from.record, to.record);
  const values = comparisons.map((c) => (c.isSame ? [] : gpuText(gpus, c, effects)));
  const alone = from.points.length + to.points.length - 2 * pairs.length;
  const text = [
    ...comparisons.map((c, i) => [`${colours.bold(c.title)}\n${comparisonText(c)}`, ...values[i]!].join('\n\n')),
    ...(alone > 0 ? [`${alone} more ${alone === 1 ? 'point has' : 'points have'} no counterpart on the other side.`] : []),
  ];
  console.log(text.join('\n\n').replace(/[\u202f\u00a0\u2009]/g, ' '));
  if (out !== undefined) {
    try {
      writeFileSync(out, comparisonPage(before, after, comparisons));
    } catch (error) {
      throw new BadReport(`${out}: cannot be written: ${(error as Error).message}`);
    }
    console.log(out);
  }
  return exitCodes.done;
}

/** Points of the same work and pattern, each with the first that answers to it. */
function pairsOf(before: readonly Point[], after: readonly Point[]): readonly (readonly [Point, Point])[] {
  const shared = new Set(before.flatMap(({result}) => Object.keys(result.axes)).filter((axis) => after.some(({result}) => axis in result.axes)));
  const key = ({result: {workload, m, n, k, count, dtype, pattern, axes}, name}: Point) =>
    JSON.stringify([workload, m, n, k, count, dtype, pattern.label, name, Object.entries(axes).filter(([axis]) => shared.has(axis))]);
  const waiting = new Map<string, Point[]>();
  for (const point of after) waiting.set(key(point), [...(waiting.get(key(point)) ?? []), point]);
  return before.flatMap((point) => {
    const partner = waiting.get(key(point))?.shift();
    return partner ? [[point, partner] as const] : [];
  });
}

function strangers(before: readonly Point[], after: readonly Point[]): string {
  const different = before.flatMap((a) => after.flatMap((b) => refuseComparison(a.result, b.result) ?? []));
  return different.length === before.length * after.length
    ? different[0]!
    : 'no point of one answers to a point of the other; name two, as DIR#POINT';
}

function comparisonText({before, after, isSame, parameters, causes, metrics}: Comparison): string {
  if (isSame) return `  The same result: digest ${before.digest}.`;
  const ratio = before.time_us / after.time_us;
  const faster = ratio >= 1 ? `${times(ratio)} as fast` : `${times(1 / ratio)} as long`;
  const verdict = `  ${micros(before.time_us)} → ${micros(after.time_us)}, ${faster}; ${whole(before.cycles)} → ${whole(after.cycles)} SM cycles (${signed(after.cycles - before.cycles, whole)}) at ${whole(before.clock_mhz)} → ${whole(after.clock_mhz)} MHz.`;
  const changed =
    parameters.length > 0
      ? columns(
          ['PARAMETER', 'BEFORE', 'AFTER'],
          parameters.map(({name, before: a, after: b}) => [name, a, b]),
        )
      : '  No parameter that a result carries differs.';
  const rows = causes.map((c) => [plain(c.name), signed(c.after - c.before, whole), whole(c.before), whole(c.after), reasonOf(c.name).meaning]);
  const total = ['all', signed(after.cycles - before.cycles, whole), whole(before.cycles), whole(after.cycles), ''];
  const most = metrics.slice(0, 12).map((m) => [plain(m.name), three(m.before), three(m.after), changeOf(m)]);
  return [
    wrap(verdict.trim(), pageWidth - 2)
      .map((line) => `  ${line}`)
      .join('\n'),
    changed,
    columns(['CAUSE', 'SM CYCLES', 'BEFORE', 'AFTER', 'MEANING'], [...rows, total]),
    ...(most.length > 0 ? [columns(['METRIC', 'BEFORE', 'AFTER', 'CHANGE'], most)] : []),
  ].join('\n\n');
}

const changeOf = ({before, after}: Shift): string => (before === 0 ? 'new' : signed(after / before - 1, percent));
