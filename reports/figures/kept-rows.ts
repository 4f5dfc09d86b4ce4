import * as Plot from '@observablehq/plot';
import {figure} from '../figure.ts';
import {percent, whole, widthOf} from '../format.ts';
import {names, rowsOf, scale, slotsOf, ticksFor, type PanelFrame} from '../rows.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';
import {plotted, type Svg} from '../svg.ts';
import {deep, muted, rule, type} from '../theme.ts';

interface Row {
  readonly point: Point;
}

/** How unequal the tiles are: every tile's K_t, and their mean. */
export const keptRows = figure<Row>('kept-rows', {
  title: 'How the kept rows are distributed over the tiles',
  caption:
    'A tick a weight tile, at the number of rows it kept, K_t; the long line is their mean. At the right, the largest K_t over the mean: CTAs of the fullest tile take that much longer than the average one, and the SMs that have none of them wait at the end.',
  rows: (points) => points.filter(({result}) => result.tiles.length > 1).map((point) => ({point})),
  plot: (rows, frame) => sheet(frame, {points: rows.map((r) => r.point), panels: [(panel) => strips(rows, panel)]}),
  data: (rows) => rows.flatMap(({point}) => point.result.tiles.map(({rows: kept}, tile) => ({...about(point), tile, rows_kept: kept}))),
});

const head = 'largest / mean';
const right = 12 + Math.ceil(widthOf(head, type.small));

function strips(rows: readonly Row[], frame: PanelFrame): Svg {
  const slots = slotsOf(rows);
  const most = Math.max(...rows.map((r) => r.point.result.k));
  const across = frame.width - frame.gutter - right;
  const ticks = slots.flatMap(({key, row}) =>
    (row?.point.result.tiles ?? []).map(({rows: kept}, i) => ({
      key,
      kept,
      title: `${row!.point.name}, tile ${i}: K_t = ${whole(kept)}, ${percent(kept / row!.point.result.k)} of the rows`,
    })),
  );
  const means = slots.flatMap(({key, row}) => {
    const kept = row?.point.result.tiles.map((tile) => tile.rows) ?? [];
    if (kept.length === 0) return [];
    const mean = kept.reduce((a, b) => a + b, 0) / kept.length;
    return [{key, mean, ratio: Math.max(...kept) / Math.max(1, mean), title: `${row!.point.name}: mean ${whole(mean)} rows`}];
  });
  return plotted({
    width: frame.width,
    marginLeft: frame.gutter,
    marginRight: right,
    ...rowsOf(slots, 20),
    x: {domain: [0, most]},
    color: {type: 'identity'},
    marks: [
      Plot.gridX({stroke: rule, strokeOpacity: 1, ticks: ticksFor(across)}),
      scale('kept rows of a tile, K_t', across),
      Plot.tickX(ticks, {x: 'kept', y: 'key', stroke: deep, strokeWidth: 2, strokeOpacity: 0.75, insetTop: 3, insetBottom: 3, title: 'title'}),
      Plot.tickX(means, {x: 'mean', y: 'key', stroke: 'currentColor', strokeWidth: 2, insetTop: -2, insetBottom: -2, title: 'title'}),
      Plot.text(means, {
        y: 'key',
        text: (m: {ratio: number}) => `${m.ratio.toFixed(2)}×`,
        frameAnchor: 'right',
        textAnchor: 'end',
        dx: right - 4,
        fontVariant: 'tabular-nums',
      }),
      Plot.text([head], {
        frameAnchor: 'top-right',
        textAnchor: 'end',
        lineAnchor: 'bottom',
        dx: right - 4,
        dy: -6,
        fontSize: type.small,
        fill: muted,
      }),
      ...names(slots, frame),
    ],
  });
}
