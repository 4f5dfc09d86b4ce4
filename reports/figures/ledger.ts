import {bars, visible, type Bar} from '../bars.ts';
import {figure} from '../figure.ts';
import {percent, whole} from '../format.ts';
import {ordered, reasonOf} from '../reasons.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';

/** Where every cycle went. */
export const ledger = figure<Point>('ledger', {
  title: 'Where the cycles went',
  caption:
    'Every cycle of every SM, from the launch of the first CTA to the last byte written, booked under one reason, as a share of the elapsed SM cycles (their number at the right; the reasons add up to it exactly). Useful work stands first.',
  terms: (points) => present(points).map((name) => ({term: name, meaning: reasonOf(name).meaning})),
  rows: (points) => points.filter(({result}) => Object.values(result.ledger).some((c) => c > 0)),
  plot: (points, frame) =>
    sheet(frame, {
      points,
      legend: seen(points).map((name) => ({label: name, fill: reasonOf(name).paint.fill})),
      panels: [(panel) => bars(points.map(shares), panel, {label: 'share of SM cycles (%)', top: 100, heads: ['cycles']})],
    }),
  data: (points) =>
    points.flatMap((p) => ordered(Object.keys(p.result.ledger)).map((reason) => ({...about(p), reason, sm_cycles: p.result.ledger[reason]}))),
});

/** Those that can be seen. */
const seen = (points: readonly Point[]): readonly string[] =>
  present(points).filter((name) => points.some(({result}) => (result.ledger[name] ?? 0) >= visible * result.cycles));

const present = (points: readonly Point[]): readonly string[] =>
  ordered(points.flatMap(({result}) => Object.keys(result.ledger).filter((name) => result.ledger[name]! > 0)));

function shares(point: Point): Bar {
  const {result, name: pattern} = point;
  const segments = ordered(Object.keys(result.ledger)).map((name) => {
    const cycles = result.ledger[name]!;
    const share = cycles / result.cycles;
    const said = percent(share);
    return {value: 100 * share, paint: reasonOf(name).paint, title: `${pattern}, ${name}: ${whole(cycles)} cycles, ${said}`, text: said};
  });
  return {point, segments, ends: [whole(result.cycles)]};
}
