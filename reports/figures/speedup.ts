import {bars, type Bar} from '../bars.ts';
import {figure} from '../figure.ts';
import {micros, times} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about} from '../study.ts';
import {colours, deep} from '../theme.ts';

const done = {fill: deep, ink: colours.blue.ink};

/** Time per pattern, and as speed-up over dense. */
export const speedup = figure<Bar>('speedup', {
  title: 'Time, and speed-up over dense',
  caption:
    'Kernel time of one GEMM, launch gap included, as measured over back-to-back repeats; shorter is better. Speed-up: time of the dense kernel on the same GPU and settings over the time shown. The upright line marks the dense time. A line across the end of a bar is the interval in which a sampled time lies with 95 %.',
  rows: (points) =>
    points.map((point) => {
      const {result, speedup: ratio, dense, name} = point;
      const error = result.metrics['tvw.time_relative_error_95'] ?? 0;
      const ends = [`${micros(result.time_us)}${error > 0 ? ` ± ${(100 * error).toFixed(1)} %` : ''}`, ratio === undefined ? '–' : times(ratio)];
      return {
        point,
        segments: [{value: result.time_us, paint: done, title: `${name}: ${ends.join(', ')}`}],
        ends,
        interval: error > 0 ? ([result.time_us * (1 - error), result.time_us * (1 + error)] as const) : undefined,
        mark: result === dense ? undefined : dense?.time_us,
      };
    }),
  plot: (rows, frame) =>
    sheet(frame, {
      points: rows.map((r) => r.point),
      panels: [(panel) => bars(rows, panel, {label: 'kernel time (µs)', heads: ['time', 'speed-up']})],
    }),
  data: (rows) =>
    rows.map(({point}) => ({
      ...about(point),
      time_us: point.result.time_us,
      speedup: point.speedup,
      relative_error_95: point.result.metrics['tvw.time_relative_error_95'],
    })),
});
