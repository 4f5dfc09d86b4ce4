import type {CtaMoments} from './cta-scheduler.ts';

/** Cycles that the units of a kind have been busy since the start, each on average. */
export interface Busy {
  readonly tensor: number;
  readonly shared: number;
  readonly crossbar: number;
  readonly l2: number;
  readonly dram: number;
}

/** Who watches a play. Nothing that is watched changes what happens, or when. */
export interface Probe extends CtaMoments {
  /** Read every so many cycles, and when nothing more happens. */
  readonly meter?: {readonly every: number; readonly read: (time: number, busy: Busy) => void};
}
