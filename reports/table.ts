import {percent, three, times, whole} from './format.ts';
import {html, type Html} from './html.ts';
import {groupsOf, type Point} from './study.ts';

interface Column {
  readonly head: string;
  readonly of: (point: Point) => string | undefined;
  /** Texts stand at the left, numbers at the right. */
  readonly text?: boolean;
}

const metric =
  (name: string, say: (value: number) => string) =>
  ({result}: Point) => {
    const value = result.metrics[name];
    return value === undefined ? undefined : say(value);
  };

const columns: readonly Column[] = [
  {head: 'Pattern', of: (p) => p.name, text: true},
  {head: 'Time (µs)', of: ({result}) => three(result.time_us)},
  {head: 'Speed\u2011up', of: ({speedup}) => (speedup === undefined ? undefined : times(speedup))},
  {head: 'SM cycles', of: ({result}) => whole(result.cycles)},
  {head: 'Clock (MHz)', of: ({result}) => whole(result.clock_mhz)},
  {head: 'Loads skipped', of: metric('tvw.load_skip_ratio', percent)},
  {head: 'Register compression', of: metric('tvw.register_compression_ratio', times)},
  {
    head: 'Tensor active',
    of: ({result: {ledger, cycles}}) => (ledger['tensor_active'] === undefined ? undefined : percent(ledger['tensor_active'] / Math.max(1, cycles))),
  },
  {
    head: 'DRAM (GB)',
    of: ({result: {metrics}}) =>
      'dram__bytes_read.sum' in metrics ? three((metrics['dram__bytes_read.sum']! + (metrics['dram__bytes_write.sum'] ?? 0)) / 1e9) : undefined,
  },
  {
    head: 'Kernel tile',
    of: ({result: {kernel}}) =>
      [
        kernel.tile.join('×'),
        `${kernel.stages} stages`,
        ...(kernel.splitK > 1 ? [`split-K ${kernel.splitK}`] : []),
        ...((kernel.streamK ?? 1) > 1 ? [`stream-K ${kernel.streamK}`] : []),
      ].join(', '),
    text: true,
  },
  {head: 'Warnings', of: ({result}) => result.warnings.join(' · ') || undefined, text: true},
];

/** Every point, the groups under one another. Columns that would be empty are left out. Rows carry their number among the points. */
export function table(points: readonly Point[]): Html {
  const shown = columns.filter((column) => points.some((p) => column.of(p) !== undefined));
  const groups = groupsOf(points);
  const kind = ({text = false}: Column) => (text ? 't' : 'n');
  const heading = (label: string) =>
    html`<tr class="group">
      <th colspan="${shown.length}" scope="rowgroup">${label}</th>
    </tr> `;
  const numbers = new Map(points.map((point, i) => [point, i]));
  const row = (point: Point) =>
    html`<tr data-point="${numbers.get(point)}">
      ${shown.map((c, i) => (i === 0 ? html`<th scope="row">${c.of(point)}</th>` : html`<td class="${kind(c)}">${c.of(point) ?? '–'}</td>`))}
    </tr> `;
  const body = (members: readonly Point[]) =>
    html`<tbody>
      ${groups.length > 1 ? heading(members[0]!.group.label) : undefined}${members.map(row)}
    </tbody> `;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="All points">
    <table>
      <thead>
        <tr>
          ${shown.map((c) => html`<th class="${kind(c)}" scope="col">${c.head}</th>`)}
        </tr>
      </thead>
      ${groups.map(body)}
    </table>
  </div>`;
}
