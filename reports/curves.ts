import * as Plot from '@observablehq/plot';
import {brief, headings, micros, times} from './format.ts';
import {sheet} from './sheet.ts';
import type {Frame} from './figure.ts';
import {groupsOf, type Point} from './study.ts';
import type {Svg} from './svg.ts';
import {muted, type} from './theme.ts';
import {fromZero, type Measure, named, paintsOf, xy} from './xy.ts';

/** A point on a curve: where it stands, and which curve it belongs to. */
export interface Sample {
  readonly point: Point;
  readonly x: number;
  readonly y: number;
  /** The curve's name. */
  readonly series: string;
}

export interface Axes {
  readonly x: string;
  readonly y: string;
  /** What is said of a sample when it is pointed at. */
  readonly unit: (value: number) => string;
  readonly xOf: (value: number) => string;
  /** The vertical value of the dense kernel, drawn across. */
  readonly dense?: (point: Point) => number | undefined;
  readonly xDomain?: readonly [number, number];
  readonly ticks?: boolean;
}

/** So many panels stay readable. */
const most = 6;
/** Names of so many curves find room beside their ends; of more the colours say which they are. */
const mostNamed = 3;
const height = 280;

/** Curves with a dot a sample and their names beside them, a panel a group. */
export function curves(samples: readonly Sample[], frame: Frame, axes: Axes): Svg {
  const groups = groupsOf(samples.map((s) => s.point)).slice(0, most);
  const all = [...new Set(samples.map((s) => s.series))];
  const paints = paintsOf(all);
  const isCrowded = all.length > mostNamed;
  return sheet(frame, {
    columns: Math.min(2, groups.length),
    legend: isCrowded ? all.map((name) => ({label: name, fill: paints.get(name)!})) : [],
    panels: groups.map((members, i) => ({width}) => {
      const there = new Set(members);
      const titles = headings(
        groups.map(([first]) => first!.group.label),
        width,
        type.label,
      );
      return panel(
        samples.filter((s) => there.has(s.point)),
        {width, title: titles[i]!, paints, isCrowded},
        axes,
      );
    }),
  });
}

interface Look {
  readonly width: number;
  readonly title: string;
  readonly paints: ReadonlyMap<string, string>;
  readonly isCrowded: boolean;
}

function panel(samples: readonly Sample[], {width, title, paints, isCrowded}: Look, axes: Axes): Svg {
  const dense = axes.dense?.(samples[0]!.point);
  const xs = [...new Set(samples.map((s) => s.x))].toSorted((a, b) => a - b);
  const x: Measure = {label: axes.x, domain: axes.xDomain ?? fromZero(xs), ticks: axes.ticks ? xs : undefined};
  const y: Measure = {label: axes.y, domain: fromZero([...samples.map((s) => s.y), dense ?? 0])};
  const series = [...new Set(samples.map((s) => s.series))];
  const lines = series.map((name) => samples.filter((s) => s.series === name).toSorted((a, b) => a.x - b.x));
  const ends = isCrowded ? [] : lines.map((own) => ({text: brief(own[0]!.series, 24), x: own.at(-1)!.x, y: own.at(-1)!.y}));
  return xy({
    width,
    height,
    title: title.trim() === '' ? undefined : title,
    x,
    y,
    marks: [
      dense === undefined ? null : Plot.ruleY([dense], {stroke: 'currentColor', strokeOpacity: 0.6, strokeDasharray: '4 3'}),
      dense === undefined
        ? null
        : Plot.text(['dense'], {frameAnchor: 'left', y: () => dense, textAnchor: 'start', dx: 4, dy: -7, fontSize: type.small, fill: muted}),
      ...lines.map((own) => Plot.line(own, {x: 'x', y: 'y', stroke: paints.get(own[0]!.series)!, strokeWidth: 2})),
      Plot.dot(samples, {
        x: 'x',
        y: 'y',
        r: 4,
        fill: (s: Sample) => paints.get(s.series)!,
        title: (s: Sample) => `${s.point.name}: ${axes.unit(s.y)} at ${axes.xOf(s.x)}`,
      }),
      ...named(ends, {x, y, width, height}, {lift: 9, fontWeight: 600, dots: samples, lines}),
    ],
  });
}

export const inTime = (us: number): string => micros(us);
export const inRatio = (ratio: number): string => times(ratio);
