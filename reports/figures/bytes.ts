import {bars, paleness, visible, type Bar} from '../bars.ts';
import {figure} from '../figure.ts';
import {bytes as said, percent, scaleOf} from '../format.ts';
import {bytesOf, operands, type Operand} from '../operands.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';

/** What the SMs asked of global memory, operand by operand, and what they never asked for. */
export const bytes = figure<Point>('bytes', {
  title: 'Global loads by operand: made, and skipped',
  caption:
    'Bytes that the SMs requested of global memory (L2 to SM), by operand; every CTA that uses a byte counts it. Pale: skipped, that is what the same kernel would have loaded of a dense operand and did not. At the right, the bytes loaded and the share of the dense kernel’s loads that was never made (load skip ratio). Metadata say which weights of each group were kept, such as which two of four; the index says which activations to load, the scatter index where output columns go.',
  rows: (points) => points.filter(({result}) => operands.some((o) => o.loaded in result.metrics)),
  plot: (points, frame) => {
    const scale = scaleOf(Math.max(...points.flatMap((p) => operands.map((o) => sum(bytesOf(p.result, o))))), 'B');
    const longest = Math.max(...points.map((p) => operands.reduce((all, o) => all + sum(bytesOf(p.result, o)), 0)));
    const shown = operands.filter((o) => points.some((p) => sum(bytesOf(p.result, o)) > 0));
    const seen = shown.filter((o) => points.some((p) => sum(bytesOf(p.result, o)) >= visible * longest));
    return sheet(frame, {
      points,
      legend: [
        ...seen.map((o) => ({label: o.name, fill: o.paint.fill})),
        ...seen
          .filter((o) => o.dense && points.some((p) => bytesOf(p.result, o).skipped > 0))
          .map((o) => ({label: `${o.name} skipped`, fill: o.paint.fill, opacity: paleness})),
      ],
      panels: [
        (panel) =>
          bars(
            points.map((p) => loads(p, shown, scale.by)),
            panel,
            {label: `requested by the SMs (${scale.unit})`, heads: ['loaded', 'skipped']},
          ),
      ],
    });
  },
  data: (points) =>
    points.flatMap((p) =>
      operands.map((o) => ({...about(p), operand: o.name, loaded_bytes: bytesOf(p.result, o).loaded, skipped_bytes: bytesOf(p.result, o).skipped})),
    ),
});

const sum = ({loaded, skipped}: {readonly loaded: number; readonly skipped: number}): number => loaded + skipped;

function loads(point: Point, shown: readonly Operand[], by: number): Bar {
  const {result, name} = point;
  const parts = shown.map((operand) => ({operand, ...bytesOf(result, operand)}));
  const all = parts.reduce((total, p) => total + p.loaded, 0);
  const skip = result.metrics['tvw.load_skip_ratio'];
  return {
    point,
    segments: [
      ...parts.map(({operand, loaded}) => ({value: loaded / by, paint: operand.paint, title: `${name}, ${operand.name}: ${said(loaded)} loaded`})),
      ...parts.map(({operand, skipped}) => ({
        value: skipped / by,
        paint: operand.paint,
        pale: true,
        title: `${name}, ${operand.name}: ${said(skipped)} skipped`,
      })),
    ],
    ends: [said(all), skip === undefined ? '–' : percent(skip)],
  };
}
