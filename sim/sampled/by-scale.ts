import {play} from '../gpu/gpu.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import type {Run} from '../gpu/run.ts';
import {bound} from '../oracle/bound.ts';
import type {Launch, Trace} from '../trace/trace.ts';
import {coreOf} from './core.ts';
import {excerpt, type Part} from './excerpt.ts';
import {tiled, type Sampled} from './extrapolate.ts';
import type {Asked} from './sample.ts';
import {makespan} from './shared-sms.ts';

/** SMs of each GPC that are modelled: a quarter of an A100's. With half as many, layers came out up to 16 % off instead of 9. */
const perGpc = 4;
/**
 * Half width of the interval that the time lies in with a probability of 95 %, as a share of it: which CTAs the SMs that are not
 * modelled get. Taken from 40 layers of four networks under EW against `detailed`.
 */
const unseen = 0.09;
/** Share of the time that DRAM may take for what the modelled SMs do not see; more, and everything is played. */
const negligible = 0.1;

/**
 * Prepares to play a kernel of CTAs that share little but what L2 holds on a scale model of the GPU: a few SMs of each GPC, their
 * share of the ports, of L2's slices and of the CTAs, main loops in full. Undefined: there are fewer CTAs than SMs hold, or DRAM
 * would limit what the model does not see.
 */
export function byScale(trace: Trace, gpu: GpuValues, {elementType, l2}: Asked): ((values: GpuValues) => Sampled | undefined) | undefined {
  const [launch] = trace.launches as [Launch];
  const {grid} = launch;
  const least = bound(trace, gpu, elementType, l2);
  const sms = least.ledger.length;
  const few = perGpc * gpu.sm.gpcs.length;
  if (trace.launches.length > 1 || grid.ctas < sms * least.ctasPerSm) return undefined;
  const parts = Array.from({length: grid.ctas}, (_, cta): Part => ({cta, from: 0, steps: grid.steps[cta]!})).filter(({cta}) => cta % sms < few);
  const some = {...trace, launches: [excerpt(launch, parts)]};
  const core = coreOf(trace, launch, scaled(gpu), elementType, longest(grid.steps), least.ctasPerSm);
  const span = (steps: ArrayLike<number>, on: number) => makespan(work(steps), on, least.ctasPerSm, core.alone / core.share);
  const longer =
    span(grid.steps, sms) /
    span(
      Array.from(parts, ({steps}) => steps),
      few,
    );
  const share = sum(parts.map(({steps}) => steps)) / sum(grid.steps);
  const unread = (1 - share) * ownBytes(launch);
  return (values) => {
    const model = play(some, scaled(values), {elementType, l2, fidelity: 'detailed'});
    const cycles = Math.max(least.cycles, Math.round(model.cycles * longer));
    const notSeen = (l2 === 'cold' ? unread : 0) + (1 - share) * least.stored;
    if ((notSeen * values.clock.frequency) / values.dram.bandwidth > negligible * cycles) return undefined;
    return {run: runOf(model, least, cycles, share, l2 === 'cold' ? unread : 0, values), error: unseen};
  };
}

/** A GPU of a few SMs a GPC, which find as much of everything as they would on all of it; of L2's capacity and DRAM all, for they hold and fetch what all read. */
function scaled(gpu: GpuValues): GpuValues {
  const {sm, crossbar, l2} = gpu;
  const sms = sum(sm.gpcs);
  const share = (perGpc * sm.gpcs.length) / sms;
  const slices = Math.max(1, Math.round(l2.slices * share));
  return {
    ...gpu,
    sm: {...sm, gpcs: sm.gpcs.map(() => perGpc)},
    crossbar: {...crossbar, gpcBandwidth: crossbar.gpcBandwidth * share},
    l2: {...l2, slices, bandwidth: (l2.bandwidth * l2.slices * share) / slices},
  };
}

function runOf(model: Run, least: Run, cycles: number, share: number, unread: number, values: GpuValues): Run {
  const scale = (count: number): number => Math.round(count / share);
  const each = cycles * values.sm.subcores;
  const mean = model.ledger[0]!.map((_, reason) => sum(model.ledger.map((row) => row[reason]!)));
  const row = tiled(mean, each);
  const read = scale(model.l2.read);
  const written = scale(model.dram.written);
  return {
    ...least,
    cycles,
    bankConflicts: scale(model.bankConflicts),
    sectorsToL1: scale(model.sectorsToL1),
    l2: {read, hit: Math.min(read, read - (model.l2.read - model.l2.hit)), written: scale(model.l2.written), linked: model.l2.linked},
    dram: {read: Math.round(model.dram.read + unread), written, activations: model.dram.activations},
    sharedWavefronts: scale(model.sharedWavefronts),
    utilisation: {
      ...model.utilisation,
      dram: Math.min(1, ((model.dram.read + unread + written) * values.clock.frequency) / values.dram.bandwidth / cycles),
    },
    ledger: least.ledger.map(() => row),
    events: model.events,
    requests: model.requests,
  };
}

/** Bytes of weights and of what names their rows, of which every CTA of a column reads its own. */
function ownBytes({operands, grid}: Launch): number {
  const own = new Map<number, number>();
  operands.forEach(({name}, o) => {
    if (name === 'activation' || name === 'output') return;
    for (let at = o * grid.ctas; at < (o + 1) * grid.ctas; at++) own.set(grid.base[at]!, grid.rows[at]! * grid.bytes[at]!);
  });
  return sum([...own.values()]);
}

/** Steps of each CTA's main loop, its beginning and end counted as one. */
function work(steps: ArrayLike<number>): readonly number[] {
  return Array.from(steps, (one) => one + 1);
}

function longest(steps: ArrayLike<number>): number {
  let most = 0;
  for (let cta = 1; cta < steps.length; cta++) if (steps[cta]! > steps[most]!) most = cta;
  return most;
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0);
}
