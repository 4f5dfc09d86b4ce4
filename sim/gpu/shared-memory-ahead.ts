import type {BoxValues} from '../config/parameter.ts';
import {Flows} from '../engine/flows.ts';
import {Servers} from '../engine/servers.ts';
import type {sharedMemory} from './shared-memory.ts';

/** Cycles within which accesses to a port are served side by side: a few reads long. */
const width = 32;
/** Windows that are kept at once, a ring: more cycles than lie between the earliest access asked for and the latest. */
const windows = 512;

/**
 * The port of every SM's shared memory, told of reads before they come: a warp says which reads its run of MMAs will make, and
 * asks, when it has come to the last of them, how far the port is behind.
 */
export class SharedMemoryAhead {
  wavefronts = 0;
  private readonly ports: Flows;
  /** Accesses that nobody has announced wait for each other as well. */
  private readonly oneByOne: Servers;
  private readonly registerPorts: Servers;
  private readonly values: BoxValues<typeof sharedMemory>;

  constructor(values: BoxValues<typeof sharedMemory>, sms: number, subcores: number) {
    this.values = values;
    this.ports = new Flows(sms, width, windows);
    this.oneByOne = new Servers(sms);
    this.registerPorts = new Servers(sms * subcores);
  }

  /** Reads of `count` wavefronts each will come at `first`, at `last`, and evenly between. Returns when the registers could hold them. */
  announce(sm: number, subcore: number, first: number, last: number, reads: number, count: number): number {
    const {latency, wavefrontLatency} = this.values;
    this.wavefronts += reads * count;
    this.ports.add(sm, first, last + count, reads * count);
    return this.registerPorts.reserve(subcore, first + latency, reads * count * wavefrontLatency);
  }

  /** How much later than it was asked for at `time` a read is accepted. */
  behind(sm: number, time: number): number {
    return this.ports.behind(sm, time);
  }

  /** When registers hold a read that was accepted at `time`. */
  read(time: number, count: number): number {
    return time + this.values.latency + count * this.values.wavefrontLatency;
  }

  /** A read or write comes at `time`; returns when it is accepted. */
  accept(sm: number, time: number, count: number): number {
    this.wavefronts += count;
    const accepted = this.oneByOne.reserve(sm, time + this.ports.behind(sm, time), count) - count;
    this.ports.add(sm, time, time + count, count);
    return accepted;
  }

  /** When the registers of a sub-core hold what the port accepted at `time`. */
  filled(subcore: number, time: number, count: number): number {
    return this.registerPorts.reserve(subcore, time + this.values.latency, count * this.values.wavefrontLatency);
  }

  write(sm: number, time: number, count: number): number {
    return this.accept(sm, time, count) + count;
  }

  /** Wavefronts of copies have come one after the other over a time; returns when all are written. */
  written(sm: number, from: number, to: number, count: number): number {
    this.wavefronts += count;
    this.ports.add(sm, from, to, count);
    return to + Math.max(1, this.ports.behind(sm, to));
  }

  utilisation(cycles: number): number {
    return this.ports.busy.reduce((a, b) => a + b, 0) / (this.ports.busy.length * cycles);
  }
}
