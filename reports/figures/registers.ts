import {bars, type Bar} from '../bars.ts';
import {figure} from '../figure.ts';
import {bytes, scaleOf, times, three} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';
import {colours, type Paint} from '../theme.ts';

/** A cost in the registers or the tensor cores, and what the same work would cost without n:m. */
interface Cost {
  readonly title: string;
  readonly spent: string;
  readonly dense: string;
  readonly unit: 'B' | '';
  readonly noun: string;
  /** Over the ratios: what is less. */
  readonly head: string;
  readonly paint: Paint;
}

const costs: readonly Cost[] = [
  {
    title: 'Weights in registers',
    spent: 'tvw.register_weight_bytes',
    dense: 'tvw.register_weight_bytes_dense',
    unit: 'B',
    noun: 'bytes',
    head: 'smaller',
    paint: colours.orange,
  },
  {title: 'MMA instructions', spent: 'tvw.mma_issued', dense: 'tvw.mma_dense_equivalent', unit: '', noun: 'MMAs', head: 'fewer', paint: colours.blue},
];

/** What was never stored in registers, and never multiplied. */
export const registers = figure<Point>('registers', {
  title: 'Registers and multiplications: spent, and spared',
  caption:
    'Weights in registers: bytes of weight operand written to registers, metadata included, against what the same condensed tiles fill without n:m, such as 2:4 (full length of the bar). MMA instructions: those issued, against those a dense GEMM of the same size takes. Pale: spared. At the right, full length over what was spent: for the weights, the register compression ratio.',
  rows: (points) => points.filter(({result}) => costs.some((c) => c.spent in result.metrics)),
  plot: (points, frame) =>
    sheet(frame, {
      points,
      panels: costs
        .filter((cost) => points.some(({result}) => cost.spent in result.metrics))
        .map((cost) => (panel) => {
          const scale = scaleOf(
            Math.max(...points.map(({result: {metrics}}) => Math.max(metrics[cost.spent] ?? 0, metrics[cost.dense] ?? 0))),
            cost.unit,
          );
          const label = cost.unit
            ? `written (${scale.unit})`
            : `issued (${[scale.unit === 'k' ? 'thousand' : scale.unit === 'M' ? 'million' : scale.unit, 'instructions'].join(' ').trim()})`;
          return bars(
            points.map((p) => spending(p, cost, scale.by)),
            panel,
            {title: cost.title, label, heads: [cost.head]},
          );
        }),
    }),
  data: (points) =>
    points.flatMap((p) =>
      costs.map((c) => ({...about(p), of: c.title, spent: p.result.metrics[c.spent], without_sparsity: p.result.metrics[c.dense]})),
    ),
});

function spending(point: Point, cost: Cost, by: number): Bar {
  const {metrics} = point.result;
  const spent = metrics[cost.spent];
  if (spent === undefined) return {point, segments: [], ends: ['–']};
  const dense = Math.max(spent, metrics[cost.dense] ?? spent);
  const count = (value: number) => (cost.unit ? bytes(value) : `${three(value)} ${cost.noun}`);
  return {
    point,
    segments: [
      {value: spent / by, paint: cost.paint, title: `${point.name}: ${count(spent)} of ${count(dense)}`},
      {value: (dense - spent) / by, paint: cost.paint, pale: true, title: `${point.name}: ${count(dense - spent)} spared of ${count(dense)}`},
    ],
    ends: [spent > 0 ? times(dense / spent) : '–'],
  };
}
