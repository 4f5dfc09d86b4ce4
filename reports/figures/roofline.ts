import * as Plot from '@observablehq/plot';
import type {Result} from '../../sim/stats/result.ts';
import {figure} from '../figure.ts';
import {three} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';
import type {Svg} from '../svg.ts';
import {muted, type} from '../theme.ts';
import {around, kindKeys, type Measure, named, paintsOf, xy} from '../xy.ts';

/** A level of the memory hierarchy: its bytes, and how near they came to what it can do. */
const levels = [
  {
    title: 'DRAM',
    bytes: (m: Metrics) => (m['dram__bytes_read.sum'] ?? 0) + (m['dram__bytes_write.sum'] ?? 0),
    share: 'dram__throughput.avg.pct_of_peak_sustained_elapsed',
  },
  {title: 'L2 → SM', bytes: (m: Metrics) => m['l1tex__m_xbar2l1tex_read_bytes.sum'] ?? 0, share: 'lts__throughput.avg.pct_of_peak_sustained_elapsed'},
  {
    title: 'Shared memory',
    bytes: (m: Metrics) => 128 * (m['l1tex__data_pipe_lsu_wavefronts_mem_shared.sum'] ?? 0),
    share: 'l1tex__throughput.avg.pct_of_peak_sustained_elapsed',
  },
] as const;

type Metrics = Result['metrics'];
type Level = (typeof levels)[number];

interface Row {
  readonly point: Point;
  readonly level: Level;
  /** TFLOP/s of kept weights, and FLOP a byte that moved at this level. */
  readonly rate: number;
  readonly intensity: number;
  /** What the level and the tensor cores could do, TB/s and TFLOP/s, as this result's shares of peak have it. */
  readonly bandwidth: number | undefined;
  readonly peak: number | undefined;
}

/** Every point under the roofs of the tensor cores and of each memory level. */
export const roofline = figure<Row>('roofline', {
  title: 'Roofline, level by level',
  caption:
    'Floating-point operations on kept weights (two a multiply-add, padding and what n:m skips not counted) a second, against those a byte that moved at each level of the memory hierarchy; both scales are logarithmic. The sloping line is what the level can deliver, the flat one the tensor cores’ peak, both from the shares of peak that the results carry. A point below the roofs is held by something else: latency, waiting, the tail.',
  rows: (points) => points.flatMap((point) => levels.flatMap((level) => rowOf(point, level) ?? [])),
  plot: (rows, frame) =>
    sheet(frame, {
      // Too many for names: the colours say which kind they are.
      legend: rows.length > levels.length * mostNamed ? kindKeys(rows.map(kindOf)) : [],
      panels: levels
        .filter((level) => rows.some((r) => r.level === level))
        .map(
          (level) =>
            ({width}) =>
              panel(
                level,
                rows.filter((r) => r.level === level),
                width,
              ),
        ),
    }),
  data: (rows) =>
    rows.map(({point, level, rate, intensity, bandwidth, peak}) => ({
      ...about(point),
      level: level.title,
      tflop_per_s: rate,
      flop_per_byte: intensity,
      bandwidth_tb_per_s: bandwidth,
      peak_tflop_per_s: peak,
    })),
});

function rowOf(point: Point, level: Level): Row | undefined {
  const {m, n, k, metrics, kernel, cycles, clock_mhz} = point.result;
  const seconds = cycles / (clock_mhz * 1e6);
  const moved = level.bytes(metrics);
  const flop = 2 * m * n * k * (1 - (metrics['tvw.sparsity'] ?? 0));
  if (moved <= 0 || seconds <= 0 || flop <= 0) return undefined;
  const ceil = (value: number, step: number) => Math.ceil(value / step) * step;
  const dense = metrics['tvw.mma_dense_equivalent'] ?? 0;
  const each = dense > 0 ? (ceil(m, kernel.tile[0]) * ceil(n, kernel.tile[1]) * ceil(k, kernel.tile[2])) / dense : 0;
  const busy = metrics['sm__throughput.avg.pct_of_peak_sustained_elapsed'] ?? 0;
  const used = metrics[level.share] ?? 0;
  return {
    point,
    level,
    rate: flop / seconds / 1e12,
    intensity: flop / moved,
    bandwidth: used > 1 ? moved / seconds / 1e12 / (used / 100) : undefined,
    peak: busy > 1 && each > 0 ? (2 * each * (metrics['tvw.mma_issued'] ?? 0)) / seconds / 1e12 / (busy / 100) : undefined,
  };
}

const kindOf = ({point}: Row): string => point.result.pattern.type;
/** So many names find room in a panel. */
const mostNamed = 14;

/** The one in the middle: estimates of one roof differ by rounding. */
function median(values: readonly (number | undefined)[]): number | undefined {
  const there = values.filter((v) => v !== undefined).toSorted((a, b) => a - b);
  return there[Math.floor(there.length / 2)];
}

const height = 300;

function panel(level: Level, rows: readonly Row[], width: number): Svg {
  const [bandwidth, peak] = [median(rows.map((r) => r.bandwidth)), median(rows.map((r) => r.peak))];
  const x: Measure = {
    label: 'FLOP a byte',
    domain: around([...rows.map((r) => r.intensity), ...(bandwidth && peak ? [peak / bandwidth] : [])], 2.2),
    log: true,
  };
  const y: Measure = {label: 'TFLOP/s on kept weights', domain: around([...rows.map((r) => r.rate), ...(peak ? [peak] : [])], 2), log: true};
  const paints = paintsOf(rows.map(kindOf));
  const names = rows.length <= mostNamed ? rows.map((r) => ({text: r.point.name, x: r.intensity, y: r.rate})) : [];
  // From the edge of the picture up to where the roofs meet, and on.
  const start = Math.max(x.domain[0], bandwidth ? y.domain[0] / bandwidth : 0);
  const meets = bandwidth && peak ? peak / bandwidth : undefined;
  const roof = [
    ...(bandwidth
      ? [
          [start, bandwidth * start],
          meets ? [meets, peak!] : [Math.min(x.domain[1], y.domain[1] / bandwidth), Math.min(bandwidth * x.domain[1], y.domain[1])],
        ]
      : []),
    ...(peak
      ? [
          [bandwidth ? x.domain[1] : x.domain[0], peak],
          [x.domain[1], peak],
        ]
      : []),
  ].map(([at, value]) => ({at: at!, value: value!}));
  return xy({
    width,
    height,
    title: level.title,
    x,
    y,
    marks: [
      Plot.line(roof, {x: 'at', y: 'value', stroke: 'currentColor', strokeWidth: 1.5}),
      Plot.dot(rows, {
        x: 'intensity',
        y: 'rate',
        r: 4,
        fill: (r: Row) => paints.get(kindOf(r))!,
        title: (r: Row) => `${r.point.name}, ${level.title}: ${three(r.rate)} TFLOP/s at ${three(r.intensity)} FLOP a byte`,
      }),
      ...named(names, {x, y, width, height}, {lines: [roof.map(({at, value}) => ({x: at, y: value}))]}),
      bandwidth === undefined
        ? null
        : Plot.text([`${three(bandwidth)} TB/s${peak === undefined ? '' : `, ${three(peak)} TFLOP/s`}`], {
            frameAnchor: 'top-right',
            lineAnchor: 'bottom',
            dy: -26,
            fontSize: type.small,
            fill: muted,
          }),
    ],
  });
}
