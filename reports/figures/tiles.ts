import * as Plot from '@observablehq/plot';
import {names, rowsOf, scale, slotsOf, type PanelFrame, type Slot} from '../rows.ts';
import {figure} from '../figure.ts';
import {percent, whole, widthOf} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';
import {plotted, type Svg} from '../svg.ts';
import {shades, type} from '../theme.ts';

interface Row {
  readonly point: Point;
}

const hue = '#0072b2';

/** Which rows of each weight tile are left. */
export const tiles = figure<Row>('tiles', {
  title: 'Rows kept in each weight tile',
  caption:
    'The weight matrix from its first to its last column, cut into tiles as the kernel works on them. A tile is as wide as the original columns it spans, pruned ones included, and as dark as the share of its K rows that was kept (before n:m, which keeps every row and some of its weights); the number is the kept rows, K_t. Uneven tiles finish unevenly.',
  rows: (points) => points.filter(({result}) => result.tiles.length > 0).map((point) => ({point})),
  plot: (rows, frame) =>
    sheet(frame, {
      points: rows.map((r) => r.point),
      legend: [0, 0.25, 0.5, 0.75, 1].map((share) => ({
        label: `${share === 0 ? 'rows kept: ' : ''}${100 * share} %`,
        fill: hue,
        opacity: shade(share),
      })),
      panels: [(panel) => map(rows, panel)],
    }),
  data: (rows) =>
    rows.flatMap(({point}) =>
      point.result.tiles.map(({rows: kept, columns, span}, tile) => ({
        ...about(point),
        tile,
        rows_kept: kept,
        columns_kept: columns,
        columns_spanned: span,
      })),
    ),
});

const shade = (share: number): number => shades.least + (shades.most - shades.least) * share;

function map(rows: readonly Row[], frame: PanelFrame): Svg {
  const slots = slotsOf(rows);
  const columns = Math.max(...rows.map((r) => r.point.result.n));
  const right = 14;
  const across = frame.width - frame.gutter - right;
  const cells = slots.flatMap((slot) => cellsOf(slot, across / columns));
  return plotted({
    width: frame.width,
    marginLeft: frame.gutter,
    marginRight: right,
    ...rowsOf(slots, 6),
    x: {domain: [0, columns]},
    color: {type: 'identity'},
    opacity: {type: 'identity'},
    marks: [
      scale('column of the weight matrix (n)', across),
      Plot.barX(cells, {x1: 'from', x2: 'to', y: 'key', fill: hue, fillOpacity: 'opacity', title: 'title'}),
      Plot.text(
        cells.filter((c) => c.text !== ''),
        {x: 'middle', y: 'key', text: 'text', fill: 'currentColor', fontSize: type.small, pointerEvents: 'none'},
      ),
      ...names(slots, frame),
    ],
  });
}

function cellsOf({key, row}: Slot<Row>, unit: number) {
  if (!row) return [];
  const {result, name} = row.point;
  let from = 0;
  return result.tiles.map(({rows: kept, columns, span}, i) => {
    const share = kept / result.k;
    const to = from + span;
    const cell = {
      key,
      from,
      // A hair of paper between tiles, where they are wide enough to spare it.
      to: span * unit > 4 ? to - 1 / unit : to,
      middle: (from + to) / 2,
      opacity: shade(share),
      title: `${name}, tile ${i}: ${kept} of ${result.k} rows (${percent(share)}), ${columns} of ${span} columns kept`,
      text: span * unit >= widthOf(whole(kept), type.small) + 4 ? whole(kept) : '',
    };
    from = to;
    return cell;
  });
}
