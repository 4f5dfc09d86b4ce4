import * as Plot from '@observablehq/plot';
import type {Timeline} from '../../sim/stats/timeline.ts';
import {figure} from '../figure.ts';
import {fit, headings, micros, percent, whole} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about, titleOf, type Point} from '../study.ts';
import type {Svg} from '../svg.ts';
import {colours, type} from '../theme.ts';
import {halo, xy} from '../xy.ts';

type Timed = Point & {readonly timeline: Timeline};

/** So many panels, and CTAs in one; of more, every so manieth SM is drawn. */
const most = {panels: 6, ctas: 1500};

/** What each SM did when: its CTAs one after another, and the tail. */
export const timeline = figure<Timed>('timeline', {
  title: 'CTAs over time, SM by SM',
  caption:
    'Every CTA from its first instruction to the end of its last warp, in the row of its SM; CTAs that an SM holds at once share the row. Darker CTAs run through more K tiles; every second one of a slot is paler, so that waves can be told apart. The upright line is where the first SM has run out of CTAs: what is to its right is the tail, and the share of it that is blank is lost.',
  rows: (points) => points.filter((p): p is Timed => p.timeline !== undefined && p.timeline.cta.length > 0),
  most: most.panels,
  plot: (points, frame) => {
    const end = Math.max(...points.map(({timeline: t}) => t.cycles / t.clock_mhz));
    return sheet(frame, {
      columns: 2,
      panels: points.map(
        (point, i) =>
          ({width}) =>
            panel(point, width, end, headings(points.map(titleOf), width, type.label)[i]!),
      ),
    });
  },
  data: (points) =>
    points.flatMap((p) =>
      p.timeline.cta.map((cta, i) => ({
        ...about(p),
        ...launchOf(p.timeline, i),
        cta,
        sm: p.timeline.sm[i],
        slot: p.timeline.slot[i],
        start_cycle: p.timeline.start[i],
        end_cycle: p.timeline.end[i],
        weight_tile: p.timeline.tile[i],
        k_tiles: p.timeline.steps[i],
      })),
    ),
});

const launchOf = ({launches}: Timeline, i: number) => ({launch: launches.findLastIndex(({first}) => first <= i)});

function panel(point: Timed, width: number, end: number, title: string): Svg {
  const {timeline: t, name} = point;
  const every = Math.ceil(t.cta.length / most.ctas);
  const us = (cycles: number) => cycles / t.clock_mhz;
  const [fewest, longest] = [Math.min(...t.steps), Math.max(...t.steps)];
  const before = new Map<string, number>();
  const nth = t.cta.map((_, i) => {
    const slot = `${t.sm[i]} ${t.slot[i]}`;
    before.set(slot, (before.get(slot) ?? -1) + 1);
    return before.get(slot)!;
  });
  const ctas = t.cta.map((cta, i) => ({
    from: us(t.start[i]!),
    to: us(t.end[i]!),
    low: t.sm[i]! + t.slot[i]! / Math.max(1, t.slots),
    high: t.sm[i]! + Math.min(1, (t.slot[i]! + 1) / Math.max(1, t.slots)) * (every > 1 ? 1 : 0.94),
    sm: t.sm[i]!,
    // Every second of a slot is paler, so that waves can be told apart.
    shade: (nth[i]! % 2 === 0 ? 1 : 0.7) * (longest > fewest ? 0.35 + (0.65 * (t.steps[i]! - fewest)) / (longest - fewest) : 0.9),
    fill: launchOf(t, i).launch === 0 ? colours.blue.fill : colours.orange.fill,
    title: `${name}, CTA ${cta} on SM ${t.sm[i]}: ${micros(us(t.start[i]!))} to ${micros(us(t.end[i]!))}, ${whole(t.end[i]! - t.start[i]!)} cycles, ${t.steps[i]} K tiles of weight tile ${t.tile[i]}`,
  }));
  const last = new Map<number, number>();
  for (const {sm, to} of ctas) last.set(sm, Math.max(last.get(sm) ?? 0, to));
  const dry = Math.min(...last.values());
  const blank = [...last.values()].reduce((sum, to) => sum + us(t.cycles) - to, 0) + (t.sms - last.size) * us(t.cycles);
  const lost = `${percent(blank / (t.sms * us(t.cycles)))} of the SM time without a CTA${last.size < t.sms ? `, ${t.sms - last.size} SMs never had one` : ''}`;
  return xy({
    width,
    height: 250,
    title,
    x: {label: 'time (µs)', domain: [0, end * 1.01]},
    y: {label: fit(`SM${every > 1 ? ` (every ${every}th is drawn)` : ''}; ${lost}`, width, type.small), domain: [0, t.sms]},
    marks: [
      Plot.rect(
        ctas.filter(({sm}) => sm % every === 0).map((cta) => ({...cta, high: cta.high + (every > 1 ? (every - 1) * 0.8 : 0)})),
        {x1: 'from', x2: 'to', y1: 'low', y2: 'high', fill: 'fill', fillOpacity: 'shade', title: 'title'},
      ),
      Plot.ruleX([dry], {stroke: 'currentColor', strokeWidth: 1.25}),
      Plot.ruleX([us(t.cycles)], {stroke: 'currentColor', strokeOpacity: 0.5}),
      Plot.text(['tail'], {x: () => dry, frameAnchor: 'bottom', textAnchor: 'start', dx: 3, dy: -9, fontSize: type.small, ...halo}),
    ],
  });
}
