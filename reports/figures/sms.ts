import * as Plot from '@observablehq/plot';
import {figure} from '../figure.ts';
import {headings, percent} from '../format.ts';
import {ordered, reasonOf} from '../reasons.ts';
import {sheet} from '../sheet.ts';
import {about, titleOf, type Point} from '../study.ts';
import type {Svg} from '../svg.ts';
import {type} from '../theme.ts';
import {xy} from '../xy.ts';

/** So many panels stay readable; the ledger tells of all points. */
const most = 6;

/** Where the cycles of each SM went. */
export const sms = figure<Point>('sms', {
  title: 'Where the cycles went, SM by SM',
  caption:
    'Sub-core cycles of every SM by reason, as a share of the elapsed time; SMs stand in the order of their numbers. Useful work is at the bottom. What differs from SM to SM is how many CTAs it got, and when its last one ended.',
  rows: (points) =>
    points.filter(
      ({
        result: {
          ledger_by_sm: {rows},
        },
      }) => rows.length > 1,
    ),
  most,
  plot: (points, frame) => {
    const reasons = ordered(
      points.flatMap(
        ({
          result: {
            ledger_by_sm: {reasons: all, rows},
          },
        }) => all.filter((_, i) => rows.some((row) => row[i]! > 0)),
      ),
    );
    return sheet(frame, {
      columns: 3,
      legend: reasons.filter((name) => points.some((point) => isSeen(point, name))).map((name) => ({label: name, fill: reasonOf(name).paint.fill})),
      panels: points.map(
        (point, i) =>
          ({width}) =>
            panel(point, reasons, width, headings(points.map(titleOf), width, type.label)[i]!),
      ),
    });
  },
  data: (points) =>
    points.flatMap((point) => {
      const {reasons, rows} = point.result.ledger_by_sm;
      return rows.flatMap((row, sm) => reasons.map((reason, i) => ({...about(point), sm, reason, subcore_cycles: row[i]})));
    }),
});

/** Whether a reason makes a quarter of a pixel and more in some SM. */
function isSeen({result}: Point, reason: string): boolean {
  const {reasons, rows} = result.ledger_by_sm;
  const at = reasons.indexOf(reason);
  return at >= 0 && rows.some((row) => row[at]! >= 0.0015 * row.reduce((a, b) => a + b, 0));
}

function panel({name, result}: Point, reasons: readonly string[], width: number, title: string): Svg {
  const {reasons: all, rows} = result.ledger_by_sm;
  const areas = reasons.flatMap((reason, r) => {
    const before = reasons.slice(0, r).map((of) => all.indexOf(of));
    const share = (row: readonly number[], i: number) => (i < 0 ? 0 : (100 * row[i]!) / row.reduce((a, b) => a + b, 0));
    const own = all.indexOf(reason);
    const bands = rows.map((row, sm) => {
      const from = before.reduce((sum, i) => sum + share(row, i), 0);
      return {sm, from, to: from + share(row, own)};
    });
    const mean = bands.reduce((sum, band) => sum + band.to - band.from, 0) / bands.length;
    const said = `${name}, ${reason}: ${percent(mean / 100)} of the sub-core cycles on average, ${percent(Math.max(...bands.map((b) => b.to - b.from)) / 100)} at most`;
    // A step an SM: its band holds from its number to the next.
    const steps = [...bands, {...bands.at(-1)!, sm: rows.length}];
    return own < 0 || mean === 0
      ? []
      : [Plot.areaY(steps, {x: 'sm', y1: 'from', y2: 'to', fill: reasonOf(reason).paint.fill, curve: 'step-after', title: () => said})];
  });
  return xy({
    width,
    height: 240,
    title,
    x: {label: 'SM', domain: [0, rows.length]},
    y: {label: '% of the sub-core cycles', domain: [0, 100]},
    marks: areas,
  });
}
