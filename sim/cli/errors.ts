import {accuraciesOf, countersOf, type Accuracy} from '../../reports/accuracy.ts';
import {brief} from '../../reports/format.ts';
import type {Point} from '../../reports/study.ts';
import {colours} from './table.ts';

/** A line a pattern: how far its times are from those measured; nothing where none were. */
export function errorsText(points: readonly Point[]): readonly string[] {
  const accuracies = [...accuraciesOf(points), ...countersOf(points)];
  if (accuracies.length === 0) return [];
  const head = ['AGAINST MEASURED', 'ROWS', 'MAPE', 'MEDIAN', 'P90', 'r', 'τ', 'WORST'];
  const table = [head, ...accuracies.map(cellsOf)];
  const widths = head.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  const lines = table.map((row) =>
    `  ${row.map((text, i) => (i === 0 || i === row.length - 1 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  ')}`.trimEnd(),
  );
  return ['', colours.dim(lines[0]!), ...lines.slice(1)];
}

function cellsOf({name, rows, mape, median, p90, r, tau, worst}: Accuracy): readonly string[] {
  const share = (part: number): string => `${(100 * part).toFixed(1)} %`;
  const of = (value: number | undefined, digits: number): string => (value === undefined ? '–' : value.toFixed(digits));
  return [
    brief(name, 34),
    String(rows),
    share(mape),
    share(median),
    share(p90),
    of(r, 4),
    of(tau, 3),
    `${signed(worst.error)} ${brief(worst.result.workload, 22)}`,
  ];
}

/** +4.2 % */
export function signed(error: number): string {
  return `${error < 0 ? '−' : '+'}${(100 * Math.abs(error)).toFixed(1)} %`;
}
