import {brief, three} from '../../reports/format.ts';
import {groupsOf, study, type Point} from '../../reports/study.ts';
import type {Published} from '../config/published.ts';
import {reasons, type Reason} from '../stats/ledger.ts';
import type {Result} from '../stats/result.ts';
import {errorsText, signed} from './errors.ts';
import {colours, pageWidth, wrap} from './table.ts';
import {totalsText} from './totals.ts';

interface Column {
  /** In two lines, the second often the unit. */
  readonly head: readonly [string, string];
  readonly of: (point: Point) => string;
  /** Texts stand at the left, numbers at the right. */
  readonly text?: boolean;
  /** Whether there is anything to show; without it, always. */
  readonly when?: (points: readonly Point[]) => boolean;
}

const share = (part: number | undefined): string => (part === undefined ? '–' : `${Math.round(part * 100)} %`);
const ratio = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(2)}×`);
/** ±2.1 %, of a time that was extrapolated. */
const interval = (error: number | undefined): string => (error ? ` ±${(error * 100).toFixed(1)} %` : '');
const metric = ({result}: Point, name: string): number => result.metrics[name] ?? 0;

const wasMeasured = (points: readonly Point[]): boolean => points.some(({result}) => result.measured_us !== undefined);

const columns: readonly Column[] = [
  {head: ['KERNEL', 'TILE'], of: ({result}) => result.kernel.tile.join('×'), text: true},
  {head: ['TIME', 'µs'], of: ({result}) => `${number(result.time_us)}${interval(result.metrics['tvw.time_relative_error_95'])}`},
  {head: ['ERR', '%'], of: ({result: {error}}) => (error === undefined ? '–' : signed(error).slice(0, -2)), when: wasMeasured},
  {head: ['SPEED-', 'UP'], of: ({speedup}) => ratio(speedup)},
  {head: ['TENSOR', 'ACTIVE'], of: ({result}) => share((result.ledger['tensor_active'] ?? 0) / Math.max(1, result.cycles))},
  {head: ['LOADS', 'SKIPPED'], of: ({result}) => share(result.metrics['tvw.load_skip_ratio'])},
  {head: ['REGS', 'COMPR'], of: ({result}) => ratio(result.metrics['tvw.register_compression_ratio'])},
  {head: ['DRAM', 'MB'], of: (p) => megabytes(metric(p, 'dram__bytes_read.sum') + metric(p, 'dram__bytes_write.sum'))},
  {head: ['WALL', 's'], of: ({result}) => result.host.wall_s.toFixed(1), when: (points) => !wasMeasured(points)},
];

const lost = (of: (loss: Loss) => string): Column => ({head: ['MOST CYCLES', 'LOST TO'], of: ({result}) => of(largestLoss(result)), text: true});
/** The last column, and a narrower one where the page has no room for it. */
const lostTo: readonly Column[] = [lost(({reason, part}) => `${share(part).padStart(4)} ${reason}`), lost(({reason}) => reason)];

/** Results as a page of 100 columns: what was simulated, a row a point in groups that share a dense point, and what the words mean. */
export function resultsText(results: readonly Result[], published?: Published): string {
  const points = study(results);
  const groups = groupsOf(points);
  // Groups of one, as in a sweep of one pattern: the group is what tells the rows apart.
  const flat = groups.length > 1 && groups.every((members) => members.length === 1);
  const patterns = new Set(points.map(({name}) => name)).size;
  const name = ({group, name: pattern}: Point) => (!flat ? pattern : patterns > 1 ? `${pattern}, ${group.label}` : group.label);
  const {heads, rows} = aligned(points, flat && patterns === 1 ? 'POINT' : 'PATTERN', name);
  const body = groups.flatMap((members) => [
    ...(flat || groups.length === 1 ? [] : ['', `  ${colours.bold(brief(members[0]!.group.label, pageWidth - 2))}`]),
    ...members.map((point) => rows.get(point)!),
  ]);
  return [
    scope(results),
    '',
    ...heads.map(colours.dim),
    ...body,
    ...totalsText(points, published),
    ...errorsText(points),
    '',
    ...meanings(results),
    ...warnings(points, name),
  ].join('\n');
}

/** Two lines of heads and a line a point, as wide as their widest cells; names take what the page has left. */
function aligned(points: readonly Point[], head: string, name: (point: Point) => string) {
  const least = 16;
  const sizes = (all: readonly Column[]) => all.map((c) => Math.max(...c.head.map((h) => h.length), ...points.map((p) => c.of(p).length)));
  const room = (all: readonly Column[]) => pageWidth - 2 - sizes(all).reduce((sum, width) => sum + 2 + width, 0);
  const longest = Math.min(least, Math.max(...points.map((p) => name(p).length)));
  const present = columns.filter(({when}) => when?.(points) ?? true);
  const shown = [...present, lostTo.find((last) => room([...present, last]) >= longest) ?? lostTo.at(-1)!];
  const names = new Map(points.map((p) => [p, brief(name(p), Math.max(least, room(shown)))]));
  const first = Math.max(head.length, ...[...names.values()].map((n) => n.length));
  const widths = sizes(shown);
  const line = (label: string, cell: (column: Column) => string) => {
    const cells = shown.map((c, i) => (c.text ? cell(c).padEnd(widths[i]!) : cell(c).padStart(widths[i]!)));
    return `  ${[label.padEnd(first), ...cells].join('  ')}`.trimEnd();
  };
  return {
    heads: [line(head, (c) => c.head[0]), line('', (c) => c.head[1])],
    rows: new Map(points.map((p) => [p, line(names.get(p)!, (c) => c.of(p))])),
  };
}

/** What all have in common: ffn2 12800×768×3072, a100-pcie-80gb, fp16 */
function scope(results: readonly Result[]): string {
  const parts: readonly ((r: Result) => string)[] = [
    (r) => `${r.workload} ${r.m}×${r.n}×${r.k}`,
    (r) => r.gpu,
    (r) => r.dtype,
    (r) => r.pattern.label,
    (r) => `L2 ${r.l2}`,
    (r) => `activations ${r.activations}`,
    (r) => r.fidelity,
    (r) => `seed ${r.seed}`,
  ];
  const common = parts.flatMap((of) => {
    const values = new Set(results.map(of));
    return values.size === 1 ? [...values] : [];
  });
  return wrap(brief(common.join(', '), 2 * pageWidth), pageWidth).join('\n');
}

interface Loss {
  readonly reason: string;
  /** Of all cycles. */
  readonly part: number;
}

/** What costs most cycles beside the tensor pipes' own. */
export function largestLoss({ledger, cycles}: Result): Loss {
  const losses = Object.entries(ledger).filter(([reason]) => reason !== 'tensor_active');
  const [reason, most] = losses.sort(([, a], [, b]) => b - a)[0] ?? ['nothing', 0];
  return {reason, part: most / Math.max(1, cycles)};
}

function meanings(results: readonly Result[]): readonly string[] {
  const named = [...new Set(results.map((result) => largestLoss(result).reason))].filter((reason) => Object.hasOwn(reasons, reason));
  return named.map((reason) => colours.dim(`  ${reason}: ${reasons[reason as Reason]}`));
}

function warnings(points: readonly Point[], name: (point: Point) => string): readonly string[] {
  return points.flatMap((point) =>
    point.result.warnings.flatMap((warning) => wrap(`warning: ${brief(name(point))}: ${warning}`, pageWidth - 2).map((line) => `  ${line}`)),
  );
}

/** Three digits, and grouped by a plain space: a terminal's fonts know no narrow one. */
function number(value: number): string {
  return three(value).replaceAll('\u202f', ' ');
}

function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return value > 0 && value < 0.05 ? '<0.1' : value < 100 ? value.toFixed(1) : number(value);
}
