import {box, count, quantity, type BoxValues} from '../config/parameter.ts';
import type {Engine} from '../engine/engine.ts';
import {Servers} from '../engine/servers.ts';
import {type Bursts, mostLines} from './bursts.ts';
import type {Crossbar} from './crossbar.ts';
import type {Loads} from './loads.ts';
import type {MemoryMap} from './memory-map.ts';
import {Kind, Requests} from './requests.ts';
import {lineBytes, SectoredCache, sectorBytes, sectorCount} from './sectored-cache.ts';

/** The load-store unit and the first-level cache. */
export const l1 = box('l1', 'the load-store unit and the first-level cache, which cp.async passes by', {
  capacity: quantity('B', 'of L1 and shared memory together', {min: 1}),
  ways: count('lines a set holds', {max: 1024}),
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

/** Wavefronts that sectors of a line take on their way into the array. */
function filling(sectors: number): number {
  return (sectorCount[sectors]! * sectorBytes) / lineBytes;
}

/**
 * Wavefronts a line takes from the array to registers. A line lies across all banks as 128 B of shared memory do, so sectors of
 * several lines go as one where they lie in different banks: as many wavefronts as lines meet in a sector's banks, among all lines.
 */
function passing({count, sectors}: Lines): number {
  let most = 0;
  for (let sector = 1; sector < 16; sector <<= 1) {
    let lines = 0;
    for (let i = 0; i < count; i++) if ((sectors[i]! & sector) !== 0) lines++;
    if (lines > most) most = lines;
  }
  return most / count;
}

/** The port of the array that shared memory and L1 are. */
interface SharedPort {
  /** A copy's data arrive, and take so many wavefronts; returns when they are there. */
  write(sm: number, time: number, wavefronts: number): number;
  /** What L1 holds is read; returns when its turn comes. */
  readHit(sm: number, time: number, wavefronts: number): number;
  /** A load's data arrive, or go on to registers; returns when their turn comes. */
  takeIn(sm: number, time: number, wavefronts: number): number;
}

/** Splits global accesses into lines, holds what may not leave yet, and takes in what comes back. */
export class L1 {
  /** Set by the machine: all lines of a warp instruction are where they belong, at `time`. */
  complete!: (load: number, time: number) => void;
  /** Set by the machine: the unit of an SM takes instructions again. */
  accepts!: (sm: number) => void;

  /** Set by a machine whose copies travel in bursts. */
  bursts: Bursts | undefined;

  sectorsFilled = 0;
  private readonly tags: SectoredCache;
  private readonly units: Servers;
  /** Lines of each SM on their way. */
  private readonly inFlight: Int32Array;
  /** Requests that wait for a place, a list an SM; and how many lines wait in all. */
  private readonly firstHeld: Int32Array;
  private readonly lastHeld: Int32Array;
  private readonly held: Int32Array;
  /** Copies that wait for room for all their lines, a list an SM. */
  private readonly firstHeldLoad: Int32Array;
  private readonly lastHeldLoad: Int32Array;
  private readonly hit: number;
  private readonly engine: Engine;
  private readonly values: BoxValues<typeof l1>;
  private readonly requests: Requests;
  private readonly loads: Loads;
  private readonly map: MemoryMap;
  private readonly crossbar: Crossbar;
  private readonly sharedMemory: SharedPort;

  constructor(
    engine: Engine,
    values: BoxValues<typeof l1>,
    sms: number,
    cacheBytes: number,
    parts: {map: MemoryMap; requests: Requests; loads: Loads; crossbar: Crossbar; sharedMemory: SharedPort},
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
    this.firstHeldLoad = new Int32Array(sms).fill(-1);
    this.lastHeldLoad = new Int32Array(sms).fill(-1);
    this.hit = engine.kind((load) => this.lineDone(load, engine.now));
  }

  /** Whether the unit of an SM would take another warp instruction now. */
  open(sm: number): boolean {
    return this.held[sm]! < this.values.instructions * 4;
  }

  /** cp.async: every line goes to L2, in a burst if the machine has such and there is room for all. */
  copy(sm: number, load: number, lines: Lines): void {
    if (this.bursts && lines.count <= mostLines) {
      this.bursts.prepare(sm, load, lines);
      if (this.firstHeld[sm] === -1 && this.firstHeldLoad[sm] === -1 && this.hasRoom(sm, lines.count)) this.sendTogether(sm, load);
      else this.hold(sm, load);
      return;
    }
    for (let i = 0; i < lines.count; i++) this.send(this.take(Kind.read, lines, i, sm, load));
  }

  /** A load through L1. */
  load(sm: number, load: number, lines: Lines): void {
    const {tags, requests, engine, values} = this;
    const wavefronts = passing(lines);
    this.loads.wavefrontsPerLine[load] = wavefronts;
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
        const turn = this.sharedMemory.readHit(sm, engine.now, wavefronts);
        engine.at(Math.ceil(Math.max(passed - 1, turn) + values.hitLatency), this.hit, load);
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

  /** Lines that travelled together are here. */
  arriveTogether(load: number): void {
    const {loads} = this;
    const sm = loads.sm[load]!;
    const sectors = loads.burstSectors[load]!;
    const lines = loads.burstLines[load]!;
    this.sectorsFilled += sectors;
    this.inFlight[sm]! -= lines;
    this.refill(sm);
    const end = this.sharedMemory.write(sm, this.engine.now, sectors * sectorBytes * loads.wavefrontsPerByte[load]!);
    if (end > loads.ready[load]!) loads.ready[load] = end;
    if ((loads.lines[load]! -= lines) === 0) this.complete(load, loads.ready[load]!);
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
    // How long it takes alone to be written and read is part of the latencies.
    this.lineDone(load, this.sharedMemory.takeIn(sm, engine.now, filling(sectors) + loads.wavefrontsPerLine[load]!));
    const entry = tags.find(sm, line);
    if (entry === -1) return;
    tags.valid[entry]! |= sectors;
    tags.pending[entry]! &= ~sectors;
    let waiter = tags.waiters[entry]!;
    tags.waiters[entry] = -1;
    while (waiter !== -1) {
      const next = requests.next(waiter);
      if ((requests.sectors(waiter) & ~tags.valid[entry]!) === 0) {
        const other = requests.owner(waiter);
        this.lineDone(other, this.sharedMemory.takeIn(sm, engine.now, loads.wavefrontsPerLine[other]!));
        requests.release(waiter);
      } else {
        requests.setNext(waiter, tags.waiters[entry]!);
        tags.waiters[entry] = waiter;
      }
      waiter = next;
    }
  }

  private take(kind: number, lines: Lines, i: number, sm: number, load: number): number {
    const line = lines.line[i]!;
    return this.requests.take(kind, line, this.map.channelOf(line), lines.sectors[i]!, sm, load);
  }

  private send(request: number): void {
    const {requests, values} = this;
    const sm = requests.sm(request);
    if (this.hasRoom(sm, 1)) {
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

  /** A line has come. */
  private freePlace(sm: number): void {
    this.inFlight[sm]!--;
    this.refill(sm);
  }

  /** Places that are free go to the requests that have waited longest, then to copies whose lines travel together. */
  private refill(sm: number): void {
    const {requests, loads} = this;
    const wasOpen = this.open(sm);
    for (let request = this.firstHeld[sm]!; request !== -1 && this.hasRoom(sm, 1); request = this.firstHeld[sm]!) {
      this.firstHeld[sm] = requests.next(request);
      this.held[sm]!--;
      this.send(request);
    }
    for (let load = this.firstHeldLoad[sm]!; load !== -1 && this.hasRoom(sm, loads.burstLines[load]!); load = this.firstHeldLoad[sm]!) {
      this.firstHeldLoad[sm] = loads.next[load]!;
      this.held[sm]! -= loads.burstLines[load]!;
      this.sendTogether(sm, load);
    }
    if (!wasOpen && this.open(sm)) this.accepts(sm);
  }

  /** Whether so many lines may leave now; more than there are places leave when nothing else is on its way. */
  private hasRoom(sm: number, lines: number): boolean {
    return this.inFlight[sm]! + lines <= this.values.lines || this.inFlight[sm] === 0;
  }

  private sendTogether(sm: number, load: number): void {
    const lines = this.loads.burstLines[load]!;
    const apart = 1 / this.values.linesPerCycle;
    this.inFlight[sm]! += lines;
    const passed = this.units.reserve(sm, this.engine.now, lines * apart);
    this.bursts!.send(load, this.crossbar.reachesSlice(passed - (lines - 1) * apart + this.values.missLatency));
  }

  private hold(sm: number, load: number): void {
    const {loads} = this;
    loads.next[load] = -1;
    if (this.firstHeldLoad[sm] === -1) this.firstHeldLoad[sm] = load;
    else loads.next[this.lastHeldLoad[sm]!] = load;
    this.lastHeldLoad[sm] = load;
    this.held[sm]! += loads.burstLines[load]!;
  }

  private lineDone(load: number, time: number): void {
    const {loads} = this;
    if (time > loads.ready[load]!) loads.ready[load] = time;
    if (--loads.lines[load]! === 0) this.complete(load, loads.ready[load]!);
  }
}
