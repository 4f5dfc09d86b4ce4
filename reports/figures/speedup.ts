import {bars, type Bar} from '../bars.ts';
import {figure} from '../figure.ts';
import {micros, times} from '../format.ts';
import {sheet} from '../sheet.ts';
import {colours, deep} from '../theme.ts';

const done = {fill: deep, ink: colours.blue.ink};

/** Time per pattern, and as speed-up over dense. */
export const speedup = figure<Bar>('speedup', {
  title: 'Time, and speed-up over dense',
  caption:
    'Kernel time of one GEMM, launch gap included, as measured over back-to-back repeats; shorter is better. Speed-up: time of the dense kernel on the same GPU and settings over the time shown. The upright line marks the dense time.',
  rows: (points) =>
    points.map((point) => {
      const {result, speedup: ratio, dense, name} = point;
      const ends = [micros(result.time_us), ratio === undefined ? '–' : times(ratio)];
      return {
        point,
        segments: [{value: result.time_us, paint: done, title: `${name}: ${ends.join(', ')}`}],
        ends,
        mark: result === dense ? undefined : dense?.time_us,
      };
    }),
  plot: (rows, frame) =>
    sheet(frame, {
      points: rows.map((r) => r.point),
      panels: [(panel) => bars(rows, panel, {label: 'kernel time (µs)', heads: ['time', 'speed-up']})],
    }),
});
