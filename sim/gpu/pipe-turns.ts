import type {BoxValues} from '../config/parameter.ts';
import type {subcore} from './warp-scheduler.ts';

/** Of warps that wait for the tensor pipe of a sub-core, who is the policy's choice. */
export class PipeTurns {
  /** Whether each warp waits for its pipe, and who was the last to have the pipe of each sub-core. */
  private readonly waits: Uint8Array;
  private readonly last: Int32Array;
  /** 1: the youngest CTA's warp is the next; −1: the oldest's; 0: who has waited longest. */
  private readonly younger: number;
  private readonly cta: Int32Array;
  private readonly due: Int32Array;

  /** `cta`, `due`: of each warp, its CTA and when it goes on. */
  constructor(policy: BoxValues<typeof subcore>['policy'], cores: number, cta: Int32Array, due: Int32Array) {
    this.younger = {'greedy-youngest': 1, 'greedy-oldest': -1, 'round-robin': 0}[policy];
    this.waits = new Uint8Array(due.length);
    this.last = new Int32Array(cores).fill(-1);
    this.cta = cta;
    this.due = due;
  }

  /** Whether another of the warps `first`, `first + apart`, … before `end`, that can have the pipe at `time`, is the choice before `warp`. */
  anotherFirst(warp: number, core: number, first: number, end: number, apart: number, time: number): boolean {
    const last = this.last[core]!;
    if (this.younger === 0 || last === warp) return false;
    for (let other = first; other < end; other += apart) {
      if (this.waits[other] === 0 || this.due[other]! > time || other === warp) continue;
      if (other === last || (this.cta[other]! - this.cta[warp]!) * this.younger > 0) return true;
    }
    return false;
  }

  wait(warp: number): void {
    this.waits[warp] = 1;
  }

  take(warp: number, core: number): void {
    this.waits[warp] = 0;
    this.last[core] = warp;
  }
}
