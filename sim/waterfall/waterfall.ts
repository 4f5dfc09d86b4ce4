import {playWithinPower} from '../clock.ts';
import {launchOccupancy} from '../gpu/sm.ts';
import {jobOf, type Job} from '../job.ts';
import {patterns} from '../pattern/index.ts';
import type {Point} from '../point.ts';
import {resultOf} from '../result-of.ts';
import {effectNames, waterfallSchema, type Waterfall, type WaterfallEnd} from '../stats/waterfall.ts';
import {refuseKernel, type Kernel} from '../trace/kernel.ts';
import {coreBars} from './core.ts';
import {coreOf, peeled, type Peeled} from './peel.ts';
import {difference, nothing, picoseconds, type State} from './state.ts';

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
  const cores = patterns[point.pattern.type]!.cores?.(point.pattern.values) ?? 'tensor';
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

/** Dense + bars = pattern, to the cycle and to the picosecond. Plays the point about fifteen times. */
export function waterfallOf(point: Point, dense: DenseSide): Waterfall {
  const job = jobOf(point);
  const {end, own} = asItRan(point, job);
  const pattern = peeled(point, job, own, dense.hertz);
  const isSame = JSON.stringify(job.kernel) === JSON.stringify(dense.job.kernel);
  const other = isSame ? undefined : denseWith(dense, job.kernel);
  const core = other ? coreOf(dense.point, other, dense.hertz) : dense.peeled.core;
  return {
    schema: waterfallSchema,
    dense: dense.end,
    pattern: end,
    bars: [
      ...(other ? [difference(['kernel'], core, dense.peeled.core)] : []),
      ...coreBars(point, job, pattern, core, isSame || other ? ['loop'] : ['kernel', 'loop'], dense.hertz),
      ...effectNames
        .filter((effect) => pattern.effects.has(effect) || dense.peeled.effects.has(effect))
        .map((effect) => difference([effect], pattern.effects.get(effect) ?? nothing, dense.peeled.effects.get(effect) ?? nothing)),
    ],
  };
}

/** The point at its own clock, as `run` simulates it. */
function asItRan(point: Point, job: Job) {
  const {run, hertz} = playWithinPower(point, job, []);
  const state: State = {cycles: run.cycles, time_ps: picoseconds(run.cycles, hertz, run.launches, point)};
  return {hertz, own: state, end: {digest: resultOf(point, job, {run, hertz}, 0).digest, ...state}};
}

/** The dense GEMM with another kernel; undefined where that one cannot be built for it, or does not fit the GPU. */
function denseWith({point, job: {trace}}: DenseSide, kernel: Kernel): Job | undefined {
  const shape = {
    elementBytes: trace.elementBytes,
    sparse: false,
    index: {rows: 0, columns: false},
    activations: point.activations,
    cores: 'tensor',
    launching: 'fused',
    copies: point.gpu.values.sm.copies,
  } as const;
  if (refuseKernel(kernel, shape)) return undefined;
  const job = jobOf({...point, kernel});
  return job.trace.launches.every((launch) => launchOccupancy(point.gpu.values.sm, launch).ctas > 0) ? job : undefined;
}
