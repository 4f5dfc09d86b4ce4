import * as Plot from '@observablehq/plot';
import type {Frame} from './figure.ts';
import {fit, whole} from './format.ts';
import type {Point} from './study.ts';
import {muted, paper, type} from './theme.ts';

/** The room of one panel: `gutter` px of its width are for the names of the bars; 0 leaves them out. */
export interface PanelFrame extends Frame {
  readonly gutter: number;
  /** px that a heading may take: those of the panels beside this one too. */
  readonly across: number;
}

/** px from one row to the next, and under the last, for the axis. */
const pitch = 24;
const bottom = 44;

/** A row of the picture: a bar, or the heading of a group. */
export interface Slot<Row> {
  readonly key: string;
  readonly row?: Row;
  readonly heading?: string;
}

/** One slot a row, and one over each group where there are several. */
export function slotsOf<Row extends {readonly point: Point}>(rows: readonly Row[]): readonly Slot<Row>[] {
  const several = new Set(rows.map((r) => r.point.group)).size > 1;
  const slots = rows.flatMap((row, i): Omit<Slot<Row>, 'key'>[] => {
    const opens = several && row.point.group !== rows[i - 1]?.point.group;
    return opens ? [{heading: row.point.group.label}, {row}] : [{row}];
  });
  return slots.map((slot, i) => ({...slot, key: String(i)}));
}

/** The names of the rows in the gutter, and the headings over their groups. */
export function names<Row extends {readonly point: Point}>(slots: readonly Slot<Row>[], {gutter, across}: PanelFrame): Plot.Markish[] {
  if (gutter === 0) return [];
  const bars = slots.filter((s) => s.row);
  const headings = slots.filter((s) => s.heading !== undefined);
  const room = gutter - 10;
  return [
    Plot.text(bars, {
      y: 'key',
      text: (s: Slot<Row>) => fit(s.row!.point.name, room, type.label),
      title: (s: Slot<Row>) => s.row!.point.name,
      frameAnchor: 'left',
      textAnchor: 'end',
      dx: -10,
      fontSize: type.label,
    }),
    Plot.text(headings, {
      y: 'key',
      text: (s: Slot<Row>) => fit(s.heading!, across, type.label),
      title: 'heading',
      frameAnchor: 'left',
      textAnchor: 'start',
      dx: -gutter,
      dy: 4,
      fontSize: type.label,
      fontWeight: 600,
      fill: 'currentColor',
      stroke: paper,
      strokeWidth: 5,
    }),
  ];
}

/** Height and vertical scale that go with some slots, `step` px from one to the next. */
export function rowsOf(slots: readonly Slot<unknown>[], top: number, step = pitch): Plot.PlotOptions {
  return {
    height: top + slots.length * step + bottom,
    marginTop: top,
    marginBottom: bottom,
    y: {type: 'band', domain: slots.map((s) => s.key), padding: 0.26, axis: null},
  };
}

/** The horizontal axis: numbers and, under them, what they are. */
export function scale(label: string, across: number, ticks = ticksFor(across)): Plot.Markish {
  const quiet = {fontSize: type.small, fill: muted, tickSize: 0, tickPadding: 6};
  return Plot.axisX({
    ...quiet,
    label,
    labelAnchor: 'center',
    labelArrow: 'none',
    labelOffset: 36,
    ticks,
    tickFormat: (v: number) => (v < 0 ? '−' : '') + (Number.isInteger(v) ? whole(Math.abs(v)) : String(Math.abs(v))),
  });
}

export const ticksFor = (across: number): number => Math.max(2, Math.min(8, Math.floor(across / 70)));
