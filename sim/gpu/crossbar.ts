import {box, quantity, type BoxValues} from '../config/parameter.ts';
import type {Engine} from '../engine/engine.ts';
import {Servers} from '../engine/servers.ts';
import {Requests} from './requests.ts';
import {sectorBytes, sectorCount} from './sectored-cache.ts';
import type {Topology} from './topology.ts';

/** The network between SMs and L2 slices. */
export const crossbar = box(
  'crossbar',
  'the network between SMs and L2 slices: requests by slice, data back through the port of the GPC and of the SM',
  {
    requestLatency: quantity('clk', 'an SM to a slice of its partition'),
    responseLatency: quantity('clk', 'a slice of its partition back to the SM'),
    gpcBandwidth: quantity('B/clk', 'what the SMs of one GPC receive together', {min: 1}),
    smBandwidth: quantity('B/clk', 'what one SM receives', {min: 1}),
    storeBandwidth: quantity('B/clk', 'what one SM sends', {min: 1}),
  },
);

/** A request crosses to its slice, and back through the ports of the GPC and of the SM. */
export class Crossbar {
  /** Set by the machine: a request reaches its slice; data reach their SM. */
  atSlice!: (request: number) => void;
  atSm!: (request: number) => void;

  private readonly gpcPorts: Servers;
  private readonly smPorts: Servers;
  private readonly storePorts: Servers;
  private readonly slice: number;
  private readonly gpc: number;
  private readonly landed: number;
  private readonly engine: Engine;
  private readonly values: BoxValues<typeof crossbar>;
  private readonly requests: Requests;
  private readonly topology: Topology;

  constructor(engine: Engine, values: BoxValues<typeof crossbar>, topology: Topology, requests: Requests) {
    this.engine = engine;
    this.values = values;
    this.requests = requests;
    this.topology = topology;
    this.gpcPorts = new Servers(topology.gpcs);
    this.smPorts = new Servers(topology.sms);
    this.storePorts = new Servers(topology.sms);
    this.slice = engine.kind((request) => this.atSlice(request));
    // An SM hangs on one GPC, so data reach its port in the order in which they passed the GPC's: one event reserves both.
    this.gpc = engine.kind((request) => {
      const sm = requests.sm(request);
      const bytes = this.bytes(request);
      const passed = this.gpcPorts.reserve(topology.gpcOfSm[sm]!, engine.now, bytes / values.gpcBandwidth);
      engine.at(Math.ceil(this.smPorts.reserve(sm, passed + values.responseLatency, bytes / values.smBandwidth)), this.landed, request);
    });
    this.landed = engine.kind((request) => this.atSm(request));
  }

  /** Sends a read request that leaves its SM at `time`. */
  request(request: number, time: number): void {
    this.engine.at(Math.ceil(time + this.values.requestLatency), this.slice, request);
  }

  /** Sends a store, its data with it; returns when the SM's port is done with it. */
  store(request: number, time: number): number {
    const end = this.storePorts.reserve(this.requests.sm(request), time, this.bytes(request) / this.values.storeBandwidth);
    this.engine.at(Math.ceil(end + this.values.requestLatency), this.slice, request);
    return end;
  }

  /** Sends a slice's data, ready at `time`, back to the SM that asked. */
  respond(request: number, time: number): void {
    this.engine.at(time, this.gpc, request);
  }

  /** When what leaves its SM at `time` is at its slice. */
  reachesSlice(time: number): number {
    return Math.ceil(time + this.values.requestLatency);
  }

  /** Sends lines of one SM back together, now that all are ready. Returns when the last is there: ports carry them as long as one by one. */
  respondTogether(sm: number, lines: number, sectors: number): number {
    const {engine, values} = this;
    const bytes = sectors * sectorBytes;
    const gpcTime = bytes / values.gpcBandwidth;
    const started = this.gpcPorts.reserve(this.topology.gpcOfSm[sm]!, engine.now, gpcTime) - gpcTime;
    return this.smPorts.reserve(sm, started + gpcTime / lines + values.responseLatency, bytes / values.smBandwidth);
  }

  /** Share of the GPC ports' cycles in use over `cycles`. */
  utilisation(cycles: number): number {
    return this.gpcPorts.busy.reduce((a, b) => a + b, 0) / (this.gpcPorts.busy.length * cycles);
  }

  private bytes(request: number): number {
    return sectorCount[this.requests.sectors(request)]! * sectorBytes;
  }
}
