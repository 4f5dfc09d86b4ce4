import type {BoxValues} from '../config/parameter.ts';
import type {Engine} from '../engine/engine.ts';
import {Servers} from '../engine/servers.ts';
import {Windows} from '../engine/windows.ts';
import type {l2} from './l2.ts';
import type {MemoryMap} from './memory-map.ts';
import {Kind, type Requests} from './requests.ts';
import {sectorBytes, sectorCount} from './sectored-cache.ts';
import {SlicePorts} from './slice-ports.ts';
import {TimedTags} from './timed-tags.ts';
import type {Topology} from './topology.ts';

/** Cycles of a window of the links, and windows of a ring: DRAM is never asked for so many cycles ahead. */
const [width, windows] = [64, 1024];

/**
 * The L2 of `detailed`. What `reference` does in an event a hop is worked out at once, when a line reaches the slice of its
 * reader: whether it is there, where it comes from, and when it leaves again. Slices serve in the order in which they are asked;
 * a link between partitions is taken at the time at which the data will come to it.
 */
export class L2Ahead {
  /** Set by the machine: data leave a slice for an SM; when sectors asked of DRAM at `time` are here; sectors go to DRAM. */
  respond!: (request: number, time: number) => void;
  readDram!: (line: number, sectors: number, time: number) => number;
  writeDram!: (line: number, sectors: number, time: number) => void;

  /** Sectors read by SMs, and those of them that the slice of their own partition held or had on the way. */
  sectorsRead = 0;
  sectorsHit = 0;
  sectorsWritten = 0;
  /** Sectors that crossed between partitions. */
  sectorsLinked = 0;
  readonly slices: SlicePorts;

  private readonly tags: TimedTags;
  /** One link from each partition to the others. */
  private readonly links: Windows;
  /** Stores cross on a network of their own, in the order in which they come. */
  private readonly storeLinks: Servers;
  /** Cycles that a slice's data port takes for so many sectors. */
  private readonly service: Float64Array;
  private readonly engine: Engine;
  private readonly values: BoxValues<typeof l2>;
  private readonly map: MemoryMap;
  private readonly requests: Requests;
  private readonly partitionOfSm: Uint8Array;
  private lastStored = 0;

  constructor(engine: Engine, values: BoxValues<typeof l2>, topology: Topology, map: MemoryMap, requests: Requests) {
    this.engine = engine;
    this.values = values;
    this.map = map;
    this.requests = requests;
    this.partitionOfSm = topology.partitionOfSm;
    const slices = values.partitions * values.slices;
    this.tags = new TimedTags(values.partitions, values.capacity, values.ways, map);
    this.slices = new SlicePorts(slices);
    this.storeLinks = new Servers(values.partitions);
    this.links = new Windows(values.partitions, width, windows);
    this.service = Float64Array.from({length: 5}, (_, sectors) => Math.max(1, (sectors * sectorBytes) / values.bandwidth));
  }

  /** A request from an SM reaches its own partition. A store goes on to the line's home, its data with it. */
  arrive(request: number): void {
    const {requests, engine} = this;
    this.tags.next();
    const sm = requests.sm(request);
    const sectors = requests.sectors(request);
    if (requests.kind(request) === Kind.read) {
      this.respond(request, Math.ceil(this.read(this.partitionOfSm[sm]!, requests.line(request), sectors, engine.now)));
      return;
    }
    this.write(this.partitionOfSm[sm]!, requests.line(request), requests.channel(request), sectors);
    requests.release(request);
  }

  /**
   * Lines of a copy reach their slices, the first now and the others `apart` cycles after each other. Returns when all their
   * sectors have left the slices.
   */
  readTogether(sm: number, line: Int32Array, sectors: Uint8Array, first: number, count: number, apart: number): number {
    const near = this.partitionOfSm[sm]!;
    let last = 0;
    let time = this.engine.now;
    this.tags.next();
    for (let i = first; i < first + count; i++) {
      const ready = this.read(near, line[i]!, sectors[i]!, time);
      if (ready > last) last = ready;
      time += apart;
    }
    return last;
  }

  /**
   * Passes one access through the tags without time, as a finished kernel before this one would have.
   * `write`: dirties the home, whose lines wait there to be written back in this run; otherwise reads through the partition of `sm`.
   */
  touch(sm: number, line: number, sectors: number, write: boolean): void {
    const home = this.map.homeOf(this.map.channelOf(line));
    this.tags.next();
    const near = write ? home : this.partitionOfSm[sm]!;
    const missing = this.touchIn(near, line, sectors, write);
    if (near !== home && missing) this.touchIn(home, line, sectors, false);
  }

  /** Share of the slices' data cycles in use over `cycles`. */
  utilisation(cycles: number): number {
    return this.slices.busy.reduce((a, b) => a + b, 0) / (this.slices.busy.length * cycles);
  }

  /** When the last store so far is where it belongs. */
  settled(): number {
    return this.lastStored;
  }

  /** Sectors of a line are asked for in a partition at `time`; returns when they have left its slice. */
  private read(near: number, line: number, sectors: number, time: number): number {
    const {tags} = this;
    const count = sectorCount[sectors]!;
    const service = this.service[count]!;
    this.sectorsRead += count;
    const place = tags.placeOf(near, line);
    if ((sectors & ~tags.valid(place)) !== 0) return this.miss(near, line, sectors, time, place);
    const slice = tags.use(place);
    const ready = tags.ready(place);
    if (ready > time) {
      const early = tags.asked(place) - time;
      // Who comes before another partition's request has crossed over is the first to ask.
      if (early > 0) tags.hasten(place, early);
      else this.sectorsHit += count;
      // What has just come is passed on without another look at the tags.
      return this.slices.book(slice, ready - Math.max(0, early), service);
    }
    if (ready > 0) tags.come(place);
    this.sectorsHit += count;
    return this.slices.serve(slice, time, service) + this.values.latency;
  }

  /** Sectors that a partition lacks are sent for at `time`; returns when all are there. */
  private miss(near: number, line: number, sectors: number, time: number, place: number): number {
    const {tags, map, values} = this;
    const count = sectorCount[sectors]!;
    this.makeRoom(near, line, place, time);
    const wanted = sectors & ~tags.valid(place);
    // What is already on its way is no miss: nothing is fetched for it.
    this.sectorsHit += count - sectorCount[wanted]!;
    const service = this.service[count]!;
    const slice = tags.use(place);
    const tagged = this.slices.serve(slice, time, 1);
    const home = map.homeOf(map.channelOf(line));
    const there = home === near ? this.readDram(line, wanted, tagged) : this.fetch(home, line, wanted, tagged + values.linkLatency);
    tags.fill(place, wanted, time, there);
    return this.slices.book(slice, Math.max(there, tags.ready(place)), service);
  }

  /** Sectors that another partition lacks are asked for at their home at `time`; returns when they have crossed over. */
  private fetch(home: number, line: number, sectors: number, time: number): number {
    const {tags, values, links} = this;
    const {now} = this.engine;
    const count = sectorCount[sectors]!;
    const service = this.service[count]!;
    const place = tags.placeOf(home, line);
    this.makeRoom(home, line, place, now);
    const slice = tags.use(place);
    const wanted = sectors & ~tags.valid(place);
    if (wanted !== 0) tags.fill(place, wanted, time, this.readDram(line, wanted, this.slices.book(slice, time, 1)));
    const there = tags.ready(place);
    const delay = there > time ? 0 : values.latency;
    const at = Math.max(time, there);
    this.sectorsLinked += count;
    const crossing = (count * sectorBytes) / values.linkBandwidth;
    return Math.max(this.slices.book(slice, at, service), links.reserve(home, at, crossing) + crossing) + delay + values.linkLatency;
  }

  /** A store goes to the line's home, which alone may hold it dirty; a copy in another partition goes stale. */
  private write(near: number, line: number, channel: number, sectors: number): void {
    const {tags, values} = this;
    const {now} = this.engine;
    const home = this.map.homeOf(channel);
    const count = sectorCount[sectors]!;
    let time = this.slices.serve(channel, now, this.service[count]!);
    if (near !== home) {
      const crossing = (count * sectorBytes) / values.linkBandwidth;
      time = Math.max(time, this.storeLinks.reserve(near, now, crossing) + values.linkLatency);
    }
    if (time > this.lastStored) this.lastStored = time;
    const place = tags.placeOf(home, line);
    this.makeRoom(home, line, place, time);
    tags.use(place);
    tags.soil(place, sectors);
    for (let p = 0; p < values.partitions; p++) if (p !== home) tags.drop(tags.placeOf(p, line), sectors);
    this.sectorsWritten += count;
  }

  /** Sees that a partition has a line in its tags; what another leaves behind is written back. */
  private makeRoom(partition: number, line: number, place: number, time: number): void {
    const {tags} = this;
    if (tags.holds(place)) return;
    const entry = tags.victim(partition, line);
    const soiled = tags.soiled(entry);
    if (soiled !== -1) this.writeDram(tags.lineOf(soiled), tags.dirty(soiled), time);
    tags.install(entry, place);
  }

  /** Returns whether any sector was missing. What was dirty and is evicted went to DRAM in the run before. */
  private touchIn(partition: number, line: number, sectors: number, write: boolean): boolean {
    const {tags} = this;
    const place = tags.placeOf(partition, line);
    if (!tags.holds(place)) tags.install(tags.victim(partition, line), place);
    tags.use(place);
    const missing = (sectors & ~tags.valid(place)) !== 0;
    if (write) tags.soil(place, sectors);
    else tags.put(place, sectors);
    return missing;
  }
}
