import * as Plot from '@observablehq/plot';
import {accuraciesOf, type Accuracy} from '../accuracy.ts';
import {figure, type Frame} from '../figure.ts';
import {micros, three} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';
import {plotted, type Svg} from '../svg.ts';
import {colours, muted, paper, rule, type} from '../theme.ts';

const hues = [colours.blue, colours.vermilion, colours.green, colours.orange, colours.purple, colours.sky, colours.pink, colours.brown];
/** What counts as close, either way. */
const tolerance = 0.1;

/** Simulated against measured time, and the error by the time measured. */
export const correlation = figure<Point>('correlation', {
  title: 'Simulated against measured time',
  caption:
    'A dot a GEMM and pattern. Simulated kernel time over the time measured on the GPU, both axes logarithmic, and the relative error over the time measured; on the line the two agree, the band is ±10 %. Dots above it are simulated too slow, dots below too fast. MAPE: mean of the absolute relative errors; r: Pearson’s correlation of the logarithms; τ: Kendall’s correlation of the ranks.',
  rows: (points) => points.filter(({result}) => result.measured_us !== undefined),
  plot: (points, frame) => {
    const names = [...new Set(points.map(({name}) => name))];
    const dots = points.map((point) => dotOf(point, hues[names.indexOf(point.name) % hues.length]!.fill));
    return sheet(frame, {
      points: [],
      legend: names.map((name, i) => ({label: name, fill: hues[i % hues.length]!.fill})),
      panels: [(panel) => scatter(dots, summary(accuraciesOf(points)[0]!), panel), (panel) => errors(dots, panel)],
    });
  },
  data: (points) => points.map((p) => ({...about(p), workload: p.result.workload, measured_us: p.result.measured_us, time_us: p.result.time_us})),
});

interface Dot {
  readonly measured: number;
  readonly simulated: number;
  /** Per cent. */
  readonly error: number;
  readonly fill: string;
  readonly title: string;
}

function dotOf({result, name}: Point, fill: string): Dot {
  const [measured, simulated] = [result.measured_us!, result.time_us];
  const error = 100 * (simulated / measured - 1);
  const said = `${error < 0 ? '−' : '+'}${Math.abs(error).toFixed(1)}\u00a0%`;
  const title = `${result.workload} ${result.m} × ${result.n} × ${result.k}, ${name}: ${micros(measured)} measured, ${micros(simulated)} simulated, ${said}`;
  return {measured, simulated, error, fill, title};
}

/** The same marks in both panels. */
const look = {fill: 'fill', fillOpacity: 0.85, r: 4, title: 'title'} as const;
const quiet = {fontSize: type.small, fill: muted, tickSize: 0, tickPadding: 6, labelArrow: 'none', labelAnchor: 'center'} as const;
const micro = {...quiet, tickFormat: (v: number) => three(v).replace(/\.0+$/, '')};
const grid = {stroke: rule, strokeOpacity: 1} as const;
const shade = {fill: muted, fillOpacity: 0.16} as const;

const frameOf = ({width}: Frame): Plot.PlotOptions => ({
  width,
  height: Math.min(width, 420),
  marginLeft: 58,
  marginRight: 14,
  marginTop: 10,
  marginBottom: 46,
  color: {type: 'identity'},
});

function scatter(dots: readonly Dot[], text: string, frame: Frame): Svg {
  const [lo, hi] = extent(dots.flatMap(({measured, simulated}) => [measured, simulated]));
  const ticks = ticksBetween(lo, hi);
  return plotted({
    ...frameOf(frame),
    x: {type: 'log', domain: [lo, hi]},
    y: {type: 'log', domain: [lo, hi]},
    marks: [
      Plot.gridX({...grid, ticks}),
      Plot.gridY({...grid, ticks}),
      Plot.areaY(band(lo, hi), {x: 'x', y1: 'below', y2: 'above', ...shade}),
      Plot.line([lo, hi], {x: (v: number) => v, y: (v: number) => v, stroke: muted, strokeWidth: 1}),
      Plot.axisX({...micro, ticks, label: 'measured (µs)', labelOffset: 38}),
      Plot.axisY({...micro, ticks, label: 'simulated (µs)', labelOffset: 50}),
      Plot.dot(dots, {x: 'measured', y: 'simulated', ...look}),
      Plot.text([text], {
        frameAnchor: 'top-left',
        dx: 8,
        dy: 8,
        lineAnchor: 'top',
        fontSize: type.label,
        stroke: paper,
        strokeWidth: 5,
        fill: 'currentColor',
      }),
    ],
  });
}

function errors(dots: readonly Dot[], frame: Frame): Svg {
  const [lo, hi] = extent(dots.map(({measured}) => measured));
  const ticks = ticksBetween(lo, hi);
  const most = 1.1 * Math.max(1.5 * 100 * tolerance, ...dots.map(({error}) => Math.abs(error)));
  return plotted({
    ...frameOf(frame),
    x: {type: 'log', domain: [lo, hi]},
    y: {domain: [-most, most]},
    marks: [
      Plot.gridX({...grid, ticks}),
      Plot.gridY({...grid, ticks: 6}),
      Plot.rectY([0], {x1: lo, x2: hi, y1: -100 * tolerance, y2: 100 * tolerance, ...shade}),
      Plot.ruleY([0], {stroke: muted, strokeWidth: 1}),
      Plot.axisX({...micro, ticks, label: 'measured (µs)', labelOffset: 38}),
      Plot.axisY({...quiet, ticks: 6, label: 'error (%)', labelOffset: 50, tickFormat: (v: number) => String(v).replace('-', '−')}),
      Plot.dot(dots, {x: 'measured', y: 'error', ...look}),
    ],
  });
}

/** 24 rows: MAPE 6.4 %, r 0.998, τ 0.97 */
function summary({rows, mape, r, tau}: Accuracy): string {
  const correlations = [...(r === undefined ? [] : [`r ${r.toFixed(3)}`]), ...(tau === undefined ? [] : [`τ ${tau.toFixed(2)}`])];
  return [`${rows} ${rows === 1 ? 'row' : 'rows'}: MAPE ${(100 * mape).toFixed(1)}\u00a0%`, ...correlations].join(', ');
}

/** From a little below the least to a little above the most. */
function extent(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values) / 1.25, Math.max(...values) * 1.25];
}

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
