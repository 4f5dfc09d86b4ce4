import {curves, inTime, type Sample} from '../curves.ts';
import {figure} from '../figure.ts';
import {about, groupsOf, kindName, type Point} from '../study.ts';

/** Time against the share of the weights that is pruned. */
export const sparsity = figure<Sample>('sparsity', {
  title: 'Latency against sparsity',
  caption:
    'Kernel time against the share of all weights that is pruned, n:m inside the tiles included; a curve a kind of pattern and granularity. The dashed line is the dense kernel: a pattern pays where its curve is below it. Of more than six comparisons the first six are drawn.',
  rows: (points) => groupsOf(points).flatMap(samplesOf),
  plot: (rows, frame) =>
    curves(rows, frame, {
      x: 'weights pruned (%)',
      y: 'kernel time (µs)',
      unit: inTime,
      xOf: (v) => `${v.toFixed(1)} %`,
      dense: ({dense}) => dense?.time_us,
      xDomain: [0, 100],
    }),
  data: (rows) => rows.map(({point, x, y, series}) => ({...about(point), kind: series, sparsity_pct: x, time_us: y})),
});

/** Sparse points of one group; there is a curve where a kind has two. */
function samplesOf(members: readonly Point[]): readonly Sample[] {
  const sizes = new Set(members.flatMap(({result: {pattern}}) => (typeof pattern['granularity'] === 'number' ? [pattern['granularity']] : [])));
  const granular = ({granularity: g}: Point['result']['pattern']) => (sizes.size > 1 && typeof g === 'number' ? `, G ${g}` : '');
  const all = members.flatMap((point): Sample[] => {
    const {pattern, metrics, time_us} = point.result;
    const share = metrics['tvw.sparsity'];
    return pattern.type === 'dense' || share === undefined
      ? []
      : [{point, x: 100 * share, y: time_us, series: `${kindName(pattern.type)}${granular(pattern)}`}];
  });
  const several = all.some((a) => all.some((b) => a.series === b.series && Math.abs(a.x - b.x) > 0.5));
  return several ? all : [];
}
