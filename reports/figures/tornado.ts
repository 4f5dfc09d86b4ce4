import * as Plot from '@observablehq/plot';
import {sweptAxes} from '../axes.ts';
import {figure} from '../figure.ts';
import {brief, fit, shortList, signed, widthOf} from '../format.ts';
import {rowsOf, scale, ticksFor, type PanelFrame} from '../rows.ts';
import {sheet} from '../sheet.ts';
import type {Point} from '../study.ts';
import {plotted, type Svg} from '../svg.ts';
import {colours, muted, rule, type} from '../theme.ts';
import {halo} from '../xy.ts';

/** What moving one axis over its values does to the time, everything else as it is. */
interface Row {
  readonly path: string;
  readonly name: string;
  readonly series: string;
  /** Values at which the time is least and most, and by how many per cent it is below and above the middle there. */
  readonly least: {readonly value: string; readonly percent: number};
  readonly most: {readonly value: string; readonly percent: number};
}

/** Which parameters matter. */
export const tornado = figure<Row>('tornado', {
  title: 'Sensitivity: which parameters matter',
  caption:
    'Each bar is one swept parameter of the GPU or the kernel: how far kernel time moves between its values, in per cent of the geometric mean over them, all other parameters equal, averaged over the points that differ in nothing else. At the ends, the values at which time is least and most. The widest stands on top.',
  rows: (points) =>
    sweptAxes(points)
      .filter(({path}) => /^(gpu|kernel)\./.test(path))
      .flatMap(({path, name, values}) => rowsAt(points, path, name, values))
      .toSorted((a, b) => spread(b) - spread(a))
      .slice(0, 24),
  plot: (rows, frame) => sheet(frame, {names: rows.map(labelOf), panels: [(panel) => bars(rows, panel)]}),
  data: (rows) =>
    rows.map(({path, series, least, most}) => ({
      parameter: path,
      pattern: series,
      least_time_at: least.value,
      least_pct: least.percent,
      most_time_at: most.value,
      most_pct: most.percent,
    })),
});

const spread = ({least, most}: Row): number => most.percent - least.percent;
const labelOf = ({name, series}: Row): string => `${name}, ${series}`;

function rowsAt(points: readonly Point[], path: string, name: string, values: readonly string[]): readonly Row[] {
  const series = [...new Set(points.map((p) => p.result.pattern.label))];
  return series.flatMap((label): Row[] => {
    const families = new Map<string, Point[]>();
    for (const point of points) {
      const {pattern, axes, workload, gpu, dtype, seed} = point.result;
      if (pattern.label !== label || !(path in axes)) continue;
      const key = JSON.stringify([workload, gpu, dtype, seed, Object.entries(axes).filter(([other]) => other !== path)]);
      families.set(key, [...(families.get(key) ?? []), point]);
    }
    const logs = new Map<string, number[]>();
    for (const family of families.values()) {
      if (family.length < 2) continue;
      const mean = family.reduce((sum, p) => sum + Math.log(p.result.time_us), 0) / family.length;
      for (const {result} of family) logs.set(result.axes[path]!, [...(logs.get(result.axes[path]!) ?? []), Math.log(result.time_us) - mean]);
    }
    const shifts = values.flatMap((value) => {
      const of = logs.get(value);
      return of ? [{value, percent: 100 * (Math.exp(of.reduce((a, b) => a + b, 0) / of.length) - 1)}] : [];
    });
    if (shifts.length < 2) return [];
    const [least, most] = [shifts.reduce((a, b) => (b.percent < a.percent ? b : a)), shifts.reduce((a, b) => (b.percent > a.percent ? b : a))];
    return [{path, name, series: label, least, most}];
  });
}

function bars(rows: readonly Row[], {width, gutter}: PanelFrame): Svg {
  const keyed = rows.map((row, i) => ({...row, key: String(i)}));
  const text = (value: string) => brief(shortList(value), 14);
  const small = {y: 'key', fontSize: type.small, ...halo};
  const room = 10 + Math.max(...rows.flatMap((r) => [r.least.value, r.most.value]).map((v) => widthOf(text(v), type.small)));
  const isNarrow = width < 600;
  // A unit that both have is said once.
  const both = ({least, most}: Row) => {
    const unit = / \S+$/.exec(most.value)?.[0] ?? '';
    return `${text(unit !== '' && least.value.endsWith(unit) ? least.value.slice(0, -unit.length) : least.value)} to ${text(most.value)}`;
  };
  const right = 14;
  const across = width - gutter - right;
  const extent = Math.max(1, ...rows.flatMap((r) => [-r.least.percent, r.most.percent]));
  const domain = isNarrow ? extent * 1.1 : extent / Math.max(0.25, 1 - (2 * room) / across);
  const titleOf = (r: Row) => `${labelOf(r)}: ${said(r.least.percent)} at ${r.least.value}, ${said(r.most.percent)} at ${r.most.value}`;
  // Where the values do not fit beside the bars, they stand under the name.
  const ends = isNarrow
    ? [
        Plot.text(keyed, {
          y: 'key',
          text: (r: Row) => fit(both(r), gutter - 10, type.small),
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -10,
          dy: 8,
          fontSize: type.small,
          fill: muted,
        }),
      ]
    : [
        Plot.text(keyed, {...small, x: (r: Row) => r.least.percent, text: (r: Row) => text(r.least.value), textAnchor: 'end', dx: -5}),
        Plot.text(keyed, {...small, x: (r: Row) => r.most.percent, text: (r: Row) => text(r.most.value), textAnchor: 'start', dx: 5}),
      ];
  // Both sides of nothing want a number.
  const ticks = Math.max(4, ticksFor(across));
  return plotted({
    width,
    marginLeft: gutter,
    marginRight: right,
    ...rowsOf(keyed, 8, isNarrow ? 36 : undefined),
    x: {domain: [-domain, domain]},
    color: {type: 'identity'},
    marks: [
      Plot.gridX({stroke: rule, strokeOpacity: 1, ticks}),
      scale('change of kernel time (%)', across, ticks),
      Plot.barX(keyed, {x1: (r: Row) => r.least.percent, x2: 0, y: 'key', fill: colours.green.fill, title: titleOf}),
      Plot.barX(keyed, {x1: 0, x2: (r: Row) => r.most.percent, y: 'key', fill: colours.vermilion.fill, title: titleOf}),
      Plot.ruleX([0], {stroke: 'currentColor', strokeOpacity: 0.6}),
      ...ends,
      Plot.text(keyed, {
        y: 'key',
        text: (r: Row) => fit(labelOf(r), gutter - 10, type.label),
        title: labelOf,
        frameAnchor: 'left',
        textAnchor: 'end',
        dx: -10,
        dy: isNarrow ? -7 : 0,
        fontSize: type.label,
      }),
    ],
  });
}

const said = (value: number): string => signed(value, (v) => `${v.toFixed(1)} %`);
