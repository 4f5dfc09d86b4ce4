import * as Plot from '@observablehq/plot';
import {widthOf} from './format.ts';
import {names, rowsOf, scale, slotsOf, ticksFor, type PanelFrame, type Slot} from './rows.ts';
import type {Point} from './study.ts';
import {plotted, type Svg} from './svg.ts';
import {muted, paper, rule, type, type Paint} from './theme.ts';

/** A piece of a bar; pieces lie end to end. */
export interface Segment {
  readonly value: number;
  readonly paint: Paint;
  /** What is read when the piece is pointed at, and by a screen reader. */
  readonly title: string;
  /** Written on the piece where there is room. */
  readonly text?: string;
  /** What was not done: drawn as a shade of what was. */
  readonly pale?: boolean;
}

/** One horizontal bar, a point's. */
export interface Bar {
  readonly point: Point;
  readonly segments: readonly Segment[];
  /** Its numbers, in columns at the right. */
  readonly ends: readonly string[];
  /** A value marked across the bar by a line: what to compare with. */
  readonly mark?: number | undefined;
  /** Where the value may lie, of an estimate: drawn across the end of the bar. */
  readonly interval?: readonly [number, number] | undefined;
}

export interface Axis {
  /** With its unit. */
  readonly label: string;
  /** Over the bars; needed where there are several panels. */
  readonly title?: string;
  /** Where the axis ends at the least; without it, at the longest bar. */
  readonly top?: number;
  /** Over the columns of numbers. */
  readonly heads?: readonly string[];
}

/** How much of a colour is left in a shade of it: seen on white, and on near black. */
export const paleness = 0.3;

/** Share of the longest bar below which a piece cannot be seen, and has no place in a legend. */
export const visible = 0.0008;

/** Bars, top down, named at the left, with their numbers in columns at the right. */
export function bars(rows: readonly Bar[], frame: PanelFrame, axis: Axis): Svg {
  const slots = slotsOf(rows);
  const longest = Math.max(...rows.map((r) => Math.max(r.mark ?? 0, r.interval?.[1] ?? 0, total(r))));
  const top = Math.max(axis.top ?? 0, longest) || 1;
  const columns = columnsOf(rows, axis.heads ?? []);
  const right = Math.max(14, ...columns.map((c) => c.until));
  const across = frame.width - frame.gutter - right;
  const pieces = slots.flatMap(({key, row}) => (row ? laid(key, row, across / top) : []));
  const marked = slots.flatMap(({key, row}) => (row?.mark === undefined ? [] : [{key, at: row.mark}]));
  const intervals = slots.flatMap(({key, row}) => (row?.interval ? [{key, from: row.interval[0], to: row.interval[1]}] : []));
  const filled = slots.filter((s) => s.row);
  return plotted({
    width: frame.width,
    marginLeft: frame.gutter,
    marginRight: right,
    ...rowsOf(slots, axis.title !== undefined ? 30 : axis.heads ? 20 : 8),
    x: {domain: [0, top]},
    color: {type: 'identity'},
    opacity: {type: 'identity'},
    marks: [
      Plot.gridX({stroke: rule, strokeOpacity: 1, ticks: ticksFor(across)}),
      scale(axis.label, across),
      Plot.barX(pieces, {x1: 'from', x2: 'to', y: 'key', fill: paper}),
      Plot.barX(pieces, {x1: 'from', x2: 'to', y: 'key', fill: 'fill', fillOpacity: 'opacity', title: 'title'}),
      Plot.ruleX([0], {stroke: 'currentColor', strokeOpacity: 0.5}),
      Plot.tickX(marked, {x: 'at', y: 'key', stroke: paper, strokeWidth: 3.5}),
      Plot.tickX(marked, {x: 'at', y: 'key', stroke: 'currentColor', strokeWidth: 1.5}),
      Plot.ruleY(intervals, {y: 'key', x1: 'from', x2: 'to', stroke: paper, strokeWidth: 4}),
      Plot.ruleY(intervals, {y: 'key', x1: 'from', x2: 'to', stroke: 'currentColor', strokeWidth: 1.75}),
      Plot.text(
        pieces.filter((p) => p.text !== ''),
        {x: 'middle', y: 'key', text: 'text', fill: 'ink', fontSize: type.small, pointerEvents: 'none'},
      ),
      ...columns.flatMap(({head, until}, i) => [
        Plot.text(filled, {
          y: 'key',
          text: (s: Slot<Bar>) => s.row!.ends[i] ?? '',
          frameAnchor: 'right',
          textAnchor: 'end',
          dx: until,
          fontVariant: 'tabular-nums',
        }),
        Plot.text([head], {frameAnchor: 'top-right', textAnchor: 'end', lineAnchor: 'bottom', dx: until, dy: -6, fontSize: type.small, fill: muted}),
      ]),
      ...names(slots, frame),
      axis.title === undefined ? null : Plot.text([axis.title], {frameAnchor: 'top-left', lineAnchor: 'bottom', dy: -8, fontWeight: 600}),
    ],
  });
}

/** The columns at the right: their heads, and how far from the frame each ends. */
function columnsOf(rows: readonly Bar[], heads: readonly string[]): readonly {readonly head: string; readonly until: number}[] {
  let until = 0;
  return Array.from({length: Math.max(0, ...rows.map((r) => r.ends.length))}, (_, i) => {
    const head = heads[i] ?? '';
    until += 12 + Math.max(widthOf(head, type.small), ...rows.map((r) => widthOf(r.ends[i] ?? '', type.label)));
    return {head, until};
  });
}

const total = (bar: Bar): number => bar.segments.reduce((sum, s) => sum + s.value, 0);

interface Piece {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly middle: number;
  readonly fill: string;
  readonly ink: string;
  readonly opacity: number;
  readonly title: string;
  readonly text: string;
}

function laid(key: string, {segments}: Bar, scale: number): readonly Piece[] {
  let from = 0;
  return segments
    .filter((s) => s.value > 0)
    .map(({value, paint, title, text = '', pale = false}) => {
      const to = from + value;
      const fits = text !== '' && value * scale >= widthOf(text, type.small) + 4;
      const piece = {
        key,
        from,
        // A hair of paper between pieces, where they are wide enough to spare it.
        to: value * scale > 3 ? to - 0.75 / scale : to,
        middle: (from + to) / 2,
        fill: paint.fill,
        ink: pale ? 'currentColor' : paint.ink,
        opacity: pale ? paleness : 1,
        title,
        text: fits ? text : '',
      };
      from = to;
      return piece;
    });
}
