import type {BoxValues} from '../config/parameter.ts';
import type {Engine} from '../engine/engine.ts';
import {Servers} from '../engine/servers.ts';
import {Charge, type Ledger} from '../stats/ledger.ts';
import {CoreCharges} from './core-charges.ts';
import {Counters} from './counters.ts';
import {Code} from './decode.ts';
import type {GlobalAccess} from './global-access.ts';
import type {Running} from './instructions.ts';
import type {L1} from './l1.ts';
import type {Loads} from './loads.ts';
import type {MacroOps} from './macro-ops.ts';
import {PipeTurns} from './pipe-turns.ts';
import type {WindowedSharedMemory} from './windowed-shared-memory.ts';
import type {TensorCores} from './tensor-core.ts';
import {MemoryQueues} from './memory-queues.ts';
import type {subcore} from './warp-scheduler.ts';
import {countersPerWarp, groupsPerWarp, State, type Warps} from './warps.ts';

interface Parts {
  readonly warps: Warps;
  readonly loads: Loads;
  readonly globalAccess: GlobalAccess;
  readonly l1: L1;
  readonly sharedMemory: WindowedSharedMemory;
  readonly tensorCores: TensorCores;
  readonly ledger: Ledger;
}

const never = 2 ** 31 - 1;

/** Cycles within which a warp's next instruction is part of the same event. */
const together = 4;

/**
 * The sub-cores of `detailed`. One event starts a whole run of MMAs with the reads of shared memory among them (macro-ops.ts);
 * the warp goes on when the last of them has been issued. Of warps that wait for the matrix pipe the policy's choice
 * has it next; other pipes and ports serve who asks first.
 */
export class MacroScheduler {
  /** Warp slots of each SM that this launch uses, and what a sub-core without warps is charged for. */
  slots = 0;
  empty: number = Charge.launch;
  /** Set by the machine: a warp has exited, or arrived at its CTA's barrier. */
  exited!: (sm: number, ctaSlot: number) => void;
  arrived!: (sm: number, ctaSlot: number, time: number) => void;
  /** Of the launch that runs. */
  counters = new Counters();
  running!: Running & {readonly macro: MacroOps};

  private readonly engine: Engine;
  private readonly parts: Parts;
  private readonly subcores: number;
  private readonly warpSlots: number;
  private readonly aluInterval: number;
  private readonly ffmaInterval: number;
  private readonly queues: MemoryQueues;
  /** When each warp's event is due; never: it waits for something to happen. */
  private readonly due: Int32Array;
  /** What a warp waits for, and what a sub-core without warps does. */
  private readonly why: Uint8Array;
  private readonly gap: Uint8Array;
  private readonly living: Int32Array;
  private readonly turns: PipeTurns;
  private readonly alus: Servers;
  private readonly ffmas: Servers;
  protected readonly charges: CoreCharges;
  private readonly stepKind: number;
  private readonly loadedKind: number;
  private readonly landedKind: number;

  constructor(engine: Engine, values: BoxValues<typeof subcore>, sms: number, subcores: number, warpSlots: number, parts: Parts) {
    this.engine = engine;
    this.parts = parts;
    this.subcores = subcores;
    this.warpSlots = warpSlots;
    this.aluInterval = values.aluInterval;
    this.ffmaInterval = values.ffmaInterval;
    const cores = sms * subcores;
    this.queues = new MemoryQueues(cores, values.memoryQueue);
    this.due = new Int32Array(sms * warpSlots).fill(never);
    this.why = new Uint8Array(sms * warpSlots).fill(Charge.wait);
    this.gap = new Uint8Array(cores).fill(Charge.launch);
    this.charges = new CoreCharges(parts.ledger, cores, subcores);
    this.living = new Int32Array(cores);
    this.turns = new PipeTurns(values.policy, cores, parts.warps.cta, this.due);
    this.alus = new Servers(cores);
    this.ffmas = new Servers(cores);
    this.stepKind = engine.kind((warp) => this.step(warp));
    this.loadedKind = engine.kind((counter) => {
      parts.warps.pending[counter]!--;
      this.wakeWarp(Math.floor(counter / countersPerWarp));
    });
    this.landedKind = engine.kind((warp) => {
      if (parts.warps.groupLanded(warp)) this.wakeWarp(warp);
    });
  }

  /** All lines of a warp's access are where they belong at `time`. */
  complete(load: number, time: number): void {
    const {loads, warps} = this.parts;
    const target = loads.target[load]!;
    const copy = loads.wavefrontsPerByte[load]! > 0;
    loads.release(load);
    if (!copy) {
      this.engine.at(Math.ceil(time), this.loadedKind, target);
      return;
    }
    const landed = warps.copyLandsAt(target, time);
    if (landed >= 0) this.engine.at(Math.ceil(landed), this.landedKind, Math.floor(target / groupsPerWarp));
  }

  /** Warps of an SM that may go on do; sub-cores that are empty now know what for. */
  wakeSm(sm: number, time: number): void {
    const {state, ready} = this.parts.warps;
    for (let c = 0; c < this.subcores; c++) {
      const core = sm * this.subcores + c;
      let living = 0;
      for (let slot = c; slot < this.slots; slot += this.subcores) {
        const warp = sm * this.warpSlots + slot;
        if (state[warp] === State.free || state[warp] === State.exited) continue;
        living++;
        if (state[warp] === State.running && this.due[warp] === never) this.wake(warp, Math.max(time, ready[warp]!));
      }
      if (this.living[core] === 0) {
        this.charges.stall(core, this.engine.now, this.gap[core]!);
        this.gap[core] = this.empty;
      }
      this.living[core] = living;
    }
  }

  busyUntil(): number {
    return this.charges.latest();
  }

  close(time: number, worked: (sm: number) => boolean): void {
    for (let core = 0; core < this.gap.length; core++) {
      const sm = Math.floor(core / this.subcores);
      this.charges.stall(core, time, worked(sm) ? this.gap[core]! : Charge.idle);
    }
  }

  wakeWarp(warp: number): void {
    if (this.due[warp] === never && this.parts.warps.state[warp] === State.running)
      this.wake(warp, Math.max(this.engine.now, this.parts.warps.ready[warp]!));
  }

  private wake(warp: number, time: number): void {
    this.due[warp] = time;
    this.engine.at(time, this.stepKind, warp);
  }

  protected step(warp: number): void {
    const {warps, tensorCores, sharedMemory, l1, globalAccess} = this.parts;
    const {decoded, macro, addresses} = this.running;
    const {pipes} = tensorCores;
    const {code, wait, cost, pace} = macro;
    const {now} = this.engine;
    this.due[warp] = never;
    const sm = Math.floor(warp / this.warpSlots);
    const core = sm * this.subcores + ((warp - sm * this.warpSlots) % this.subcores);
    const role = warps.role[warp]!;
    const body = macro.body[role]!;
    const epilogue = macro.epilogue[role]!;
    const end = macro.end[role]!;
    const counter0 = warp * countersPerWarp;
    let why = this.why[warp]!;
    let t = now;
    let pc = warps.pc[warp]!;
    for (;;) {
      if (pc === end) {
        // It leaves as its last instruction is issued.
        if (t - 1 > now + together) this.later(warp, pc, t - 1, why);
        else this.exit(warp, sm, core);
        return;
      }
      // The scoreboard.
      for (let mask = wait[pc]!, c = counter0; mask !== 0; mask >>= 1, c++) {
        if ((mask & 1) === 0) continue;
        if (warps.pending[c]! > 0) {
          this.sleep(warp, pc, t, decoded.steers[c - counter0] === 1 ? Charge.long_scoreboard_index : Charge.long_scoreboard);
          return;
        }
        if (warps.arrives[c]! > t) {
          t = warps.arrives[c]!;
          why = Charge.short_scoreboard;
        }
      }
      const op = code[pc]!;
      if (t > now + together) {
        this.later(warp, pc, t, why);
        return;
      }
      let next = pc + 1;
      switch (op) {
        case Code.mma: {
          const {turns} = this;
          const first = sm * this.warpSlots;
          let start = t;
          const pipe = Math.max(pipes.free[core]!, warps.mmaAgain[warp]!);
          if (pipe > start) {
            start = pipe;
            why = Charge.math_pipe_throttle;
          }
          const issued = Math.floor(start);
          if (issued > now + together || turns.anotherFirst(warp, core, first + (core % this.subcores), first + this.slots, this.subcores, issued)) {
            turns.wait(warp);
            this.later(warp, pc, issued, why);
            return;
          }
          turns.take(warp, core);
          const count = cost[pc]!;
          this.charges.stall(core, issued, why);
          const free = pipes.reserve(core, start, count * decoded.mma!.interval);
          this.charges.use(core, issued, Math.floor(free), Charge.tensor_active);
          const late = macro.reads[pc]! > 0 ? this.read(warp, core, sm, pc, start + macro.first[pc]! * pace, macro.apart[pc]! * pace) : 0;
          warps.mmaAgain[warp] = start + count * pace + late;
          t = Math.floor(start + (count - 1) * pace + late) + 1;
          break;
        }
        case Code.alu:
          this.charges.issue(core, t, why);
          t = Math.ceil(this.alus.reserve(core, t, cost[pc]! * this.aluInterval));
          break;
        case Code.ffma:
          this.charges.issue(core, t, why);
          t = Math.ceil(this.ffmas.reserve(core, t, cost[pc]! * this.ffmaInterval));
          break;
        case Code.ldsm:
          this.charges.issue(core, t, why);
          t += macro.reads[pc]! + Math.ceil(this.read(warp, core, sm, pc, t, 1));
          break;
        case Code.sts:
        case Code.lds: {
          const frees = Math.ceil(this.queues.frees(core));
          if (frees > t) {
            this.later(warp, pc, frees, Charge.mio_throttle);
            return;
          }
          this.charges.issue(core, t, why);
          if (pc >= epilogue || warps.step[warp]! + macro.ahead[pc]! < warps.steps[warp]!) {
            const accepted = sharedMemory.accept(sm, t, cost[pc]!);
            this.queues.enter(core, accepted);
            const arrives = Math.ceil(sharedMemory.filled(core, accepted, cost[pc]!));
            const counter = counter0 + macro.set[pc]!;
            if (arrives > warps.arrives[counter]!) warps.arrives[counter] = arrives;
          }
          t++;
          break;
        }
        case Code.ldgsts:
        case Code.ldg:
        case Code.stg: {
          const frees = Math.ceil(this.queues.frees(core));
          if (frees > t) {
            this.later(warp, pc, frees, Charge.mio_throttle);
            return;
          }
          if (!l1.open(sm)) {
            this.sleep(warp, pc, t, Charge.lg_throttle);
            return;
          }
          this.charges.issue(core, t, why);
          const tile = pc < epilogue ? warps.step[warp]! + macro.ahead[pc]! : 0;
          if (pc >= epilogue || tile < warps.steps[warp]!) {
            if (globalAccess.send(macro, pc, warp, sm, tile, addresses, this.counters)) this.queues.enter(core, t);
          }
          t++;
          break;
        }
        case Code.commit:
          this.charges.issue(core, t, why);
          warps.commit(warp);
          t++;
          break;
        case Code.depbar:
          if (warps.groupsOnTheWay(warp) > cost[pc]!) {
            this.sleep(warp, pc, t, Charge.long_scoreboard);
            return;
          }
          this.charges.issue(core, t, why);
          t++;
          break;
        case Code.bar:
          this.charges.issue(core, t, why);
          t++;
          break;
      }
      why = op === Code.ffma ? Charge.math_pipe_throttle : Charge.wait;
      if (next === epilogue && pc >= body) {
        if (++warps.step[warp]! < warps.steps[warp]!) next = body;
      } else if (next === body && warps.steps[warp] === 0) next = epilogue;
      pc = next;
      if (op === Code.bar) {
        warps.pc[warp] = pc;
        warps.ready[warp] = t;
        warps.state[warp] = State.atBarrier;
        this.why[warp] = Charge.barrier;
        this.arrived(sm, warps.ctaSlot[warp]!, t - 1);
        return;
      }
    }
  }

  /**
   * Reads of shared memory, the first issued at `time` and the others `apart` cycles after each other, but none before the
   * sub-core's queue has room. Returns how much later than that the last is.
   */
  private read(warp: number, core: number, sm: number, pc: number, time: number, apart: number): number {
    const {warps, sharedMemory} = this.parts;
    const {macro} = this.running;
    if (pc < macro.epilogue[warps.role[warp]!]! && warps.step[warp]! + macro.ahead[pc]! >= warps.steps[warp]!) return 0;
    const count = macro.reads[pc]!;
    const wavefronts = macro.wavefronts[pc]!;
    let late = 0;
    let filled = 0;
    for (let i = 0; i < count; i++) {
      const due = time + i * apart + late;
      const frees = this.queues.frees(core);
      const at = frees > due ? frees : due;
      late += at - due;
      const accepted = sharedMemory.accept(sm, at, wavefronts);
      this.queues.enter(core, accepted);
      filled = sharedMemory.filled(core, accepted, wavefronts);
    }
    filled = Math.ceil(filled);
    for (let mask = macro.holds[pc]!, c = warp * countersPerWarp; mask !== 0; mask >>= 1, c++) {
      if ((mask & 1) !== 0 && filled > warps.arrives[c]!) warps.arrives[c] = filled;
    }
    return late;
  }

  private exit(warp: number, sm: number, core: number): void {
    const {warps} = this.parts;
    warps.state[warp] = State.exited;
    this.why[warp] = Charge.wait;
    if (--this.living[core]! === 0) this.gap[core] = this.empty;
    this.exited(sm, warps.ctaSlot[warp]!);
  }

  /** Goes on at `time`, then nothing but time in the way. */
  private later(warp: number, pc: number, time: number, why: number): void {
    this.parts.warps.pc[warp] = pc;
    this.why[warp] = why;
    this.wake(warp, time);
  }

  /** Goes on when something has happened, not before `time`. */
  private sleep(warp: number, pc: number, time: number, why: number): void {
    const {warps} = this.parts;
    warps.pc[warp] = pc;
    warps.ready[warp] = time;
    this.why[warp] = why;
  }
}
