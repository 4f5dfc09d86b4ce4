import {accuraciesOf, countersOf, type Accuracy} from './accuracy.ts';
import {brief, signed, three, times} from './format.ts';
import {html, type Html} from './html.ts';
import {rowsTable} from './rows-table.ts';
import type {Point} from './study.ts';
import {meansOf, networksOf, type Network} from './totals.ts';

/** Totals of every network, all its layers together; nothing where no point is a layer of one. */
export function totalsSection(points: readonly Point[]): Html | undefined {
  const networks = networksOf(points);
  if (networks.length === 0) return undefined;
  const means = meansOf(networks);
  const rows = [
    ...networks.flatMap(rowsOf),
    ...(means.length > 0
      ? [
          [`Mean speed-up of ${networks.length} networks`],
          ...means.map(({pattern, mean, sparsity, retained}) => [brief(pattern, 40), '', times(mean), share(sparsity), share(retained)]),
        ]
      : []),
  ];
  return html`<section id="networks">
    <h2>Whole networks</h2>
    ${rowsTable({name: 'Whole networks', heads: ['Pattern', 'Time (ms)', 'Speed\u2011up', 'Weights pruned (%)', 'Importance retained (%)'], rows})}
    <p class="note">
      All layers of a network one after another, each as often as it occurs; layers that are protected from pruning run dense. Speed-up: over all of
      them dense. Retained: the share of Σ|w| that survives of the prunable weights; so is what means say is pruned.
    </p>
  </section>`;
}

const share = (part: number | undefined): string => (part === undefined ? '–' : (100 * part).toFixed(1));

function rowsOf({label, gemms, simulated, totals}: Network): readonly (readonly string[])[] {
  return [
    [`${brief(label, 80)}: ${gemms} ${gemms === 1 ? 'GEMM' : 'GEMMs'}, ${simulated} simulated`],
    ...totals.map(({pattern, time_us, speedup, sparsity, prunable}) => [
      brief(pattern, 40),
      time_us === undefined ? '–' : three(time_us / 1e3),
      speedup === undefined ? '–' : times(speedup),
      share(sparsity),
      share(prunable?.retained),
    ]),
  ];
}

/** How far simulated times and counts are from measured ones; nothing where none were measured. */
export function errorsSection(points: readonly Point[]): Html | undefined {
  const accuracies = [...accuraciesOf(points), ...countersOf(points)];
  if (accuracies.length === 0) return undefined;
  const heads = ['Of', 'Rows', 'Mean (%)', 'Median (%)', '90th percentile (%)', 'Worst (%)', 'r', 'τ'];
  return html`<section id="errors">
    <h2>Against measured</h2>
    ${rowsTable({name: 'Against measured', heads, rows: accuracies.map(cellsOf)})}
    <p class="note">
      Simulated over measured, less one: mean, median and 90th percentile without their sign; the worst with it, and whose it is. r: Pearson’s
      correlation of the logarithms. τ: Kendall’s τ-b, 1 where both rank alike.
    </p>
  </section>`;
}

function cellsOf({name, rows, mape, median, p90, worst, r, tau}: Accuracy): readonly string[] {
  const of = (value: number | undefined, digits: number): string => (value === undefined ? '–' : value.toFixed(digits));
  return [
    brief(name, 60),
    String(rows),
    share(mape),
    share(median),
    share(p90),
    `${signed(worst.error, share)} ${brief(worst.result.workload, 22)}`,
    of(r, 4),
    of(tau, 3),
  ];
}
