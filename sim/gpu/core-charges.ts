import {Charge, type Ledger} from '../stats/ledger.ts';

/**
 * Charges sub-cores' time to the ledger where warps are played in runs: one may be told to have done something in a time that
 * another's stall has been charged for. Every cycle is charged once all the same: what was done takes the stall's place.
 */
export class CoreCharges {
  private readonly ledger: Ledger;
  private readonly subcores: number;
  /** Up to when each sub-core's time has been charged. */
  protected readonly chargedTo: Int32Array;
  /** What is left of the last stall charged to each. */
  protected readonly stalledFrom: Int32Array;
  protected readonly stalledTo: Int32Array;
  private readonly stalledFor: Uint8Array;

  constructor(ledger: Ledger, cores: number, subcores: number) {
    this.ledger = ledger;
    this.subcores = subcores;
    this.chargedTo = new Int32Array(cores);
    this.stalledFrom = new Int32Array(cores);
    this.stalledTo = new Int32Array(cores);
    this.stalledFor = new Uint8Array(cores);
  }

  /** The end of the last cycle charged. */
  latest(): number {
    return this.chargedTo.reduce((latest, time) => Math.max(latest, time), 0);
  }

  /** Charges what no one has used of a sub-core's time up to `time`. */
  stall(core: number, time: number, why: number): void {
    const from = this.chargedTo[core]!;
    if (time <= from) return;
    this.ledger.charge(this.smOf(core), why, time - from);
    this.chargedTo[core] = time;
    this.stalledFrom[core] = from;
    this.stalledTo[core] = time;
    this.stalledFor[core] = why;
  }

  /** Charges a cycle in which an instruction is issued, unless a pipe computes in it; what came before was a stall. */
  issue(core: number, time: number, why: number): void {
    this.stall(core, time, why);
    this.use(core, time, time + 1, Charge.selected);
  }

  /** Charges an interval to something done. */
  use(core: number, from: number, to: number, reason: number): void {
    const {ledger} = this;
    const sm = this.smOf(core);
    const charged = this.chargedTo[core]!;
    if (to > charged) {
      ledger.charge(sm, reason, to - Math.max(from, charged));
      this.chargedTo[core] = to;
    }
    const back = Math.min(to, charged, this.stalledTo[core]!) - Math.max(from, this.stalledFrom[core]!);
    if (back <= 0) return;
    ledger.charge(sm, this.stalledFor[core]!, -back);
    ledger.charge(sm, reason, back);
    this.stalledFrom[core] = Math.min(to, this.stalledTo[core]!);
  }

  private smOf(core: number): number {
    return Math.floor(core / this.subcores);
  }
}
