import * as Plot from '@observablehq/plot';
import {sweptAxes, type SweptAxis} from '../axes.ts';
import {figure} from '../figure.ts';
import {brief, headings, micros, shortList, three, times, widthOf} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';
import {plotted, type Svg} from '../svg.ts';
import {colours, muted, shades, type} from '../theme.ts';
import {extra, fromZero, heading, left, paintsOf, xy} from '../xy.ts';

/** The points of one panel: same in everything but the axes shown. */
interface Row {
  readonly point: Point;
  readonly panel: string;
  /** Positions among the values of the axes. */
  readonly x: number;
  readonly y: number;
  readonly time: number;
  readonly axes: readonly SweptAxis[];
}

const most = 8;

/** Time over the swept parameters: lines over one, heat maps over two, a panel for what else differs. */
export const sweep = figure<Row>('sweep', {
  title: 'Over the swept parameters',
  caption:
    'Kernel time over the parameters of the sweep that have most values: lines where there is one, a heat map where there are two (darker is slower, with the time in µs in each field; shades are of one panel, from its least time to the largest, or to a tenth more where they differ by less). A panel stands for each pattern, and for each combination of what else was swept; of more than eight the first eight are drawn.',
  rows: (points) => rowsOf(points),
  plot: (rows, frame) => {
    const panels = [...new Set(rows.map((r) => r.panel))];
    const of = (name: string) => rows.filter((r) => r.panel === name);
    const isMap = rows[0]!.axes.length > 1;
    const columns = Math.max(1, ...rows.map((r) => r.x)) + 1;
    return sheet(frame, {
      columns: isMap && columns <= 6 ? 3 : 2,
      panels: panels.slice(0, most).map(
        (name) =>
          ({width}) =>
            (isMap ? map : lines)(headings(panels.slice(0, most), width, type.label)[panels.indexOf(name)]!, of(name), width),
      ),
    });
  },
  data: (rows) => rows.map(({point, time}) => ({...about(point), ...point.result.axes, time_us: time, speedup: point.speedup})),
});

function rowsOf(points: readonly Point[]): readonly Row[] {
  // Parameters of the pattern are what its own figures are about.
  const all = sweptAxes(points).filter(({path}) => !/^(pattern|workload|seed)/.test(path));
  const axes = all.toSorted((a, b) => b.values.length - a.values.length).slice(0, 2);
  if (axes.length === 0) return [];
  const [across, down] = axes;
  return points.flatMap((point): Row[] => {
    const {axes: at, workload, pattern, time_us} = point.result;
    const [x, y] = [across!.values.indexOf(at[across!.path] ?? ''), down ? down.values.indexOf(at[down.path] ?? '') : 0];
    if (x < 0 || y < 0) return [];
    const others = all.filter((axis) => !axes.includes(axis)).map(({name, path}) => `${name} ${shortList(at[path] ?? '–')}`);
    const place = [...(new Set(points.map((p) => p.result.workload)).size > 1 ? [workload] : []), ...others];
    const panel = (down ? [pattern.label, ...place] : place).join(' · ');
    return [{point, panel, x, y, time: time_us, axes}];
  });
}

const said = ({point, time, axes}: Row): string =>
  `${point.result.pattern.label}, ${axes.map(({name, path}) => `${name} ${point.result.axes[path]}`).join(', ')}: ${micros(time)}${point.speedup === undefined ? '' : `, ${times(point.speedup)} dense`}`;

function lines(name: string, rows: readonly Row[], width: number): Svg {
  const [axis] = rows[0]!.axes;
  const labels = [...new Set(rows.map((r) => r.point.result.pattern.label))];
  const paints = paintsOf(labels);
  const room = Math.min(120, Math.max(...labels.map((l) => widthOf(brief(l, 18), type.small))) + 12);
  const ends = labels.map((label) => rows.filter((r) => r.point.result.pattern.label === label).reduce((a, b) => (b.x > a.x ? b : a)));
  const [domain, down] = [fromZero(rows.map((r) => r.time)), 280 - 88];
  // Names beside their ends, pushed apart from the top.
  let above = -Infinity;
  const placed = ends
    .toSorted((a, b) => b.time - a.time)
    .map((end) => {
      const natural = down * (1 - end.time / domain[1]);
      const at = Math.max(natural, above + 13);
      above = at;
      return {end, dy: at - natural};
    });
  const tick = (i: number) => shortList(axis!.values[i] ?? '');
  return xy({
    width,
    right: room,
    title: name.trim() === '' ? undefined : name,
    x: {label: axis!.name, domain: [-0.3, axis!.values.length - 0.7], ticks: []},
    y: {label: 'kernel time (µs)', domain},
    marks: [
      ...labels.map((label) =>
        Plot.line(
          rows.filter((r) => r.point.result.pattern.label === label).toSorted((a, b) => a.x - b.x),
          {x: 'x', y: 'time', stroke: paints.get(label)!, strokeWidth: 2},
        ),
      ),
      Plot.dot(rows, {x: 'x', y: 'time', r: 3.5, fill: (r: Row) => paints.get(r.point.result.pattern.label)!, title: said}),
      ...placed.map(({end, dy}) =>
        Plot.text([end], {
          x: 'x',
          y: 'time',
          text: () => brief(end.point.result.pattern.label, 18),
          dx: 8,
          dy,
          textAnchor: 'start',
          fontSize: type.small,
        }),
      ),
      ...axis!.values.map((_, i) =>
        Plot.text([i], {
          x: (v: number) => v,
          frameAnchor: 'bottom',
          lineAnchor: 'top',
          dy: 7,
          text: () => brief(tick(i), Math.max(4, Math.floor((width - left - room) / axis!.values.length / 6.5))),
          fontSize: type.small,
          fill: muted,
        }),
      ),
    ],
  });
}

function map(name: string, rows: readonly Row[], width: number): Svg {
  const [across, down] = rows[0]!.axes as readonly [SweptAxis, SweptAxis];
  const gutter = Math.min(width * 0.3, Math.max(...down.values.map((v) => widthOf(brief(shortList(v), 14), type.small))) + 12);
  const times_ = rows.map((r) => r.time);
  // What hardly differs is to look alike.
  const least = Math.min(...times_);
  const largest = Math.max(...times_, 1.1 * least);
  const shade = (time: number) => shades.least + ((shades.most - shades.least) * (time - least)) / (largest - least);
  const pitch = Math.max(22, Math.min(44, 200 / down.values.length));
  const room = (width - gutter) / across.values.length;
  return plotted({
    width,
    height: 34 + down.values.length * pitch + 44 + extra(name),
    marginLeft: gutter,
    marginRight: 0,
    marginTop: 44 + extra(name),
    marginBottom: 34,
    x: {type: 'band', domain: across.values.map((_, i) => i), padding: 0.03, axis: null},
    y: {type: 'band', domain: down.values.map((_, i) => i).toReversed(), padding: 0.05, axis: null},
    color: {type: 'identity'},
    opacity: {type: 'identity'},
    marks: [
      Plot.cell(rows, {x: 'x', y: 'y', fill: colours.blue.fill, fillOpacity: (r: Row) => shade(r.time), title: said}),
      Plot.text(
        rows.filter((r) => widthOf(three(r.time), type.small) < room - 2),
        {
          x: 'x',
          y: 'y',
          text: (r: Row) => three(r.time),
          fontSize: type.small,
          pointerEvents: 'none',
        },
      ),
      Plot.text(
        across.values.map((_, i) => i),
        {
          x: (i: number) => i,
          frameAnchor: 'bottom',
          lineAnchor: 'top',
          dy: 6,
          text: (i: number) => brief(shortList(across.values[i]!), Math.max(3, Math.floor(room / 7))),
          fontSize: type.small,
          fill: muted,
        },
      ),
      Plot.text(
        down.values.map((_, i) => i),
        {
          y: (i: number) => i,
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -7,
          text: (i: number) => brief(shortList(down.values[i]!), 14),
          fontSize: type.small,
          fill: muted,
        },
      ),
      Plot.text([across.name], {frameAnchor: 'bottom', lineAnchor: 'top', dy: 21, fontSize: type.small, fill: muted}),
      Plot.text([`${down.name} ↑, time in µs`], {
        frameAnchor: 'top-left',
        lineAnchor: 'bottom',
        dx: -gutter,
        dy: -8,
        fontSize: type.small,
        fill: muted,
      }),
      heading(name, -gutter, -25),
    ],
  });
}
