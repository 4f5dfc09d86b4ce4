import {bars} from '../bars.ts';
import {figure} from '../figure.ts';
import {percent} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';
import {colours} from '../theme.ts';

const suffix = '.pct_of_peak_sustained_elapsed';

/** The units Nsight Compute shows first, in its order, and what it calls them. */
const units: {readonly [stem: string]: string} = {
  sm__throughput: 'SM',
  l1tex__throughput: 'L1',
  lts__throughput: 'L2',
  dram__throughput: 'DRAM',
  gpu__dram_throughput: 'DRAM',
};

/** How near each unit came to what it can do. */
export const speedOfLight = figure<Point>('speed-of-light', {
  title: 'Speed of light',
  caption:
    'Throughput of the SMs, L1, L2 and DRAM as a percentage of the most each can sustain, over the elapsed time of the kernel. A unit near 100 % limits the kernel; where none is near, latency or imbalance does.',
  rows: (points) => points.filter(({result}) => Object.keys(result.metrics).some((name) => name.endsWith(suffix))),
  plot: (points, frame) =>
    sheet(frame, {
      points,
      columns: 4,
      panels: metricsOf(points).map(
        (metric) => (panel) =>
          bars(
            points.map((point) => {
              const value = point.result.metrics[metric];
              const end = value === undefined ? '–' : percent(value / 100);
              return {point, segments: [{value: value ?? 0, paint: colours.green, title: `${point.name}, ${metric}: ${end}`}], ends: [end]};
            }),
            panel,
            {title: titleOf(metric), label: '% of peak', top: 100},
          ),
      ),
    }),
  data: (points) => points.flatMap((p) => metricsOf(points).map((metric) => ({...about(p), metric, pct_of_peak: p.result.metrics[metric]}))),
});

const stem = (metric: string): string => metric.slice(0, -suffix.length).replace(/\.(avg|max|sum)$/, '');
const titleOf = (metric: string): string => units[stem(metric)] ?? stem(metric);

function metricsOf(points: readonly Point[]): readonly string[] {
  const found = [...new Set(points.flatMap(({result}) => Object.keys(result.metrics).filter((name) => name.endsWith(suffix))))];
  const known = Object.keys(units);
  const rank = (metric: string) => (known.includes(stem(metric)) ? known.indexOf(stem(metric)) : known.length);
  return found.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
