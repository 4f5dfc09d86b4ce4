import {CoreCharges} from './core-charges.ts';
import {MacroScheduler} from './macro-scheduler.ts';
import type {Watch, Worker} from './probe.ts';
import type {Warps} from './warps.ts';

/** A macro-scheduler that tells what the warps of some SMs do. Wired in only where somebody watches, so that others pay nothing. */
export class WatchedScheduler extends MacroScheduler {
  protected override readonly charges: WatchedCharges;
  private readonly told: Told;

  constructor(watch: Watch, ...[engine, values, sms, subcores, warpSlots, parts]: ConstructorParameters<typeof MacroScheduler>) {
    super(engine, values, sms, subcores, warpSlots, parts);
    this.told = {watch, warps: parts.warps, subcores, warpSlots, stepping: -1};
    this.charges = new WatchedCharges(this.told, ...([parts.ledger, sms * subcores, subcores] as const));
  }

  protected override step(warp: number): void {
    this.told.stepping = warp;
    super.step(warp);
    this.told.stepping = -1;
  }
}

/** Who is told, and of whom. */
interface Told {
  readonly watch: Watch;
  readonly warps: Warps;
  readonly subcores: number;
  readonly warpSlots: number;
  /** The warp whose instructions are charged; −1: none, a sub-core's time is. */
  stepping: number;
}

/** Says what it charges. An instruction is charged by a stall up to it, and then by what it uses. */
class WatchedCharges extends CoreCharges {
  private readonly told: Told;
  private why = 0;

  constructor(told: Told, ...charged: ConstructorParameters<typeof CoreCharges>) {
    super(...charged);
    this.told = told;
  }

  override stall(core: number, time: number, why: number): void {
    this.why = why;
    this.charge(core, this.chargedTo[core]!, time, why);
    super.stall(core, time, why);
  }

  override use(core: number, from: number, to: number, reason: number): void {
    const {watch, subcores, stepping} = this.told;
    const charged = this.chargedTo[core]!;
    this.charge(core, Math.max(from, this.stalledFrom[core]!), Math.min(to, charged, this.stalledTo[core]!), reason);
    this.charge(core, Math.max(from, charged), to, reason);
    if (stepping !== -1 && watch.sms.has(Math.floor(core / subcores))) watch.worked(this.worker(stepping), from, to, reason, this.why);
    super.use(core, from, to, reason);
  }

  private charge(core: number, from: number, to: number, reason: number): void {
    const {watch, subcores} = this.told;
    const sm = Math.floor(core / subcores);
    if (to > from && watch.sms.has(sm)) watch.charged(sm, core - sm * subcores, from, to, reason);
  }

  private worker(warp: number): Worker {
    const {warps, subcores, warpSlots} = this.told;
    const sm = Math.floor(warp / warpSlots);
    const slot = warp - sm * warpSlots;
    return {sm, slot, subcore: slot % subcores, cta: warps.cta[warp]!};
  }
}
