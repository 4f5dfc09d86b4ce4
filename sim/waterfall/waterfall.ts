import {playWithinPower} from '../clock.ts';
import {jobOf, type Job} from '../job.ts';
import {kindOf} from '../masks.ts';
import type {Point} from '../point.ts';
import {resultOf} from '../result-of.ts';
import {effectNames, waterfallSchema, type Waterfall, type WaterfallEnd} from '../stats/waterfall.ts';
import {peeled, type Peeled} from './peel.ts';
import {difference, nothing, timeOf} from './state.ts';

/** A dense point, simulated and peeled. */
export interface DenseSide {
  readonly point: Point;
  readonly job: Job;
  readonly hertz: number;
  readonly end: WaterfallEnd;
  readonly peeled: Peeled;
}

/** The dense point that a pattern is compared with: the same in everything but the pattern. */
export function denseOf(point: Point): Point {
  const axes = Object.fromEntries(Object.entries(point.axes).filter(([path]) => !path.startsWith('pattern.')));
  return {...point, axes, pattern: {type: 'dense', values: {}}};
}

/** Why no waterfall leads to a point, in a sentence; undefined: one does. */
export function refuseWaterfall(point: Point): string | undefined {
  if ('trace' in point.workload) return 'a trace file brings no dense kernel to compare with';
  if (point.pattern.type === 'dense') return 'it is the dense kernel itself';
  const cores = kindOf(point, point.workload).cores?.(point.pattern.values) ?? 'tensor';
  if (cores !== 'tensor') return 'its weights are multiplied on CUDA cores, by a kernel that has no part in common with the dense one';
  if (point.launch !== 'fused') return `launch: ${point.launch} runs kernels one after another or side by side, and only a fused one is taken apart`;
  return point.fidelity === 'detailed' || point.fidelity === 'reference'
    ? undefined
    : `ablations are played CTA by CTA, at fidelity: detailed, and this is ${point.fidelity}`;
}

export function denseSide(point: Point): DenseSide {
  const job = jobOf(point);
  const {end, own, hertz} = asItRan(point, job);
  return {point, job, hertz, end, peeled: peeled(point, job, own, hertz)};
}

/** Dense + bars = pattern, to the cycle and to the picosecond. Plays the point about fifteen times, most of them without much to do. */
export function waterfallOf(point: Point, dense: DenseSide): Waterfall {
  const job = jobOf(point);
  const {end, own} = asItRan(point, job);
  const costs = peeled(point, job, own, dense.hertz);
  return {
    schema: waterfallSchema,
    dense: dense.end,
    pattern: end,
    bars: effectNames
      .filter((effect) => costs.has(effect) || dense.peeled.has(effect))
      .map((effect) => difference(effect, costs.get(effect) ?? nothing, dense.peeled.get(effect) ?? nothing)),
  };
}

/** The point at its own clock, as `run` simulates it. */
function asItRan(point: Point, job: Job) {
  const {run, hertz} = playWithinPower(point, job, []);
  const own = timeOf(run.cycles, hertz, job.trace, point);
  return {hertz, own, end: {digest: resultOf(point, job, {run, hertz}, 0).digest, ...own}};
}
