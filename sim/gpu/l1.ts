import {box, count, quantity, type BoxValues} from '../config/parameter.ts';
import type {Engine} from '../engine/engine.ts';
import {Servers} from '../engine/servers.ts';
import type {Crossbar} from './crossbar.ts';
import type {Loads} from './loads.ts';
import type {MemoryMap} from './memory-map.ts';
import {Kind, Requests} from './requests.ts';
import {SectoredCache, sectorBytes, sectorCount} from './sectored-cache.ts';
import type {SharedMemory} from './shared-memory.ts';

/** The load-store unit and the first-level cache. */
export const l1 = box('l1', 'the load-store unit and the first-level cache, which cp.async passes by', {
  capacity: quantity('B', 'of L1 and shared memory together', {min: 1}),
  ways: count('lines a set holds', {max: 64}),
  linesPerCycle: count('lines the coalescer takes from a warp instruction each cycle', {max: 4}),
  hitLatency: quantity('clk', 'from issue to the register, found in L1'),
  missLatency: quantity('clk', 'from issue to the crossbar'),
  lines: count('lines on their way at once: miss-status registers', {max: 4096}),
  instructions: count('warp instructions that may wait for such a place before the next is refused', {max: 64}),
});

/** One warp instruction's lines, coalesced. */
export interface Lines {
  readonly line: Int32Array;
  readonly sectors: Uint8Array;
  count: number;
}

/** Splits global accesses into lines, holds what may not leave yet, and takes in what comes back. */
export class L1 {
  /** Set by the machine: all lines of a warp instruction are where they belong, at `time`. */
  complete!: (load: number, time: number) => void;
  /** Set by the machine: the unit of an SM takes instructions again. */
  accepts!: (sm: number) => void;

  sectorsFilled = 0;
  private readonly tags: SectoredCache;
  private readonly units: Servers;
  /** Lines of each SM on their way. */
  private readonly inFlight: Int32Array;
  /** Requests that wait for a place, a list an SM. */
  private readonly firstHeld: Int32Array;
  private readonly lastHeld: Int32Array;
  private readonly held: Int32Array;
  private readonly hit: number;
  private readonly engine: Engine;
  private readonly values: BoxValues<typeof l1>;
  private readonly requests: Requests;
  private readonly loads: Loads;
  private readonly map: MemoryMap;
  private readonly crossbar: Crossbar;
  private readonly sharedMemory: SharedMemory;

  constructor(
    engine: Engine,
    values: BoxValues<typeof l1>,
    sms: number,
    cacheBytes: number,
    parts: {map: MemoryMap; requests: Requests; loads: Loads; crossbar: Crossbar; sharedMemory: SharedMemory},
  ) {
    this.engine = engine;
    this.values = values;
    this.map = parts.map;
    this.requests = parts.requests;
    this.loads = parts.loads;
    this.crossbar = parts.crossbar;
    this.sharedMemory = parts.sharedMemory;
    this.tags = new SectoredCache(sms, cacheBytes, values.ways);
    this.units = new Servers(sms);
    this.inFlight = new Int32Array(sms);
    this.firstHeld = new Int32Array(sms).fill(-1);
    this.lastHeld = new Int32Array(sms).fill(-1);
    this.held = new Int32Array(sms);
    this.hit = engine.kind((load) => this.lineDone(load, engine.now));
  }

  /** Whether the unit of an SM would take another warp instruction now. */
  open(sm: number): boolean {
    return this.held[sm]! < this.values.instructions * 4;
  }

  /** cp.async: every line goes to L2. */
  copy(sm: number, load: number, lines: Lines): void {
    for (let i = 0; i < lines.count; i++) this.send(this.take(Kind.read, lines, i, sm, load));
  }

  /** A load through L1. */
  load(sm: number, load: number, lines: Lines): void {
    const {tags, requests, engine, values} = this;
    for (let i = 0; i < lines.count; i++) {
      const line = lines.line[i]!;
      const sectors = lines.sectors[i]!;
      let entry = tags.find(sm, line);
      if (entry === -1) {
        entry = tags.victim(sm, line);
        if (entry !== -1) tags.install(entry, line);
      }
      if (entry !== -1 && (sectors & ~tags.valid[entry]!) === 0) {
        const passed = this.units.reserve(sm, engine.now, 1 / values.linesPerCycle);
        engine.at(Math.ceil(passed - 1 + values.hitLatency), this.hit, load);
        continue;
      }
      const request = this.take(Kind.read, lines, i, sm, load);
      if (entry !== -1) {
        const wanted = sectors & ~tags.valid[entry]! & ~tags.pending[entry]!;
        if (wanted === 0) {
          requests.setNext(request, tags.waiters[entry]!);
          tags.waiters[entry] = request;
          continue;
        }
        tags.pending[entry]! |= sectors;
      }
      this.send(request);
    }
  }

  /** Stores are posted: they need a port, no place. */
  store(sm: number, lines: Lines): void {
    for (let i = 0; i < lines.count; i++) {
      const passed = this.units.reserve(sm, this.engine.now, 1 / this.values.linesPerCycle);
      this.crossbar.store(this.take(Kind.write, lines, i, sm, -1), passed + this.values.missLatency);
    }
  }

  /** A line came back over the crossbar. */
  arrive(request: number): void {
    const {requests, loads, tags, engine} = this;
    const sm = requests.sm(request);
    const load = requests.owner(request);
    const sectors = requests.sectors(request);
    const line = requests.line(request);
    requests.release(request);
    this.sectorsFilled += sectorCount[sectors]!;
    this.freePlace(sm);
    const perByte = loads.wavefrontsPerByte[load]!;
    if (perByte > 0) {
      this.lineDone(load, this.sharedMemory.write(sm, engine.now, sectorCount[sectors]! * sectorBytes * perByte));
      return;
    }
    this.lineDone(load, engine.now);
    const entry = tags.find(sm, line);
    if (entry === -1) return;
    tags.valid[entry]! |= sectors;
    tags.pending[entry]! &= ~sectors;
    let waiter = tags.waiters[entry]!;
    tags.waiters[entry] = -1;
    while (waiter !== -1) {
      const next = requests.next(waiter);
      if ((requests.sectors(waiter) & ~tags.valid[entry]!) === 0) {
        this.lineDone(requests.owner(waiter), engine.now);
        requests.release(waiter);
      } else {
        requests.setNext(waiter, tags.waiters[entry]!);
        tags.waiters[entry] = waiter;
      }
      waiter = next;
    }
  }

  reset(): void {
    this.tags.reset();
    this.units.reset();
    this.inFlight.fill(0);
    this.firstHeld.fill(-1);
    this.held.fill(0);
    this.sectorsFilled = 0;
  }

  private take(kind: number, lines: Lines, i: number, sm: number, load: number): number {
    const line = lines.line[i]!;
    return this.requests.take(kind, line, this.map.channelOf(line), lines.sectors[i]!, sm, load);
  }

  private send(request: number): void {
    const {requests, values} = this;
    const sm = requests.sm(request);
    if (this.inFlight[sm]! < values.lines) {
      this.inFlight[sm]!++;
      const passed = this.units.reserve(sm, this.engine.now, 1 / values.linesPerCycle);
      this.crossbar.request(request, passed + values.missLatency);
      return;
    }
    if (this.firstHeld[sm] === -1) this.firstHeld[sm] = request;
    else requests.setNext(this.lastHeld[sm]!, request);
    this.lastHeld[sm] = request;
    this.held[sm]!++;
  }

  /** A line has come: its place goes to the request that has waited longest. */
  private freePlace(sm: number): void {
    this.inFlight[sm]!--;
    const request = this.firstHeld[sm]!;
    if (request === -1) return;
    this.firstHeld[sm] = this.requests.next(request);
    const wasOpen = this.open(sm);
    this.held[sm]!--;
    this.send(request);
    if (!wasOpen && this.open(sm)) this.accepts(sm);
  }

  private lineDone(load: number, time: number): void {
    const {loads} = this;
    if (time > loads.ready[load]!) loads.ready[load] = time;
    if (--loads.lines[load]! === 0) this.complete(load, loads.ready[load]!);
  }
}
