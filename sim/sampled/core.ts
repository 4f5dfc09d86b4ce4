import {play} from '../gpu/gpu.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import type {Run} from '../gpu/run.ts';
import {RecentOf} from '../trace/recent.ts';
import type {Launch, Trace} from '../trace/trace.ts';
import {excerpt} from './excerpt.ts';

/** What a sum of CTAs and K tiles is made of. */
export interface PerWork {
  readonly perCta: number;
  readonly perStep: number;
}

/** What CTAs take of an SM when memory answers at once, in cycles. */
export interface Core {
  /** A K tile of a CTA that has the SM to itself. */
  readonly alone: number;
  /** Cycles a K tile occupies the SM for when as many CTAs share it as fit. */
  readonly share: number;
  /** From the first CTA's being handed out to the last one's end, for `steps` K tiles each of `ctas` CTAs at a time; and how long its stores then take. */
  readonly ended: number;
  readonly drain: number;
  readonly steps: number;
  readonly ctas: number;
  /** The same end for twice as many CTAs of `shortSteps` K tiles: those that come later take the place of those that are done. A CTA that has the SM to itself shares nothing. */
  readonly endedTwice: number | undefined;
  readonly shortSteps: number;
  readonly sharedWavefronts: PerWork;
  readonly bankConflicts: PerWork;
  /** From L2: what is copied, and what loads do not find in L1. */
  readonly sectors: PerWork;
  /** Sub-core cycles by reason. */
  readonly ledger: readonly PerWork[];
}

/** K tiles of the longer of two plays, which is past the filling of any pipeline; the other is half as long. */
const longest = 16;

/** Bytes of L2 that hold all that an SM copies in so few K tiles; setting up more takes longer than playing. */
const enough = 4 * 2 ** 20;

/** The GPU with one SM. */
export function lone(gpu: GpuValues): GpuValues {
  return {...gpu, sm: {...gpu.sm, gpcs: [1]}, l2: {...gpu.l2, capacity: Math.min(gpu.l2.capacity, enough)}};
}

/** A run, and when its last CTA ended: stores are still on their way then. */
type Timed = Run & {readonly ended: number};

/** Of one kernel on GPUs that have the same SM: as many as a sweep turns to before it comes back to the first. */
const known = new RecentOf<Launch, Core>(16);

/** Plays CTA `cta` on one SM in detail: by itself, and as many of it as fit, for two lengths of its main loop. */
export function coreOf(trace: Trace, launch: Launch, gpu: GpuValues, elementType: string, cta: number, perSm: number): Core {
  const values = lone(gpu);
  return known.get(launch, JSON.stringify([values, elementType, cta, perSm]), () => played(trace, launch, values, elementType, cta, perSm));
}

function played(trace: Trace, launch: Launch, values: GpuValues, elementType: string, cta: number, perSm: number): Core {
  const long = Math.min(launch.grid.steps[cta]!, longest);
  const short = Math.floor(long / 2);
  const run = (ctas: number, steps: number): Timed => {
    const parts = Array.from({length: ctas}, () => ({cta, from: 0, steps}));
    const some = {...trace, launches: [excerpt(launch, parts)]};
    let ended = 0;
    const probes = [{ended: (_cta: number, _sm: number, _slot: number, time: number) => void (ended = time)}];
    return {...play(some, values, {elementType, l2: some, fidelity: 'detailed', probes}), ended};
  };
  const plays = (ctas: number) => [run(ctas, short), run(ctas, long)] as const;
  const split = ([less, more]: readonly [Timed, Timed], ctas: number, of: (run: Timed) => number): PerWork => {
    const perStep = (of(more) - of(less)) / (ctas * (long - short));
    return {perStep, perCta: of(more) / ctas - perStep * long};
  };
  const full = plays(perSm);
  const share = split(full, perSm, ({ended}) => ended).perStep;
  return {
    share,
    alone: perSm > 1 ? Math.max(share, split(plays(1), 1, ({ended}) => ended).perStep) : share,
    ended: full[1].ended,
    drain: full[1].cycles - full[1].ended,
    steps: long,
    ctas: perSm,
    endedTwice: perSm > 1 ? run(2 * perSm, short).ended : undefined,
    shortSteps: short,
    sharedWavefronts: split(full, perSm, (r) => r.sharedWavefronts),
    bankConflicts: split(full, perSm, (r) => r.bankConflicts),
    sectors: split(full, perSm, (r) => r.sectorsToL1),
    ledger: full[1].ledger[0]!.map((_, reason) => split(full, perSm, (r) => r.ledger[0]![reason]!)),
  };
}
