import type {Result} from '../sim/stats/result.ts';
import type {Timeline} from '../sim/stats/timeline.ts';
import type {Waterfall} from '../sim/stats/waterfall.ts';
import type {Datum} from './figure.ts';
import {micros, plain, shortList} from './format.ts';

/** What a result has in common with those it is compared to: everything but the pattern, and the kernel that goes with it. */
export interface Group {
  /** Only what tells the groups apart: 'ffn2, l2.capacity 20 MiB'; empty when there is one group. */
  readonly label: string;
}

/** A result in its place: what it is called there, and what it is compared with. */
export interface Point {
  readonly result: Result;
  readonly group: Group;
  /** The pattern's label, made unique in its group. */
  readonly name: string;
  readonly dense: Result | undefined;
  /** Time of the group's dense point over the time of this one. */
  readonly speedup: number | undefined;
  readonly waterfall?: Waterfall | undefined;
  readonly timeline?: Timeline | undefined;
}

/** What was found out about results beside themselves. */
export interface Explanations {
  readonly waterfalls: readonly Waterfall[];
  readonly timelines: readonly Timeline[];
}

/** What a group shares, in the order in which a label says it. */
const shared: readonly (readonly [name: string, of: (r: Result) => string])[] = [
  ['', (r) => plain(r.workload)],
  ['', (r) => `${r.m} × ${r.n} × ${r.k}`],
  ['count', (r) => String(r.count)],
  ['', (r) => plain(r.gpu)],
  ['', (r) => plain(r.dtype)],
  ['', (r) => plain(r.fidelity)],
  ['activations', (r) => plain(r.activations)],
  ['L2', (r) => plain(r.l2)],
  ['launch', (r) => plain(r.launch)],
  ['seed', (r) => String(r.seed)],
  ['experiment', (r) => plain(r.experiment)],
];

/** Axes that move what a group shares anyway, or a pattern's parameter, which tells points of one group apart: dense has none. */
const isSaid = (axis: string): boolean => /^(gpu|dtype|fidelity|launch|activations|l2|seed|(workload|pattern)\..*)$/.test(axis);

/** Puts results into groups, in order of first appearance, and names them. The same result twice is shown once. */
export function study(results: readonly Result[], {waterfalls, timelines}: Explanations = {waterfalls: [], timelines: []}): readonly Point[] {
  const falls = new Map(waterfalls.map((fall) => [fall.pattern.digest, fall]));
  const times = new Map(timelines.map((timeline) => [timeline.digest, timeline]));
  const once = [...new Map(results.map((r) => [r.digest, r])).values()];
  const axes = [...new Set(once.flatMap((r) => Object.keys(r.axes)))]
    .filter((axis) => !isSaid(axis))
    .map((axis) => [plain(axis.replace(/^gpu\./, '')), (r: Result) => plain(shortList(r.axes[axis] ?? '–'))] as const);
  const parts = [...shared, ...axes];
  // A shape that only follows the workload's name adds nothing to it.
  const shapes = new Set(once.map((r) => `${r.workload}\0${r.m} ${r.n} ${r.k}`)).size;
  const telling = parts.filter(([, of], i) => new Set(once.map(of)).size > 1 && (i !== 1 || shapes > new Set(once.map((r) => r.workload)).size));
  const groups = new Map<string, Result[]>();
  for (const r of once) {
    const key = JSON.stringify(parts.map(([, of]) => of(r)));
    const members = groups.get(key);
    if (members) members.push(r);
    else groups.set(key, [r]);
  }
  return [...groups.values()].flatMap((members) => {
    const group = {label: telling.map(([name, of]) => `${name} ${of(members[0]!)}`.trim()).join(' · ')};
    const names = unique(members);
    const dense = members.find((r) => r.pattern.type === 'dense');
    return members.map((result, i) => ({
      result,
      group,
      name: names[i]!,
      dense,
      speedup: dense && dense.time_us / result.time_us,
      waterfall: falls.get(result.digest),
      timeline: times.get(result.digest),
    }));
  });
}

/** Which point a line of data is about. */
export const about = ({group, name}: Point): Datum => ({...(group.label !== '' && {group: group.label}), pattern: name});

/** What a point is called among all. */
export const nameInFull = ({name, group}: Point): string => [name, group.label].filter(Boolean).join(', ');

/** A kind of pattern as the literature writes it: TVW. */
export const kindName = (type: string): string => (type === 'dense' ? type : plain(type.toUpperCase()));

/** What stands over a point’s own panel. */
export const titleOf = ({name, group}: Point): string => [name, group.label].filter(Boolean).join(' · ');

/** The points of each group, in order. */
export function groupsOf(points: readonly Point[]): readonly (readonly Point[])[] {
  const members = new Map<Group, Point[]>();
  for (const point of points) {
    const known = members.get(point.group);
    if (known) known.push(point);
    else members.set(point.group, [point]);
  }
  return [...members.values()];
}

/** Parameters that have a letter in the literature. */
const short: {readonly [parameter: string]: string} = {granularity: 'G'};

/** Labels of one group, told apart where they are alike: by a parameter of the pattern, the kernel's tile, or at last a number. */
function unique(members: readonly Result[]): readonly string[] {
  let names = members.map((r) => plain(r.pattern.label));
  const tellers: readonly ((r: Result) => string)[] = [
    ...[...new Set(members.flatMap((r) => Object.keys(r.pattern)))]
      .filter((p) => p !== 'label' && p !== 'type')
      .map((p) => (r: Result) => (p in r.pattern ? `${short[p] ?? p} ${said(r.pattern[p])}` : '')),
    (r) => `tile ${r.kernel.tile.join('×')}`,
    (r) => micros(r.time_us),
  ];
  for (const tell of tellers) {
    const told = new Map<string, Set<string>>();
    members.forEach((r, i) => told.set(names[i]!, (told.get(names[i]!) ?? new Set()).add(tell(r))));
    names = names.map((name, i) => (told.get(name)!.size > 1 ? `${name}, ${plain(tell(members[i]!))}`.replace(/, $/, '') : name));
  }
  const seen = new Map<string, number>();
  return names.map((name) => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return nth > 1 ? `${name} (${nth})` : name;
  });
}

const said = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '–'));
