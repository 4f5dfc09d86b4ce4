import * as Plot from '@observablehq/plot';
import {whole, widthOf} from './format.ts';
import {ticksFor} from './rows.ts';
import type {Key} from './sheet.ts';
import {kindName} from './study.ts';
import {plotted, type Svg} from './svg.ts';
import {colours, muted, paper, rule, type} from './theme.ts';

/** One axis of a plot of points: what it measures, with its unit, and from where to where. */
export interface Measure {
  readonly label: string;
  readonly domain: readonly [number, number];
  readonly log?: boolean;
  readonly ticks?: readonly number[] | undefined;
}

interface Parts {
  readonly width: number;
  readonly height?: number;
  /** Over the plot, where there are several; of one line or more, which make the picture higher. */
  readonly title?: string | undefined;
  readonly x: Measure;
  readonly y: Measure;
  /** Free room at the right, for names that stand beside their lines. */
  readonly right?: number;
  readonly marks: readonly Plot.Markish[];
}

/** Room for the numbers of the vertical axis, px. */
export const left = 48;
const [top, bottom] = [44, 44];

/** px that the lines of a title take beyond the first. */
export const extra = (title: string | undefined): number => 15 * ((title ?? '').split('\n').length - 1);

/** A title of one line or more that ends `dy` px from the top of the plot. */
export const heading = (title: string, dx: number, dy: number): Plot.Markish =>
  Plot.text([title], {frameAnchor: 'top-left', lineAnchor: 'bottom', dx, dy, fontWeight: 600, lineHeight: 1.2});

/** A plot of points or lines with an axis below and one at the left, both with their unit. */
export function xy({width, height = 280, title, x, y, right = 14, marks}: Parts): Svg {
  const across = width - left - right;
  const down = height - top - bottom;
  const quiet = {fontSize: type.small, fill: muted, tickSize: 0, tickPadding: 6, label: null};
  const xTicks = {ticks: x.ticks ?? (x.log ? powers(x.domain, across / 44) : ticksFor(across))};
  const yTicks = {ticks: y.ticks ?? (y.log ? powers(y.domain, down / 26) : Math.max(3, Math.floor(down / 45)))};
  const said = (v: number) => (Number.isInteger(v) ? whole(v) : String(Number(v.toPrecision(4))));
  return plotted({
    width,
    height: height + extra(title),
    marginLeft: left,
    marginRight: right,
    marginTop: top + extra(title),
    marginBottom: bottom,
    x: {type: x.log ? 'log' : 'linear', domain: [...x.domain]},
    y: {type: y.log ? 'log' : 'linear', domain: [...y.domain]},
    color: {type: 'identity'},
    opacity: {type: 'identity'},
    marks: [
      Plot.gridX({stroke: rule, strokeOpacity: 1, ...xTicks}),
      Plot.gridY({stroke: rule, strokeOpacity: 1, ...yTicks}),
      Plot.axisX({...quiet, ...xTicks, tickFormat: said}),
      Plot.axisY({...quiet, ...yTicks, tickFormat: said}),
      ...marks,
      Plot.text([x.label], {frameAnchor: 'bottom', lineAnchor: 'top', dy: 24, fontSize: type.small, fill: muted}),
      Plot.text([y.label], {
        frameAnchor: 'top-left',
        lineAnchor: 'bottom',
        textAnchor: 'start',
        dx: -left + 4,
        dy: -9,
        fontSize: type.small,
        fill: muted,
      }),
      title === undefined ? null : heading(title, -left + 4, -26),
    ],
  });
}

/** 1, 2, 5, 10, … as far as there is room for them. */
function powers([from, to]: readonly [number, number], room: number): readonly number[] {
  const decades = (steps: readonly number[]) => {
    const all: number[] = [];
    for (let ten = Math.floor(Math.log10(from)); ten <= Math.ceil(Math.log10(to)); ten++)
      for (const step of steps) all.push(Number((step * 10 ** ten).toPrecision(3)));
    return all.filter((v) => v >= from * 0.999 && v <= to * 1.001);
  };
  const choices = [decades([1, 2, 5]), decades([1, 3]), decades([1])];
  return choices.find((ticks) => ticks.length <= room) ?? choices[2]!;
}

/** From nothing to a little above the largest. */
export const fromZero = (values: readonly number[]): readonly [number, number] => [0, (Math.max(0, ...values) || 1) * 1.06];

/** Around all of them on a logarithmic scale, a factor of `room` wider on both sides. */
export function around(values: readonly number[], room = 1.6): readonly [number, number] {
  const there = values.filter((v) => v > 0 && Number.isFinite(v));
  return there.length === 0 ? [1, 10] : [Math.min(...there) / room, Math.max(...there) * room];
}

/** Where a value stands in the picture, px from the left or, for y, from the top. */
function pixel(value: number, {domain: [from, to], log = false}: Measure, length: number): number {
  const at = (v: number) => (log ? Math.log(v) : v);
  return ((at(value) - at(from)) / (at(to) - at(from))) * length;
}

/** What stands so far from the left or, for y, from the top. */
function valueAt(px: number, {domain: [from, to], log = false}: Measure, length: number): number {
  const at = (v: number) => (log ? Math.log(v) : v);
  const value = at(from) + (px / length) * (at(to) - at(from));
  return log ? Math.exp(value) : value;
}

/** Text that stays readable over lines. */
export const halo = {fill: 'currentColor', stroke: paper, strokeWidth: 3.5} as const;

export interface Label {
  readonly text: string;
  /** px; of those to be drawn, values. */
  readonly x: number;
  readonly y: number;
}

/** What names are to keep off. */
interface Besides {
  /** px above their points. */
  readonly lift?: number;
  readonly fontWeight?: number;
  /** Dots without a name, and lines from point to point, as values. */
  readonly dots?: readonly Place[];
  readonly lines?: readonly (readonly Place[])[];
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Names beside their points, none over another, a dot or a line; one that had to go further away is tied to its point by a thin line. */
export function named(
  labels: readonly Label[],
  {x, y, width, height = 280, right = 14}: Pick<Parts, 'x' | 'y' | 'width' | 'height' | 'right'>,
  {lift = 0, dots = [], lines = [], ...style}: Besides = {},
): Plot.Markish[] {
  const [across, down] = [width - left - right, height - top - bottom];
  const inPixels = (at: Place) => ({x: pixel(at.x, x, across), y: down - pixel(at.y, y, down)});
  const around = [...dots.map(inPixels), ...lines.flatMap((line) => along(line.map(inPixels)))];
  const placed = apart(
    labels.map((label) => ({...label, at: label, ...inPixels(label)})),
    {across, down, lift, around},
  );
  const far = placed.filter(({dy}) => Math.abs(dy) > 18);
  return [
    Plot.link(far, {
      x1: ({at}: (typeof far)[number]) => at.x,
      y1: ({at}: (typeof far)[number]) => at.y,
      x2: (l: (typeof far)[number]) => valueAt(l.x + l.dx * 0.7, x, across),
      y2: (l: (typeof far)[number]) => valueAt(down - l.y - l.dy, y, down),
      stroke: muted,
      strokeWidth: 0.75,
    }),
    ...placed.map(({at, text, dx, dy, anchor}) =>
      Plot.text([at], {x: 'x', y: 'y', text: () => text, dx, dy, textAnchor: anchor, fontSize: type.small, ...style, ...halo}),
    ),
  ];
}

/** Where labels go so that none covers another: each as near to its point as those before it leave room, at its right or left. */
function apart<L extends Label>(
  labels: readonly L[],
  {across, down, lift, around}: {readonly across: number; readonly down: number; readonly lift: number; readonly around: readonly Place[]},
): readonly (L & {readonly dx: number; readonly dy: number; readonly anchor: 'start' | 'end'})[] {
  interface Box {
    readonly from: number;
    readonly to: number;
    readonly y: number;
  }
  const line = 13;
  const taken: Box[] = [...labels, ...around].map(({x, y}) => ({from: x - 5, to: x + 5, y}));
  const free = (box: Box) => taken.every((t) => box.to < t.from || box.from > t.to || Math.abs(box.y - t.y) >= (t.to - t.from > 10 ? line : 9));
  return labels.flatMap((label) => {
    const room = widthOf(label.text, type.small);
    const tries = [0, -12, 12, -24, 24, -36, 36, -48, 48, -62, 62]
      .map((dy) => dy - lift)
      .flatMap((dy) => [
        {dy, dx: 8, anchor: 'start' as const, from: label.x + 8, to: label.x + 8 + room},
        {dy, dx: -8, anchor: 'end' as const, from: label.x - 8 - room, to: label.x - 8},
      ]);
    const fits = ({from, to, dy}: (typeof tries)[number]) =>
      from >= 0 && to <= across && label.y + dy >= 4 && label.y + dy <= down - 4 && free({from, to, y: label.y + dy});
    // Where there is no room left the name is read by pointing at the dot.
    const found = tries.find(fits);
    if (!found) return [];
    const {dx, dy, anchor, from, to} = found;
    taken.push({from, to, y: label.y + dy});
    return [{...label, dx, dy, anchor}];
  });
}

/** Points of a line, in px, so near to one another that no name fits between. */
function along(line: readonly Place[]): readonly Place[] {
  return line.slice(1).flatMap((to, i) => {
    const from = line[i]!;
    const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 8);
    return Array.from({length: steps + 1}, (_, step) => ({
      x: from.x + ((to.x - from.x) * step) / (steps || 1),
      y: from.y + ((to.y - from.y) * step) / (steps || 1),
    }));
  });
}

/** Kinds of patterns and their colours, for a legend. */
export const kindKeys = (types: readonly string[]): readonly Key[] =>
  [...paintsOf(types)].filter(([kind]) => types.includes(kind)).map(([kind, fill]) => ({label: kindName(kind), fill}));

/** A colour a kind of pattern, in the order in which they come; dense is grey. */
export function paintsOf(types: readonly string[]): ReadonlyMap<string, string> {
  const order = [
    colours.blue,
    colours.vermilion,
    colours.green,
    colours.purple,
    colours.orange,
    colours.sky,
    colours.pink,
    colours.ochre,
    colours.brown,
  ];
  const kinds = [...new Set(types)].filter((kind) => kind !== 'dense');
  return new Map([['dense', 'var(--grey-2)'], ...kinds.map((kind, i) => [kind, order[i % order.length]!.fill] as const)]);
}
