import {brief, three} from '../../reports/format.ts';
import type {Point} from '../../reports/study.ts';
import {meanRatio, meansOf, networksOf, type Mean, type Network} from '../../reports/totals.ts';
import type {Published} from '../config/published.ts';
import {colours, pageWidth, wrap} from './table.ts';

/** A few lines a network: its time under every pattern, all layers added up; the averages over networks; and beside them what is published. */
export function totalsText(points: readonly Point[], published?: Published): readonly string[] {
  const networks = networksOf(points);
  const means = meansOf(networks);
  return [
    ...networks.flatMap((network) => ['', ...linesOf(network)]),
    ...(means.length > 0 ? ['', ...meanLines(networks.length, means)] : []),
    ...(means.length > 0 && published ? ['', ...publishedLines(networks, means, published)] : []),
  ];
}

function linesOf({label, gemms, simulated, totals}: Network): readonly string[] {
  const head = `  ${brief(label, pageWidth - 40)}: ${gemms} ${gemms === 1 ? 'GEMM' : 'GEMMs'}, ${simulated} simulated`;
  const rows = totals.map(({pattern, time_us, speedup, sparsity, prunable}) => [
    brief(pattern, 40),
    time_us === undefined ? '–' : three(time_us / 1e3).replaceAll('\u202f', ' '),
    times(speedup),
    share(sparsity),
    share(prunable?.retained),
  ]);
  return [colours.bold(head), ...aligned(['WHOLE NETWORK', 'TIME ms', 'SPEED-UP', 'PRUNED', 'RETAINED'], rows)];
}

function meanLines(networks: number, means: readonly Mean[]): readonly string[] {
  const rows = means.map(({pattern, mean, sparsity, retained}) => [brief(pattern, 40), times(mean), share(sparsity), share(retained)]);
  return [
    colours.bold(`  Mean speed-up of ${networks} networks over dense; what is pruned of their prunable weights, and retained of the importance`),
    ...aligned(['PATTERN', 'SPEED-UP', 'PRUNED', 'RETAINED'], rows),
  ];
}

/** Each published ratio beside ours, of every two patterns of those types. */
function publishedLines(networks: readonly Network[], means: readonly Mean[], {source, speedups, differs}: Published): readonly string[] {
  const of = (type: string) => means.filter((mean) => mean.type === type);
  const rows = speedups.flatMap((speedup) =>
    of(speedup.pattern).flatMap((own) =>
      of(speedup.over).map((other) => [
        brief(own.pattern, 30),
        brief(other.pattern, 30),
        times(meanRatio(networks, own.pattern, other.pattern)),
        `${speedup.times}×`,
      ]),
    ),
  );
  const note = [`published: ${source}`, differs && `differs: ${differs}`].filter(Boolean).flatMap((text) => wrap(text, pageWidth - 2));
  return [
    colours.bold('  Beside what is published, averaged over networks'),
    ...aligned(['PATTERN', 'OVER', 'OURS', 'PUBLISHED'], rows, 2),
    ...note.map((line) => `  ${line}`),
  ];
}

const times = (ratio: number | undefined): string => (ratio === undefined ? '–' : `${ratio.toFixed(2)}×`);
const share = (part: number | undefined): string => (part === undefined ? '–' : `${(100 * part).toFixed(1)} %`);

/** Lines under a head: the first `names` columns at the left, numbers at the right. */
function aligned(head: readonly string[], rows: readonly (readonly string[])[], names = 1): readonly string[] {
  const table = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  const [first, ...rest] = table.map(
    (row) => `  ${row.map((text, i) => (i < names ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  ')}`,
  );
  return [colours.dim(first!), ...rest];
}
