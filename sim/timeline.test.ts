import test from 'ava';
import {experiment, read} from './config/given.ts';
import {watchTimes} from './probes/cta-times.ts';
import {simulate} from './simulate.ts';
import {timelineOf} from './timeline.ts';

const {points} = read({
  'e.yaml': experiment({
    workload: '[{name: tiny, m: 256, n: 256, k: 512}]',
    patterns: '[{type: tw, sparsity: 0.5, granularity: 64}]',
    kernel: '{tile: [64, 64, 32], warps: [2, 2], stages: 3, splitK: 2}',
  }),
});
const point = points[0]!;

test('every CTA of every kernel has its place and its time, and watching changes no digest', (t) => {
  const timeline = timelineOf(point)!;
  const result = simulate(point);
  t.is(timeline.digest, result.digest);
  t.is(timeline.launches.length, 2);
  const [main, reduction] = timeline.launches.map(({first}) => first) as [number, number];
  t.deepEqual([main, reduction], [0, result.kernel.ctas]);
  t.is(new Set(timeline.cta.slice(0, reduction)).size, reduction);
  timeline.start.forEach((start, i) => t.true(start < timeline.end[i]! && timeline.end[i]! <= result.cycles));
  t.true(timeline.steps.slice(0, reduction).every((steps) => steps > 0));
});

test('a kernel starts when the one before it has ended', (t) => {
  const {start, end, launches} = timelineOf(point)!;
  const first = launches[1]!.first;
  t.true(Math.min(...start.slice(first)) > Math.max(...end.slice(0, first)));
});

test('`bound` plays no CTA, and has no timeline', (t) => t.is(timelineOf({...point, fidelity: 'bound'}), undefined));

test('a trace that is played again begins the list anew', (t) => {
  const {times, probe} = watchTimes(1);
  const play = (until: number) => {
    probe.started!(0, 0, 0, 10);
    probe.ended!(0, 0, 0, until);
  };
  play(100);
  play(90);
  t.deepEqual(times, {cta: [0], sm: [0], slot: [0], start: [10], end: [90]});
});

test('how busy the units were adds up, over the intervals, to their share of the whole run', (t) => {
  const {loads, cycles} = timelineOf(point)!;
  const {metrics} = simulate(point);
  t.is(loads!.tensor.length, Math.ceil(cycles / loads!.every));
  const whole = (kind: 'tensor' | 'shared' | 'dram') => (100 * loads!.every * loads![kind].reduce((a, b) => a + b, 0)) / cycles;
  t.true(Math.abs(whole('tensor') - metrics['sm__throughput.avg.pct_of_peak_sustained_elapsed']!) < 0.1);
  t.true(Math.abs(whole('shared') - metrics['l1tex__throughput.avg.pct_of_peak_sustained_elapsed']!) < 0.1);
  t.true(Math.abs(whole('dram') - metrics['dram__throughput.avg.pct_of_peak_sustained_elapsed']!) < 0.1);
});
