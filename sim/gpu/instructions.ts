import type {Engine} from '../engine/engine.ts';
import {Servers} from '../engine/servers.ts';
import type {Addresses} from '../trace/addresses.ts';
import {Counters} from './counters.ts';
import {Code, type Decoded} from './decode.ts';
import type {GlobalAccess} from './global-access.ts';
import type {Loads} from './loads.ts';
import {MemoryQueues} from './memory-queues.ts';
import type {SharedMemory} from './shared-memory.ts';
import type {TensorCores} from './tensor-core.ts';
import {countersPerWarp, State, type Warps} from './warps.ts';

/** What the machine is told of the launch it runs. */
export interface Running {
  readonly decoded: Decoded;
  readonly addresses: Addresses;
}

interface Parts {
  readonly warps: Warps;
  readonly loads: Loads;
  readonly globalAccess: GlobalAccess;
  readonly sharedMemory: SharedMemory;
  readonly tensorCores: TensorCores;
}

/** What each instruction does, once its warp's scheduler has issued it: to its warp, to the pipes, to memory. */
export class Instructions {
  /** Set by the machine: a warp has exited, or arrived at its CTA's barrier; something a warp waits for has happened. */
  exited!: (sm: number, ctaSlot: number) => void;
  arrived!: (sm: number, ctaSlot: number, time: number) => void;
  wake!: (warp: number) => void;

  /** Of the launch that runs; taken and renewed by whoever starts the next. */
  counters = new Counters();
  running!: Running;

  private readonly engine: Engine;
  private readonly parts: Parts;
  private readonly subcores: number;
  private readonly aluInterval: number;
  private readonly ffmaInterval: number;
  readonly queues: MemoryQueues;
  /** The integer pipe of each sub-core. */
  private readonly alus: Servers;
  /** The float32 pipe of each sub-core, beside the integer one. */
  private readonly ffmas: Servers;
  private readonly landedKind: number;
  private readonly loadedKind: number;

  constructor(
    engine: Engine,
    values: {readonly memoryQueue: number; readonly aluInterval: number; readonly ffmaInterval: number},
    sms: number,
    subcores: number,
    parts: Parts,
  ) {
    this.engine = engine;
    this.parts = parts;
    this.subcores = subcores;
    this.aluInterval = values.aluInterval;
    this.ffmaInterval = values.ffmaInterval;
    this.queues = new MemoryQueues(sms * subcores, values.memoryQueue);
    this.alus = new Servers(sms * subcores);
    this.ffmas = new Servers(sms * subcores);
    this.landedKind = engine.kind((group) => this.wake(parts.warps.copyLanded(group)));
    this.loadedKind = engine.kind((counter) => {
      parts.warps.pending[counter]!--;
      this.wake(Math.floor(counter / countersPerWarp));
    });
  }

  /** All lines of a warp's load are where they belong at `time`. */
  complete(load: number, time: number): void {
    const {loads} = this.parts;
    const target = loads.target[load]!;
    const kind = loads.wavefrontsPerByte[load]! > 0 ? this.landedKind : this.loadedKind;
    loads.release(load);
    this.engine.at(Math.ceil(time), kind, target);
  }

  /** Executes the next instruction of a warp. */
  issue(warp: number, core: number, now: number): void {
    const {warps, tensorCores} = this.parts;
    const {decoded} = this.running;
    const pc = warps.pc[warp]!;
    const cost = decoded.cost[pc]!;
    this.counters.instructions++;
    warps.ready[warp] = now + 1;
    switch (decoded.code[pc]) {
      case Code.mma: {
        const mma = decoded.mma!;
        const start = Math.max(now, tensorCores.pipes.free[core]!, warps.mmaAgain[warp]!, warps.accumulatorReady(warp, cost));
        tensorCores.pipes.reserve(core, start, mma.interval);
        warps.mmaAgain[warp] = start + mma.warpInterval;
        warps.useAccumulator(warp, cost, start + mma.latency);
        this.counters.mmas++;
        break;
      }
      case Code.alu:
        warps.ready[warp] = Math.ceil(this.alus.reserve(core, now, cost * this.aluInterval));
        break;
      case Code.ffma:
        warps.ready[warp] = Math.ceil(this.ffmas.reserve(core, now, cost * this.ffmaInterval));
        break;
      case Code.ldsm:
      case Code.lds:
      case Code.sts:
        this.accessShared(warp, core, pc, cost, now);
        break;
      case Code.ldgsts:
      case Code.ldg:
      case Code.stg:
        this.accessGlobal(warp, core, pc, now);
        break;
      case Code.commit:
        warps.commit(warp);
        break;
      case Code.bar:
        warps.state[warp] = State.atBarrier;
        break;
    }
    this.advance(warp, pc, core);
  }

  private accessShared(warp: number, core: number, pc: number, wavefronts: number, now: number): void {
    const {warps, sharedMemory} = this.parts;
    const {decoded} = this.running;
    if (this.inLoop(warp, pc) && warps.step[warp]! + decoded.ahead[pc]! >= warps.steps[warp]!) return;
    const sm = Math.floor(core / this.subcores);
    this.queues.enter(core, Math.ceil(sharedMemory.accepts(sm, now)));
    this.counters.bankConflicts += decoded.conflicts[pc]!;
    if (decoded.code[pc] !== Code.sts) this.counters.registers[decoded.operand[pc]!]! += decoded.registerBytes[pc]!;
    const counter = warp * countersPerWarp + decoded.set[pc]!;
    warps.arrives[counter] = Math.max(warps.arrives[counter]!, Math.ceil(sharedMemory.read(sm, core, now, wavefronts)));
  }

  private accessGlobal(warp: number, core: number, pc: number, now: number): void {
    const {warps, globalAccess} = this.parts;
    const {decoded, addresses} = this.running;
    const inLoop = this.inLoop(warp, pc);
    const tile = inLoop ? warps.step[warp]! + decoded.ahead[pc]! : 0;
    if (inLoop && tile >= warps.steps[warp]!) return;
    const sm = Math.floor(core / this.subcores);
    this.counters.registers[decoded.operand[pc]!]! += decoded.registerBytes[pc]!;
    if (globalAccess.send(decoded, pc, warp, sm, tile, addresses, this.counters)) this.queues.enter(core, now);
  }

  /** Before the end of the loop an operation means a K tile, and is predicated off past the last; after it, none. */
  private inLoop(warp: number, pc: number): boolean {
    return pc < this.running.decoded.epilogue[this.parts.warps.role[warp]!]!;
  }

  /** On to the next instruction: round the loop once a K tile, over it if there is none, and out at the end. */
  private advance(warp: number, pc: number, core: number): void {
    const {warps} = this.parts;
    const {decoded} = this.running;
    const role = warps.role[warp]!;
    let next = pc + 1;
    if (next === decoded.epilogue[role] && pc >= decoded.body[role]!) {
      if (++warps.step[warp]! < warps.steps[warp]!) next = decoded.body[role]!;
    } else if (next === decoded.body[role] && warps.steps[warp] === 0) next = decoded.epilogue[role]!;
    warps.pc[warp] = next;
    if (decoded.code[next] === Code.mma) {
      // In-order issue: the accumulator of the next MMA is the one thing of its own that it can still wait for.
      const accumulator = warps.accumulatorReady(warp, decoded.cost[next]!);
      if (accumulator > warps.ready[warp]!) warps.ready[warp] = accumulator;
    }
    const sm = Math.floor(core / this.subcores);
    if (warps.state[warp] === State.atBarrier) this.arrived(sm, warps.ctaSlot[warp]!, this.engine.now);
    else if (next === decoded.end[role]) {
      warps.state[warp] = State.exited;
      this.exited(sm, warps.ctaSlot[warp]!);
    }
  }
}
