import {brief, three} from '../../reports/format.ts';
import type {Result} from '../stats/result.ts';
import {largestLoss} from './results.ts';
import {table} from './table.ts';

type Column = readonly [head: string, of: (result: Result) => string];

/** Where no axis says it. */
const kernelColumns: readonly Column[] = [
  ['KERNEL', ({kernel}) => kernel.tile.join('×')],
  ['STAGES', ({kernel}) => String(kernel.stages)],
  ['SPLIT-K', ({kernel}) => String(kernel.splitK)],
];

/** Points of a large sweep: what tells them apart, their time or other metrics, and what costs most cycles. */
export function sweepText(results: readonly Result[], metrics: readonly Column[] = [['TIME µs', ({time_us}) => three(time_us)]]): string {
  const axes = [...new Set(results.flatMap((result) => Object.keys(result.axes)))];
  const columns: readonly Column[] = [
    ['WORKLOAD', ({workload}) => workload],
    ['PATTERN', ({pattern}) => pattern.label],
    ...axes.map((path) => [path.split('.').slice(-2).join('.'), (result: Result) => result.axes[path] ?? '–'] as const),
    ...(axes.some((path) => path.startsWith('gpu')) ? [] : [['GPU', ({gpu}: Result) => gpu] as const]),
    ...(axes.some((path) => path.startsWith('kernel')) ? [] : kernelColumns),
  ];
  const telling = columns.filter(([, of]) => new Set(results.map(of)).size > 1);
  const shown: readonly Column[] = [...telling, ...metrics, ['MOST CYCLES LOST TO', lossOf]];
  return table(
    shown.map(([head]) => head),
    results.map((result) => shown.map(([, of]) => brief(of(result), 34))),
  );
}

function lossOf(result: Result): string {
  const {reason, part} = largestLoss(result);
  return `${Math.round(100 * part)} % ${reason}`;
}
