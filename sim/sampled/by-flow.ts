import {play} from '../gpu/gpu.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import type {Run} from '../gpu/run.ts';
import {lineBytes, sectorBytes} from '../gpu/sectored-cache.ts';
import {bound} from '../oracle/bound.ts';
import {Charge} from '../stats/ledger.ts';
import {RecentOf} from '../trace/recent.ts';
import type {Launch, Trace} from '../trace/trace.ts';
import {byScale} from './by-scale.ts';
import {coreOf, lone, type Core, type PerWork} from './core.ts';
import {readRate} from './dram-tiles.ts';
import {excerpt} from './excerpt.ts';
import {tiled, type Sampled} from './extrapolate.ts';
import {flow, type Flowed, type Pace, type Work} from './flow.ts';
import {residenceOf, type Residence} from './residence.ts';
import type {Asked} from './sample.ts';
import {chunksOf, indexOf, sharesSeen, storedBy, waitsAt, wholeCta, type Chunk} from './traffic.ts';

/**
 * Half width of the interval that the time lies in with a probability of 95 %, as a share of it: what tiles do not see of lines,
 * the more the nearer the SM's, L2's and DRAM's times lie to each other, as they do under mma.sp. Taken from 84 GEMMs of 64 to
 * 12,800 tokens against `detailed`, of which two dense or TW lay outside, and from a GPU of eight SMs, where two CTAs of TVW on an
 * SM hinder each other more than they do by themselves, by 8.0 % of the time.
 */
const unseen = {dense: 0.05, sparse: 0.09};

/**
 * Prepares to play a trace tile by tile, and returns what does so on the GPU at its clock: what an SM takes for a CTA is played in
 * detail, what L2 holds is followed line by line without time, and flow() brings the two together.
 */
export function byFlow(trace: Trace, gpu: GpuValues, {elementType, l2}: Asked): (values: GpuValues) => Sampled {
  const [launch, ...rest] = trace.launches as [Launch, ...Launch[]];
  const {grid, stages} = launch;
  const residence = residenceOf(trace, gpu, l2);
  const least = bound(trace, gpu, elementType, l2);
  const {cta, seen, stored, ...asked} = known.get(launch, '', () => askedBy(trace, launch));
  const sms = least.ledger.length;
  const perSm = Math.min(least.ctasPerSm, Math.ceil(grid.ctas / sms));
  const core = coreOf(trace, launch, gpu, elementType, cta, perSm);
  const common = {perSm, stages, ...asked};
  const work: Work = {...common, ...residence.launches[0]!, ctas: grid.ctas, steps: grid.steps, seen, stored};
  const pace = paces.get(core, '', () => paceOf(core, common, launch, lone(gpu)));
  // What comes after the main kernel finds what this has stored.
  const every = () => Array.from({length: grid.ctas}, (_, i) => ({cta: i, from: 0, steps: 1}));
  const before = rest.length > 0 ? {...trace, launches: [excerpt(launch, every())]} : trace;
  const elements = rest.length === 1 && rest[0]!.operands.some(({name}) => name === 'activation');
  const scaled = elements ? byScale({...trace, launches: rest}, gpu, {elementType, l2: 'warm'}) : undefined;
  const follow = (values: GpuValues): Sampled | undefined => {
    if (rest.length === 0) return undefined;
    return scaled?.(values) ?? {run: play({...trace, launches: rest}, values, {elementType, fidelity: 'detailed', l2: before}), error: 0};
  };
  return (values) => {
    const {read, written} = residence.dram;
    const flowed = flow(work, values, pace, readRate(values, read, written));
    const after = follow(values);
    const sparse = least.macsDone < least.macs;
    const error = Math.max(sparse ? unseen.sparse : unseen.dense, after?.error ?? 0);
    return {run: runOf({work, core, flowed, residence, least, values, after: after?.run}), error};
  };
}

/** Of one kernel on many GPUs, and of one SM in them. */
const known = new RecentOf<Launch, ReturnType<typeof askedBy>>(1);
const paces = new RecentOf<Core, Pace>(1);

/** What a launch's CTAs ask for, and the one that asks for most. */
function askedBy(trace: Trace, launch: Launch) {
  const cta = wholeCta(launch);
  const chunks = chunksOf(trace, launch, cta);
  const index = indexOf(trace, launch, cta, chunks);
  return {cta, chunks, index, waits: waitsAt(launch), seen: sharesSeen(launch, index ? [...chunks, index] : chunks), stored: storedBy(launch)};
}

/** What flow() needs so that on one SM it takes as long as in detail: for as many CTAs as fit, and for as many again after them. */
function paceOf(core: Core, common: Common, launch: Launch, gpu: GpuValues): Pace {
  const pace = {alone: core.alone, share: core.share, own: 0, post: 0, drain: 0};
  const flowed = (ctas: number, steps: number, with_: Partial<Pace>) =>
    flow(alone(common, ctas, steps, launch), gpu, {...pace, ...with_}, Infinity).cycles;
  const postFor = (own: number) => Math.max(0, core.ended - flowed(core.ctas, core.steps, {own}));
  if (core.endedTwice === undefined) return {...pace, post: postFor(0), drain: core.drain};
  const again = core.endedTwice - flowed(2 * core.ctas, core.shortSteps, {post: postFor(0)});
  const own = Math.max(0, again / core.ctas);
  return {...pace, own, post: postFor(own), drain: core.drain};
}

type Common = Pick<Work, 'perSm' | 'stages' | 'chunks' | 'index' | 'waits'>;

/** CTAs on one SM, with all that they ask for in L2. */
function alone(common: Common, ctas: number, steps: number, {operands}: Launch): Work {
  const none = new Float32Array(operands.length * ctas);
  return {
    ...common,
    ctas,
    steps: new Int32Array(ctas).fill(steps),
    seen: new Float64Array(none.length).fill(1),
    view: new Int32Array(none.length),
    fresh: none,
    fromDram: none,
    linked: none,
    stored: new Float64Array(ctas),
  };
}

interface Parts {
  readonly work: Work;
  readonly core: Core;
  readonly flowed: Flowed;
  readonly residence: Residence;
  readonly least: Run;
  readonly values: GpuValues;
  /** The launches after the first. */
  readonly after: Run | undefined;
}

function runOf({work, core, flowed, residence, least, values, after}: Parts): Run {
  const cycles = Math.max(least.cycles, flowed.cycles + (after?.cycles ?? 0));
  const steps = work.steps.reduce((a, b) => a + b, 0);
  const sum = ({perCta, perStep}: PerWork): number => Math.round(work.ctas * perCta + steps * perStep);
  const copied = work.chunks.reduce((all, {bytes}) => all + bytes, 0) / sectorBytes;
  const loaded = Math.max(0, sum({perCta: core.sectors.perCta, perStep: core.sectors.perStep - copied}));
  const read = sectorsOf(work) + loaded + (after?.l2.read ?? 0);
  const {dram, missed, linked} = residence;
  const wavefronts = sum(core.sharedWavefronts) + (after?.sharedWavefronts ?? 0);
  const sms = least.ledger.length;
  const share = (busy: number, of: keyof Run['utilisation']): number =>
    (busy * flowed.cycles + (after ? after.utilisation[of] * after.cycles : 0)) / cycles;
  return {
    ...least,
    cycles,
    bankConflicts: sum(core.bankConflicts) + (after?.bankConflicts ?? 0),
    sectorsToL1: read,
    l2: {read, hit: Math.max(0, read - missed), written: least.l2.written, linked},
    dram: {...dram, activations: Math.round((dram.read + dram.written) / bytesPerLine(work.chunks))},
    sharedWavefronts: wavefronts,
    utilisation: {
      tensor: (least.utilisation.tensor * least.cycles) / cycles,
      shared: Math.min(1, wavefronts / (sms * cycles)),
      crossbar: share(flowed.busy.crossbar, 'crossbar'),
      l2: share(flowed.busy.l2, 'l2'),
      dram: Math.min(1, ((dram.read + dram.written) * values.clock.frequency) / values.dram.bandwidth / cycles),
    },
    ledger: ledgerOf(core, flowed, cycles, values.sm.subcores, after),
    events: flowed.events + (after?.events ?? 0),
  };
}

/** Sectors that all copies bring. */
function sectorsOf({chunks, seen, steps, ctas}: Work): number {
  let bytes = 0;
  for (const chunk of chunks) for (let cta = 0; cta < ctas; cta++) bytes += chunk.bytes * seen[chunk.operand * ctas + cta]! * steps[cta]!;
  return Math.ceil(bytes / sectorBytes);
}

function bytesPerLine(chunks: readonly Chunk[]): number {
  const [bytes, lines] = [chunks.reduce((all, c) => all + c.bytes, 0), chunks.reduce((all, c) => all + c.lines, 0)];
  return Math.min(lineBytes, bytes / lines);
}

/** An SM's own time goes as on an SM alone; what that leaves of it to its last CTA's end was spent on waiting for L2 and DRAM. */
function ledgerOf(core: Core, flowed: Flowed, cycles: number, subcores: number, after: Run | undefined): number[][] {
  return Array.from(flowed.ends, (end, sm) => {
    const row = core.ledger.map(({perCta, perStep}) => Math.max(0, flowed.ctas[sm]! * perCta + flowed.steps[sm]! * perStep));
    const own = row.reduce((a, b) => a + b, 0);
    const all = end * subcores;
    const scaled = own > all ? row.map((cycle) => (cycle * all) / own) : row;
    scaled[Charge.long_scoreboard]! += Math.max(0, all - own);
    scaled[end > 0 ? Charge.tail : Charge.idle]! += (flowed.cycles - end) * subcores;
    return tiled(after ? scaled.map((cycle, reason) => cycle + after.ledger[sm]![reason]!) : scaled, cycles * subcores);
  });
}
