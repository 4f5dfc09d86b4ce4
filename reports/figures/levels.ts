import {bars, type Bar} from '../bars.ts';
import {figure} from '../figure.ts';
import {bytes as said, scaleOf} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';
import {colours} from '../theme.ts';

/** Bytes in a sector, the unit L2 is read in. */
const sector = 32;

/** A level of the hierarchy, from the SMs outwards, and how its traffic is counted. */
const levels = [
  {title: 'L2 → SM', metric: 'l1tex__m_xbar2l1tex_read_bytes.sum', by: 1, paint: colours.sky},
  {title: 'L2 reads', metric: 'lts__t_sectors_op_read.sum', by: sector, paint: colours.green},
  {title: 'DRAM reads', metric: 'dram__bytes_read.sum', by: 1, paint: colours.vermilion},
  {title: 'DRAM writes', metric: 'dram__bytes_write.sum', by: 1, paint: colours.ochre},
] as const;

type Level = (typeof levels)[number];

/** What moved at each level of the memory hierarchy. */
export const memoryLevels = figure<Point>('levels', {
  title: 'Bytes moved, level by level',
  caption:
    'Bytes moved at each level of the memory hierarchy, from the SMs outwards: returned by the crossbar to the SMs, read in L2 (sectors of 32 B), read from and written to DRAM. The upright line marks the dense kernel on the same GPU and settings: from it back to the bar is what was skipped. Each panel has its own scale.',
  rows: (points) => points.filter(({result}) => levels.some((l) => l.metric in result.metrics)),
  plot: (points, frame) =>
    sheet(frame, {
      points,
      panels: levels
        .filter((level) => points.some(({result}) => level.metric in result.metrics))
        .map((level) => (panel) => {
          const scale = scaleOf(Math.max(...points.map((p) => moved(p.result, level) ?? 0)), 'B');
          return bars(
            points.map((p) => traffic(p, level, scale.by)),
            panel,
            {title: level.title, label: `bytes (${scale.unit})`},
          );
        }),
    }),
  data: (points) => points.flatMap((p) => levels.map((level) => ({...about(p), level: level.title, bytes: moved(p.result, level)}))),
});

const moved = ({metrics}: Point['result'], {metric, by}: Level): number | undefined => (metric in metrics ? metrics[metric]! * by : undefined);

function traffic(point: Point, level: Level, by: number): Bar {
  const here = moved(point.result, level);
  const dense = point.dense && point.dense !== point.result ? moved(point.dense, level) : undefined;
  const end = here === undefined ? '–' : said(here);
  return {
    point,
    segments: [{value: (here ?? 0) / by, paint: level.paint, title: `${point.name}, ${level.title}: ${end}`}],
    ends: [end],
    mark: dense === undefined ? undefined : dense / by,
  };
}
