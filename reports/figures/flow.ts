import * as Plot from '@observablehq/plot';
import {paleness} from '../bars.ts';
import {figure} from '../figure.ts';
import {brief, bytes, scaleOf} from '../format.ts';
import {bytesOf, operands} from '../operands.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';
import type {Svg} from '../svg.ts';
import {colours, type, type Paint} from '../theme.ts';
import {xy} from '../xy.ts';

/** A part of what goes over one link of the hierarchy. */
interface Part {
  readonly link: number;
  readonly name: string;
  readonly bytes: number;
  readonly paint: Paint;
  readonly isSkipped?: boolean;
}

const links = ['DRAM → L2', 'L2 → SM', 'shared → registers'] as const;
const most = 6;

/** How many bytes go over each link of the hierarchy, and how many do not. */
export const flow = figure<Point>('flow', {
  title: 'Bytes through the hierarchy',
  caption:
    'From left to right: read from DRAM into L2, copied or loaded by the SMs, and read from shared memory into operand registers (weights with their metadata; the rest of the wavefronts: activations, copies that land and results that are staged). Heights are bytes, on one scale in all panels, so that reuse shows as growth to the right. Pale: skipped, what a dense operand would have taken there.',
  rows: (points) => points.filter((p) => partsOf(p).length > 0),
  most,
  plot: (points, frame) => {
    const all = points.flatMap(partsOf);
    const tallest = Math.max(...points.map((p) => Math.max(...links.map((_, link) => sum(partsOf(p).filter((part) => part.link === link))))));
    const {by, unit} = scaleOf(tallest, 'B');
    const names = [...new Map(all.filter((p) => !p.isSkipped).map((p) => [p.name, p.paint]))];
    const skipped = all.some((p) => p.isSkipped);
    return sheet(frame, {
      columns: 3,
      legend: [
        ...names.map(([label, paint]) => ({label, fill: paint.fill})),
        ...(skipped ? [{label: 'skipped (pale)', fill: colours.blue.fill, opacity: paleness}] : []),
      ],
      panels: points.map(
        (point) =>
          ({width}) =>
            panel(point, width, tallest / by, by, unit),
      ),
    });
  },
  data: (points) =>
    points.flatMap((p) =>
      partsOf(p).map(({link, name, bytes: amount, isSkipped = false}) => ({
        ...about(p),
        link: links[link],
        part: name,
        loaded_bytes: isSkipped ? 0 : amount,
        skipped_bytes: isSkipped ? amount : 0,
      })),
    ),
});

const sum = (parts: readonly Part[]): number => parts.reduce((total, part) => total + part.bytes, 0);

function partsOf({result}: Point): readonly Part[] {
  const {metrics} = result;
  const metric = (name: string) => metrics[name] ?? 0;
  const moved = operands.map((operand) => ({operand, ...bytesOf(result, operand)}));
  const weights = metric('tvw.register_weight_bytes');
  const shared = 128 * metric('l1tex__data_pipe_lsu_wavefronts_mem_shared.sum');
  const parts: readonly Part[] = [
    {link: 0, name: 'any operand', bytes: metric('dram__bytes_read.sum'), paint: colours.neutral},
    ...moved.map(({operand, loaded}) => ({link: 1, name: operand.name, bytes: loaded, paint: operand.paint})),
    ...moved.map(({operand, skipped}) => ({link: 1, name: operand.name, bytes: skipped, paint: operand.paint, isSkipped: true})),
    {link: 2, name: 'weights', bytes: weights, paint: colours.orange},
    {link: 2, name: 'activations, copies, results', bytes: Math.max(0, shared - weights), paint: colours.sky},
    {link: 2, name: 'weights', bytes: Math.max(0, metric('tvw.register_weight_bytes_dense') - weights), paint: colours.orange, isSkipped: true},
  ];
  return parts.filter((part) => part.bytes > 0);
}

function panel(point: Point, width: number, tallest: number, by: number, unit: string): Svg {
  const parts = partsOf(point);
  const stacked = links.flatMap((_, link) => {
    let at = 0;
    return parts
      .filter((part) => part.link === link)
      .map((part) => {
        const from = at;
        at += part.bytes / by;
        return {...part, from, to: at};
      });
  });
  const totals = links.map((_, link) => {
    const own = stacked.filter((part) => part.link === link);
    return {link, top: Math.max(0, ...own.map((part) => part.to)), made: sum(own.filter((part) => !part.isSkipped))};
  });
  const size = width < 300 ? type.small - 1.5 : type.small;
  return xy({
    width,
    height: 250,
    title: brief([point.name, point.group.label].filter(Boolean).join(' · '), Math.floor(width / 8)),
    x: {label: '', domain: [0, links.length], ticks: []},
    y: {label: `bytes (${unit})`, domain: [0, tallest * 1.12]},
    marks: [
      Plot.rect(stacked, {
        x1: (p: Part) => p.link + 0.04,
        x2: (p: Part) => p.link + 0.96,
        y1: 'from',
        y2: 'to',
        fill: (p: Part) => p.paint.fill,
        fillOpacity: (p: Part) => (p.isSkipped ? paleness : 1),
        title: (p: Part) => `${point.name}, ${links[p.link]}, ${p.name}: ${bytes(p.bytes)}${p.isSkipped ? ' skipped' : ''}`,
      }),
      Plot.text(totals, {x: (t: {link: number}) => t.link + 0.5, y: 'top', dy: -8, text: (t: {made: number}) => bytes(t.made), fontSize: type.small}),
      Plot.text(totals, {
        x: (t: {link: number}) => t.link + 0.5,
        frameAnchor: 'bottom',
        lineAnchor: 'top',
        dy: 7,
        text: (t: {link: number}) => links[t.link]!.replace('shared → registers', width < 330 ? 'shared → regs' : 'shared → registers'),
        fontSize: size,
      }),
    ],
  });
}
