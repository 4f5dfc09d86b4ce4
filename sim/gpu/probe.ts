import type {CtaMoments} from './cta-scheduler.ts';

/** Cycles that the units of a kind have been busy since the start, each on average. */
export interface Busy {
  readonly tensor: number;
  readonly shared: number;
  readonly crossbar: number;
  readonly l2: number;
  readonly dram: number;
}

/** What every single unit behind the crossbar has done since the start. */
export interface UnitsBusy {
  /** Cycles that each L2 slice delivered data, and that each DRAM channel's data bus carried them. */
  readonly slices: Float64Array;
  readonly channels: readonly {readonly busy: number; readonly activations: number}[];
}

/** Who looks closely at some SMs. Told by `detailed`, whose sub-cores do things in runs. */
export interface Watch {
  readonly sms: ReadonlySet<number>;
  /** A warp's instructions take [from, to) of its time; since those before it has waited for `why`, both as the ledger numbers reasons. */
  readonly worked: (warp: Worker, from: number, to: number, reason: number, why: number) => void;
  /** A stretch of a sub-core's time is charged to a reason, instead of whatever it has been charged to before. */
  readonly charged: (sm: number, subcore: number, from: number, to: number, reason: number) => void;
}

/** A warp, and where it is. */
export interface Worker {
  readonly sm: number;
  /** Its slot on the SM. */
  readonly slot: number;
  readonly subcore: number;
  readonly cta: number;
}

/** Who watches a play. Nothing that is watched changes what happens, or when. */
export interface Probe extends CtaMoments {
  /** A play begins; the same trace may be played again, at another clock. */
  readonly begun?: () => void;
  /** Read every so many cycles, and when nothing more happens. */
  readonly meter?: {readonly every: number; readonly read: (time: number, busy: Busy, units: UnitsBusy) => void};
  readonly watch?: Watch;
}
