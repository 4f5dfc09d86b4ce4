import * as Plot from '@observablehq/plot';
import {accuraciesOf} from '../accuracy.ts';
import {figure, type Frame} from '../figure.ts';
import {micros, three} from '../format.ts';
import {sheet} from '../sheet.ts';
import type {Point} from '../study.ts';
import {plotted, type Svg} from '../svg.ts';
import {colours, muted, rule, type} from '../theme.ts';

const hues = [colours.blue, colours.vermilion, colours.green, colours.orange, colours.purple, colours.sky, colours.pink, colours.brown];
/** What counts as close, either way. */
const tolerance = 0.1;

/** Simulated against measured time, both on logarithmic scales. */
export const correlation = figure<Point>('correlation', {
  title: 'Simulated against measured time',
  caption:
    'Simulated kernel time over the time measured on the GPU, a dot a GEMM and pattern, both axes logarithmic. On the line the two agree; the band is ±10 %. Dots above it are simulated too slow, dots below too fast. MAPE: mean of the absolute relative errors; r: Pearson’s correlation of the logarithms; τ: Kendall’s correlation of the ranks.',
  rows: (points) => points.filter(({result}) => result.measured_us !== undefined),
  plot: (points, frame) => {
    const names = [...new Set(points.map(({name}) => name))];
    return sheet(frame, {
      points: [],
      legend: names.map((name, i) => ({label: name, fill: hues[i % hues.length]!.fill})),
      panels: [() => scatter(points, names, frame)],
    });
  },
});

function scatter(points: readonly Point[], names: readonly string[], {width}: Frame): Svg {
  const times = points.flatMap(({result}) => [result.measured_us!, result.time_us]);
  const [lo, hi] = [Math.min(...times) / 1.25, Math.max(...times) * 1.25];
  const ends = [lo, hi];
  const ticks = ticksBetween(lo, hi);
  const [overall] = accuraciesOf(points);
  const quiet = {
    fontSize: type.small,
    fill: muted,
    tickSize: 0,
    tickPadding: 6,
    labelArrow: 'none',
    labelAnchor: 'center',
    ticks,
    tickFormat: (v: number) => three(v).replace(/\.0+$/, ''),
  } as const;
  const dots = points.map(({result, name}) => ({
    x: result.measured_us!,
    y: result.time_us,
    fill: hues[names.indexOf(name) % hues.length]!.fill,
    title: `${result.workload} ${result.m} × ${result.n} × ${result.k}, ${name}: ${micros(result.measured_us!)} measured, ${micros(result.time_us)} simulated, ${percent(result.error!)}`,
  }));
  const side = Math.min(width, 560);
  return plotted({
    width,
    height: side,
    marginLeft: 58,
    marginRight: Math.max(14, width - side),
    marginTop: 10,
    marginBottom: 46,
    x: {type: 'log', domain: ends},
    y: {type: 'log', domain: ends},
    color: {type: 'identity'},
    marks: [
      Plot.gridX({stroke: rule, strokeOpacity: 1, ticks}),
      Plot.gridY({stroke: rule, strokeOpacity: 1, ticks}),
      Plot.areaY(band(lo, hi), {x: 'x', y1: 'below', y2: 'above', fill: muted, fillOpacity: 0.16}),
      Plot.line(ends, {x: (v: number) => v, y: (v: number) => v, stroke: muted, strokeWidth: 1}),
      Plot.axisX({...quiet, label: 'measured (µs)', labelOffset: 38}),
      Plot.axisY({...quiet, label: 'simulated (µs)', labelOffset: 50}),
      Plot.dot(dots, {x: 'x', y: 'y', r: 4, fill: 'fill', fillOpacity: 0.85, title: 'title'}),
      Plot.text([summary(overall!)], {frameAnchor: 'top-left', dx: 8, dy: 8, lineAnchor: 'top', fontSize: type.label}),
    ],
  });
}

/** 24 rows: MAPE 6.4 %, r 0.998, τ 0.97 */
function summary({rows, mape, r, tau}: ReturnType<typeof accuraciesOf>[number]): string {
  const correlations = [...(r === undefined ? [] : [`r ${r.toFixed(3)}`]), ...(tau === undefined ? [] : [`τ ${tau.toFixed(2)}`])];
  return [`${rows} ${rows === 1 ? 'row' : 'rows'}: MAPE ${(100 * mape).toFixed(1)}\u00a0%`, ...correlations].join(', ');
}

const percent = (error: number): string => `${error < 0 ? '−' : '+'}${(100 * Math.abs(error)).toFixed(1)}\u00a0%`;

/** What lies within the tolerance, inside the frame. */
function band(lo: number, hi: number): readonly {readonly x: number; readonly below: number; readonly above: number}[] {
  return [lo, lo / (1 - tolerance), hi / (1 + tolerance), hi].map((x) => ({
    x,
    below: Math.max(lo, x * (1 - tolerance)),
    above: Math.min(hi, x * (1 + tolerance)),
  }));
}

/** 1, 2 and 5 of each decade, or decades alone where those would be many. */
function ticksBetween(lo: number, hi: number): readonly number[] {
  const decades = Array.from({length: Math.ceil(Math.log10(hi / lo)) + 2}, (_, i) => 10 ** (Math.floor(Math.log10(lo)) + i));
  const fine = decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]).filter((tick) => tick >= lo && tick <= hi);
  return fine.length > 9 ? decades.filter((tick) => tick >= lo && tick <= hi) : fine;
}
