import {bars} from '../bars.ts';
import {figure} from '../figure.ts';
import {scaleOf, three} from '../format.ts';
import {sheet} from '../sheet.ts';
import {about, type Point} from '../study.ts';
import {colours} from '../theme.ts';

const costs = [
  {title: 'Time of the host', unit: 's', of: (p: Point) => p.result.host.wall_s, label: () => 'seconds'},
  {title: 'Events', unit: '', of: (p: Point) => p.result.host.events, label: (prefix: string) => `events${prefix === '' ? '' : ` (${prefix})`}`},
  {
    title: 'Simulated a second',
    unit: '',
    of: (p: Point) => p.result.cycles / Math.max(1e-9, p.result.host.wall_s),
    label: (prefix: string) => `SM cycles a second${prefix === '' ? '' : ` (${prefix})`}`,
  },
] as const;

/** What it took to simulate each point. */
export const cost = figure<Point>('cost', {
  title: 'What the simulation cost',
  caption:
    'Of each point: seconds that the simulating thread took, events it handled, and simulated cycles of the GPU a second of the host. They depend on the machine and are no part of a result’s digest.',
  rows: (points) => points.filter(({result: {host}}) => Number.isFinite(host.wall_s) && Number.isFinite(host.events)),
  plot: (points, frame) =>
    sheet(frame, {
      points,
      panels: costs.map(({title, of, label}) => (panel) => {
        const {by, unit} = scaleOf(Math.max(...points.map(of)), '');
        const words: {readonly [prefix: string]: string} = {k: 'thousand', M: 'million', G: 'billion', T: 'trillion'};
        return bars(
          points.map((point) => ({
            point,
            segments: [{value: of(point) / by, paint: colours.purple, title: `${point.name}, ${title.toLowerCase()}: ${three(of(point))}`}],
            ends: [three(of(point) / by)],
          })),
          panel,
          {title, label: label(words[unit] ?? '')},
        );
      }),
    }),
  data: (points) => points.map((p) => ({...about(p), host_wall_s: p.result.host.wall_s, events: p.result.host.events, sm_cycles: p.result.cycles})),
});
