import {brief, three} from '../../reports/format.ts';
import type {Point} from '../../reports/study.ts';
import {meansOf, networksOf, type Network} from '../../reports/totals.ts';
import {colours, pageWidth} from './table.ts';

/** A few lines a network: its time under every pattern, all layers added up. */
export function totalsText(points: readonly Point[]): readonly string[] {
  const networks = networksOf(points);
  const means = meansOf(networks).map(({pattern, mean}) => `  ${brief(pattern, 40).padEnd(12)}  ${mean.toFixed(2)}×`);
  return [
    ...networks.flatMap((network) => ['', ...linesOf(network)]),
    ...(networks.length > 1 ? ['', colours.bold(`  Mean speed-up of ${networks.length} networks over dense`), ...means] : []),
  ];
}

function linesOf({label, gemms, simulated, totals}: Network): readonly string[] {
  const head = `  ${brief(label, pageWidth - 40)}: ${gemms} ${gemms === 1 ? 'GEMM' : 'GEMMs'}, ${simulated} simulated`;
  const rows = totals.map(({pattern, time_us, speedup, sparsity}) => [
    brief(pattern, 40),
    time_us === undefined ? '–' : three(time_us / 1e3).replaceAll('\u202f', ' '),
    speedup === undefined ? '–' : `${speedup.toFixed(2)}×`,
    sparsity === undefined ? '–' : `${(100 * sparsity).toFixed(1)} %`,
  ]);
  const table = [['WHOLE NETWORK', 'TIME ms', 'SPEED-UP', 'PRUNED'], ...rows];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  const lines = table.map((row) => `  ${row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  ')}`);
  return [colours.bold(head), colours.dim(lines[0]!), ...lines.slice(1)];
}
