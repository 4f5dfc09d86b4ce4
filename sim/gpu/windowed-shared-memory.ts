import type {BoxValues} from '../config/parameter.ts';
import {Servers} from '../engine/servers.ts';
import {Windows} from '../engine/windows.ts';
import type {sharedMemory} from './shared-memory.ts';

/** Cycles within which the order of accesses to a port is that of asking, not of time: a few reads long. */
const portWindow = 16;
/** Windows that are kept at once, a ring: more cycles than lie between the earliest access asked for and the latest. */
const windows = 1024;

/** The port of every SM's shared memory as the macro-scheduler asks for it, in any order of time. */
export class WindowedSharedMemory {
  wavefronts = 0;
  private readonly ports: Windows;
  private readonly returns: Servers;
  private readonly registerPorts: Servers;
  private readonly values: BoxValues<typeof sharedMemory>;

  constructor(values: BoxValues<typeof sharedMemory>, sms: number, subcores: number) {
    this.values = values;
    this.ports = new Windows(sms, portWindow, windows);
    this.returns = new Servers(sms);
    this.registerPorts = new Servers(sms * subcores);
  }

  /** When the port accepts a read of `count` wavefronts asked for at `time`. */
  accept(sm: number, time: number, count: number): number {
    this.wavefronts += count;
    return this.ports.reserve(sm, time, count);
  }

  /** When the registers of a sub-core hold what the port accepted at `time`. */
  filled(subcore: number, time: number, count: number): number {
    return this.registerPorts.reserve(subcore, time + this.values.latency, count * this.values.wavefrontLatency);
  }

  write(sm: number, time: number, count: number): number {
    return this.accept(sm, time, count) + count;
  }

  /** What L1 holds is read, after what came before; returns when its turn comes. */
  readHit(sm: number, time: number, count: number): number {
    return this.ports.reserve(sm, time, count);
  }

  /** A load's data arrive, or go on to registers, before accesses that wait; returns when their turn comes. */
  takeIn(sm: number, time: number, count: number): number {
    const turn = Math.max(time, this.returns.free[sm]!);
    this.returns.reserve(sm, time, count);
    this.ports.reserve(sm, time, count);
    return turn;
  }

  utilisation(cycles: number): number {
    return this.ports.busy.reduce((a, b) => a + b, 0) / (this.ports.busy.length * cycles);
  }
}
