import {curves, inRatio, inTime, type Sample} from '../curves.ts';
import {figure} from '../figure.ts';
import {about, groupsOf, type Point} from '../study.ts';

/** Speed against the columns of a tile. */
export const granularity = figure<Sample>('granularity', {
  title: 'Granularity',
  caption:
    'Speed-up over dense against the columns that a weight tile keeps together, G; a curve a pattern and sparsity. Narrow tiles prune what matters least, and let fewer columns share the activations they load; wide ones the other way round. Of more than six comparisons the first six are drawn.',
  rows: (points) => groupsOf(points).flatMap(samplesOf),
  plot: (rows, frame) => {
    const asRatio = rows.every(({point}) => point.speedup !== undefined);
    return curves(rows, frame, {
      x: 'granularity G (columns)',
      y: asRatio ? 'speed-up over dense (×)' : 'kernel time (µs)',
      unit: asRatio ? inRatio : inTime,
      xOf: (v) => `G = ${v}`,
      ticks: true,
    });
  },
  data: (rows) =>
    rows.map(({point, x, series}) => ({...about(point), series, granularity: x, speedup: point.speedup, time_us: point.result.time_us})),
});

function samplesOf(members: readonly Point[]): readonly Sample[] {
  const asRatio = members.every((p) => p.speedup !== undefined);
  const all = members.flatMap((point): Sample[] => {
    const {pattern, time_us} = point.result;
    const g = pattern['granularity'];
    if (typeof g !== 'number') return [];
    return [{point, x: g, y: asRatio ? point.speedup! : time_us, series: pattern.label}];
  });
  const curvesWithTwo = new Set(all.filter((a) => all.some((b) => a.series === b.series && a.x !== b.x)).map((s) => s.series));
  return all.filter((s) => curvesWithTwo.has(s.series));
}
