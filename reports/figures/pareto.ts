import * as Plot from '@observablehq/plot';
import {figure} from '../figure.ts';
import {brief, headings, micros, percent} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about, groupsOf, type Point} from '../study.ts';
import type {Svg} from '../svg.ts';
import {type} from '../theme.ts';
import {fromZero, kindKeys, type Measure, named, paintsOf, xy} from '../xy.ts';

interface Row {
  readonly point: Point;
  /** Weights kept, %, and µs. */
  readonly kept: number;
  readonly time: number;
  /** No point keeps as much in less time. */
  readonly isBest: boolean;
}

const most = 6;
/** Of more points in a panel, those of the front only have their names there. */
const mostNamed = 8;

/** What is kept, against what it costs. */
export const pareto = figure<Row>('pareto', {
  title: 'Weights kept against time: which patterns are worth a look',
  caption:
    'Kernel time against the share of the weights that a pattern keeps. Filled and joined: the Pareto front, patterns that no other beats in both; hollow: something keeps at least as much in no more time. Where there are many, those of the front are named. How much accuracy a kept weight is worth is for training to say, and differs from pattern to pattern. Of more than six comparisons the first six are drawn.',
  rows: (points) =>
    groupsOf(points)
      .filter((members) => members.length > 2)
      .slice(0, most)
      .flatMap(rowsOf),
  plot: (rows, frame) => {
    const groups = groupsOf(rows.map((r) => r.point));
    const isCrowded = groups.some((members) => members.length > mostNamed);
    return sheet(frame, {
      columns: Math.min(2, groups.length),
      legend: isCrowded ? kindKeys(rows.map(kindOf)) : [],
      panels: groups.map(
        (members, i) =>
          ({width}) =>
            panel(
              rows.filter((r) => members.includes(r.point)),
              paintsOf(rows.map(kindOf)),
              isCrowded,
              {
                width,
                title: headings(
                  groups.map(([first]) => first!.group.label),
                  width,
                  type.label,
                )[i]!,
              },
            ),
      ),
    });
  },
  data: (rows) => rows.map(({point, kept, time, isBest}) => ({...about(point), weights_kept_pct: kept, time_us: time, on_front: isBest ? 1 : 0})),
});

function rowsOf(members: readonly Point[]): readonly Row[] {
  const all = members.flatMap((point) => {
    const share = point.result.metrics['tvw.sparsity'];
    return share === undefined ? [] : [{point, kept: 100 * (1 - share), time: point.result.time_us}];
  });
  return all.map((row) => ({
    ...row,
    isBest: !all.some((o) => o.kept >= row.kept - 0.05 && o.time <= row.time && (o.kept > row.kept + 0.05 || o.time < row.time)),
  }));
}

const height = 300;
const kindOf = ({point}: Row): string => point.result.pattern.type;

function panel(
  rows: readonly Row[],
  paints: ReadonlyMap<string, string>,
  isCrowded: boolean,
  {width, title}: {readonly width: number; readonly title: string},
): Svg {
  const x: Measure = {label: 'weights kept (%)', domain: [0, 106]};
  const y: Measure = {label: 'kernel time (µs)', domain: fromZero(rows.map((r) => r.time))};
  const front = rows.filter((r) => r.isBest).toSorted((a, b) => a.kept - b.kept);
  const names = (isCrowded ? front : rows).map((row) => ({text: brief(row.point.name, 22), x: row.kept, y: row.time}));
  const paint = (r: Row) => paints.get(kindOf(r))!;
  // As curve: 'step-before' joins them.
  const steps = front.flatMap((row, i) => [...(i > 0 ? [{x: front[i - 1]!.kept, y: row.time}] : []), {x: row.kept, y: row.time}]);
  return xy({
    width,
    height,
    title: title.trim() === '' ? undefined : title,
    x,
    y,
    marks: [
      Plot.line(front, {x: 'kept', y: 'time', stroke: 'currentColor', strokeOpacity: 0.6, curve: 'step-before'}),
      Plot.dot(rows, {
        x: 'kept',
        y: 'time',
        r: 4.5,
        stroke: paint,
        strokeWidth: 1.75,
        fill: (r: Row) => (r.isBest ? paint(r) : 'var(--paper)'),
        title: (r: Row) => `${r.point.name}: ${micros(r.time)}, ${percent(r.kept / 100)} of the weights kept`,
      }),
      ...named(names, {x, y, width, height}, {dots: rows.map((r) => ({x: r.kept, y: r.time})), lines: [steps]}),
    ],
  });
}
