import * as Plot from '@observablehq/plot';
import {effects, effectNames, type Effect, type WaterfallBar} from '../../sim/stats/waterfall.ts';
import {figure} from '../figure.ts';
import {fit, headings, signed, whole, widthOf} from '../format.ts';
import {rowsOf, scale, ticksFor, type PanelFrame} from '../rows.ts';
import {sheet} from '../sheet.ts';
import {about, titleOf, type Point} from '../study.ts';
import {plotted, type Svg} from '../svg.ts';
import {colours, deep, muted, rule, type} from '../theme.ts';
import {extra, heading} from '../xy.ts';

/** A point that has a waterfall. */
type Explained = Point & {readonly waterfall: NonNullable<Point['waterfall']>};

const paints = {ends: deep, saved: colours.green.fill, lost: colours.vermilion.fill};

/** Why a pattern is not faster: from the dense kernel's time to the pattern's, an effect a bar. */
export const waterfall = figure<Explained>('waterfall', {
  title: 'From dense to the pattern, effect by effect',
  caption:
    'Each bar is what one effect takes from the dense kernel’s time (green) or adds to it (red); all of them add up to the difference exactly, in SM cycles and in time. An effect is defined by ablation: the simulator plays the trace with it switched off, on top of all effects that stand below it, on both sides; the bar is the pattern’s cost less the dense kernel’s. Switched off from the bottom up, they leave a kernel that only multiplies, whose time is arithmetic. Traffic costs what the multiplications do not hide of it: a bar tells how much more of it, or less, the pattern waits for. The order is a choice: where two effects hide one another, the upper one is shown with what the lower ones leave.',
  terms: (points) => shown(points).map((name) => ({term: effects[name].label, meaning: `${effects[name].meaning} (how: ${effects[name].ablation})`})),
  rows: (points) => points.filter((p): p is Explained => p.waterfall !== undefined),
  most: 8,
  plot: (points, frame) => {
    const names = lines(points);
    const most = Math.max(...points.flatMap((p) => laid(p).flatMap(({from, to}) => [from, to]))) || 1;
    return sheet(frame, {
      names: names.map(({label}) => label),
      columns: Math.min(2, points.length),
      legend: [
        {label: 'faster', fill: paints.saved},
        {label: 'slower', fill: paints.lost},
      ],
      panels: points.map((point, i) => (panel: PanelFrame) => {
        const isNarrow = frame.width < 600;
        // Beside the heads of the columns of numbers, in the panels that have no names at their left.
        const room = isNarrow ? panel.width - 70 : panel.width - panel.gutter - 125;
        return steps(point, names, most, isNarrow, panel, headings(points.map(titleOf), room, type.label)[i]!);
      }),
    });
  },
  data: (points) =>
    points.flatMap((point) =>
      laid(point).map(({label, cycles, ps, from, to}) => ({
        ...about(point),
        step: label,
        sm_cycles: cycles,
        time_us: ps / 1e6,
        from_us: from,
        to_us: to,
      })),
    ),
});

const shown = (points: readonly Explained[]): readonly Effect[] => {
  const found = new Set(points.flatMap(({waterfall: {bars}}) => bars.flatMap((bar) => bar.effects)));
  return effectNames.filter((name) => found.has(name));
};

interface Line {
  readonly key: string;
  readonly label: string;
}

const keyOf = ({effects: names}: WaterfallBar): string => names.join(' ');
const labelOf = ({effects: names}: WaterfallBar): string => names.map((name) => effects[name].label).join(' + ');

/** The rows of all panels: dense, the effects of any point in order, the pattern. */
function lines(points: readonly Explained[]): readonly Line[] {
  // What is nothing in all of them has no row.
  const bars = new Map(
    points.flatMap(({waterfall: {bars: all}}) => all.filter((b) => b.time_ps !== 0 || b.cycles !== 0).map((bar) => [keyOf(bar), bar])),
  );
  const order = [...bars.values()].toSorted((a, b) => effectNames.indexOf(a.effects[0]!) - effectNames.indexOf(b.effects[0]!));
  return [{key: '<', label: 'dense'}, ...order.map((bar) => ({key: keyOf(bar), label: labelOf(bar)})), {key: '>', label: 'pattern'}];
}

interface Step extends Line {
  readonly cycles: number;
  readonly ps: number;
  /** µs */
  readonly from: number;
  readonly to: number;
  readonly fill: string;
}

function laid({waterfall: {dense, pattern, bars}}: Explained): readonly Step[] {
  let at = dense.time_ps;
  const end = (key: string, label: string, {cycles, time_ps: ps}: {readonly cycles: number; readonly time_ps: number}): Step => ({
    key,
    label,
    cycles,
    ps,
    from: 0,
    to: ps / 1e6,
    fill: paints.ends,
  });
  const middle = bars.map((bar): Step => {
    const from = at;
    at += bar.time_ps;
    const fill = bar.time_ps <= 0 ? paints.saved : paints.lost;
    return {key: keyOf(bar), label: labelOf(bar), cycles: bar.cycles, ps: bar.time_ps, from: from / 1e6, to: at / 1e6, fill};
  });
  return [end('<', 'dense', dense), ...middle, end('>', 'pattern', pattern)];
}

function steps(point: Explained, names: readonly Line[], most: number, isNarrow: boolean, {width, gutter}: PanelFrame, title: string): Svg {
  const all = laid(point).filter(({key}) => names.some((line) => line.key === key));
  // As many decimals as give the dense time four digits, for all.
  const decimals = Math.max(0, 3 - Math.floor(Math.log10(Math.max(all[0]!.to, 1e-6))));
  const us = (value: number) => value.toFixed(decimals);
  const isEnd = ({key}: Line) => key === '<' || key === '>';
  const said = (step: Step) => (isEnd(step) ? [us(step.ps / 1e6), whole(step.cycles)] : [signed(step.ps / 1e6, us), signed(step.cycles, whole)]);
  const heads = isNarrow ? ['µs'] : ['µs', 'cycles'];
  let right = 0;
  const columns = heads.map((head, i) => ({
    head,
    i,
    until: (right += 13 + Math.max(...[head, ...all.map((s) => said(s)[i]!)].map((t) => widthOf(t, type.small)))),
  }));
  const across = width - gutter - right;
  const rows = rowsOf(
    names.map(({key}) => ({key})),
    30 + extra(title),
  );
  const toldOf = (s: Step) => `${point.name}, ${s.label}: ${said(s)[0]} µs, ${said(s)[1]} cycles`;
  return plotted({
    width,
    marginLeft: gutter,
    marginRight: right,
    ...rows,
    x: {domain: [0, most]},
    color: {type: 'identity'},
    marks: [
      Plot.gridX({stroke: rule, strokeOpacity: 1, ticks: ticksFor(across)}),
      scale('kernel time (µs)', across),
      Plot.barX(all, {x1: (s: Step) => Math.min(s.from, s.to), x2: (s: Step) => Math.max(s.from, s.to), y: 'key', fill: 'fill', title: toldOf}),
      // Where a bar ends the next one begins.
      Plot.tickX(
        all.filter((s) => s.from !== s.to),
        {x: 'to', y: 'key', stroke: 'fill', strokeWidth: 1.5, title: toldOf},
      ),
      Plot.ruleX([0], {stroke: 'currentColor', strokeOpacity: 0.5}),
      ...columns.flatMap(({head, i, until}) => [
        Plot.text(all, {
          y: 'key',
          text: (s: Step) => said(s)[i]!,
          frameAnchor: 'right',
          textAnchor: 'end',
          dx: until,
          fontVariant: 'tabular-nums',
          fontSize: type.small,
        }),
        Plot.text([head], {frameAnchor: 'top-right', textAnchor: 'end', lineAnchor: 'bottom', dx: until, dy: -6, fontSize: type.small, fill: muted}),
      ]),
      gutter === 0
        ? null
        : Plot.text(names, {
            y: 'key',
            text: (l: Line) => fit(l.label, gutter - 10, type.label),
            title: 'label',
            frameAnchor: 'left',
            textAnchor: 'end',
            dx: -10,
            fontSize: type.label,
          }),
      heading(title, -gutter, -8),
    ],
  });
}
