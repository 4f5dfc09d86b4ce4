import {box, count, quantity, type BoxValues} from '../config/parameter.ts';
import type {Engine} from '../engine/engine.ts';
import {Servers} from '../engine/servers.ts';
import type {MemoryMap} from './memory-map.ts';
import {Kind, Requests} from './requests.ts';
import {SectoredCache, sectorBytes, sectorCount} from './sectored-cache.ts';
import type {Topology} from './topology.ts';

/** The second-level cache. */
export const l2 = box(
  'l2',
  'the second-level cache: partitions that each cache what their own SMs read, in hashed slices of sectored lines, written back',
  {
    capacity: quantity('B', 'of all partitions together', {min: 1}),
    partitions: count('halves with their own crossbar; a line has its home in one, and a copy where it is read', {max: 4}),
    slices: count('in each partition', {max: 128}),
    ways: count('lines a set holds', {max: 64}),
    bandwidth: quantity('B/clk', 'of data a slice delivers', {min: 1}),
    latency: quantity('clk', 'from a slice accepting a request to its data, tags included'),
    linkBandwidth: quantity('B/clk', 'between two partitions, each way: what is read from the other one, and as much for stores to it', {min: 1}),
    linkLatency: quantity('clk', 'between two partitions, one way'),
  },
);

/** How many cycles a request waits before it tries again when every way of its set has data on the way. */
const retryInterval = 16;

/**
 * A request meets its line's slice in the SM's own partition. There it hits, joins a miss already under way, or misses: then
 * the line is fetched from its home, the DRAM behind this partition or the slice of the same number in the other one, which
 * keeps the line as well.
 */
export class L2 {
  /** Set by the machine: data leave a slice for an SM; a home line must come from, or go to, DRAM. */
  respond!: (request: number, time: number) => void;
  readDram!: (line: number, sectors: number, entry: number, time: number) => void;
  writeDram!: (line: number, sectors: number) => void;

  /** Sectors read by SMs, and those of them that the slice of their own partition held or had on the way. */
  sectorsRead = 0;
  sectorsHit = 0;
  sectorsWritten = 0;
  /** Sectors that crossed between partitions. */
  sectorsLinked = 0;

  private readonly tags: SectoredCache;
  readonly slices: Servers;
  /** One link from each partition to the others. */
  private readonly links: Servers;
  /** Requests, and stores with them, cross on a network of their own: if replies could wait for them, the two might wait for each other. */
  private readonly storeLinks: Servers;
  private readonly atHome: number;
  private readonly filled: number;
  private readonly retry: number;
  private readonly engine: Engine;
  private readonly values: BoxValues<typeof l2>;
  private readonly map: MemoryMap;
  private readonly requests: Requests;
  private readonly partitionOfSm: Uint8Array;

  constructor(engine: Engine, values: BoxValues<typeof l2>, topology: Topology, map: MemoryMap, requests: Requests) {
    this.engine = engine;
    this.values = values;
    this.map = map;
    this.requests = requests;
    this.partitionOfSm = topology.partitionOfSm;
    const slices = values.partitions * values.slices;
    this.tags = new SectoredCache(slices, values.capacity / slices, values.ways, map.channels, values.partitions);
    this.slices = new Servers(slices);
    this.links = new Servers(values.partitions);
    this.storeLinks = new Servers(values.partitions);
    this.atHome = engine.kind((request) => (requests.kind(request) === Kind.write ? this.write(request) : this.look(request, this.home(request))));
    this.filled = engine.kind((request) => this.fill(request));
    this.retry = engine.kind((request) => this.look(request, this.near(request)));
  }

  /** A request from an SM reaches its own partition. A store goes on to the line's home, its data with it. */
  arrive(request: number): void {
    const {requests, engine, values} = this;
    if (requests.kind(request) === Kind.read) this.look(request, this.near(request));
    else if (this.near(request) === this.home(request)) this.write(request);
    else {
      const crossed = this.storeLinks.reserve(this.near(request), engine.now, this.bytes(request) / values.linkBandwidth);
      engine.at(Math.ceil(crossed + values.linkLatency), this.atHome, request);
    }
  }

  /** DRAM delivered sectors of the home line in `entry`. */
  deliver(entry: number, sectors: number): void {
    this.settle(entry, sectors);
  }

  /**
   * Passes one access through the tags without time, as a finished kernel before this one would have.
   * `write`: dirties the home, whose lines wait there to be written back in this run; otherwise reads through the partition of `sm`.
   */
  touch(sm: number, line: number, sectors: number, write: boolean): void {
    const channel = this.map.channelOf(line);
    const home = this.map.homeOf(channel);
    const near = write ? home : this.partitionOfSm[sm]!;
    const missing = this.touchIn(this.map.sliceIn(near, channel), line, sectors, write);
    if (near !== home && missing) this.touchIn(channel, line, sectors, false);
  }

  /** Share of the slices' data cycles in use over `cycles`. */
  utilisation(cycles: number): number {
    return this.slices.busy.reduce((a, b) => a + b, 0) / (this.slices.busy.length * cycles);
  }

  /** Returns whether any sector was missing. What was dirty and is evicted went to DRAM in the run before. */
  private touchIn(slice: number, line: number, sectors: number, write: boolean): boolean {
    let entry = this.tags.find(slice, line);
    if (entry === -1) {
      entry = this.tags.victim(slice, line);
      this.tags.install(entry, line);
    }
    const missing = (sectors & ~this.tags.valid[entry]!) !== 0;
    this.tags.valid[entry]! |= sectors;
    if (write) this.tags.dirty[entry]! |= sectors;
    return missing;
  }

  /** Looks for a read's sectors in one partition; sends what is there, and for what is not. */
  private look(request: number, partition: number): void {
    const {tags, requests} = this;
    const line = requests.line(request);
    const channel = requests.channel(request);
    const sectors = requests.sectors(request);
    const slice = this.map.sliceIn(partition, channel);
    const entry = tags.find(slice, line);
    if (entry === -1 || (sectors & ~tags.valid[entry]!) !== 0) {
      this.await(request, line, channel, sectors, slice, entry);
      return;
    }
    if (requests.kind(request) === Kind.read) {
      this.sectorsRead += sectorCount[sectors]!;
      this.sectorsHit += sectorCount[sectors]!;
    }
    this.send(request, slice, this.values.latency);
  }

  /** A request waits for sectors that its slice lacks; those not yet on their way are sent for. `found`: the line's entry, or −1. */
  private await(request: number, line: number, channel: number, sectors: number, slice: number, found: number): void {
    const {tags, requests} = this;
    const entry = found === -1 ? this.allocate(slice, line) : found;
    if (entry === -1) {
      this.engine.at(this.engine.now + retryInterval, requests.kind(request) === Kind.read ? this.retry : this.atHome, request);
      return;
    }
    const wanted = sectors & ~tags.valid[entry]! & ~tags.pending[entry]!;
    if (requests.kind(request) === Kind.read) {
      // What is already on its way is no miss: nothing is fetched for it.
      this.sectorsRead += sectorCount[sectors]!;
      this.sectorsHit += sectorCount[sectors & ~wanted]!;
    }
    requests.setNext(request, tags.waiters[entry]!);
    tags.waiters[entry] = request;
    if (wanted === 0) return;
    tags.pending[entry]! |= wanted;
    const tagged = this.slices.reserve(slice, this.engine.now, 1);
    if (slice === channel) this.readDram(line, wanted, entry, tagged);
    else {
      const fetch = requests.take(Kind.fetch, line, channel, wanted, requests.sm(request), entry);
      this.engine.at(Math.ceil(tagged + this.values.linkLatency), this.atHome, fetch);
    }
  }

  /**
   * The sectors will be there in `latency` cycles: none if they have just come in and are passed on. They leave through the
   * slice's data port, to an SM or over the link to the other partition.
   */
  private send(request: number, slice: number, latency: number): void {
    const {requests, values, engine} = this;
    const bytes = this.bytes(request);
    const ready = this.slices.reserve(slice, engine.now, Math.max(1, bytes / values.bandwidth)) + latency;
    const kind = requests.kind(request);
    if (kind === Kind.read) {
      this.respond(request, Math.ceil(ready));
      return;
    }
    this.sectorsLinked += bytes / sectorBytes;
    const crossed = this.links.reserve(this.home(request), engine.now, bytes / values.linkBandwidth) + latency;
    engine.at(Math.ceil(Math.max(ready, crossed) + values.linkLatency), this.filled, request);
  }

  /** A fetch is back from the other partition. */
  private fill(request: number): void {
    const entry = this.requests.owner(request);
    const sectors = this.requests.sectors(request);
    this.requests.release(request);
    this.settle(entry, sectors);
  }

  /** Sectors have arrived in an entry: those who waited for them, and for nothing else, go on. */
  private settle(entry: number, sectors: number): void {
    const {tags, requests} = this;
    tags.valid[entry]! |= sectors;
    tags.pending[entry]! &= ~sectors;
    const slice = this.sliceOfEntry(entry);
    // The list is in reverse order of arrival; turn it, so that the first to come is the first to go.
    let turned = -1;
    for (let request = tags.waiters[entry]!; request !== -1;) {
      const next = requests.next(request);
      requests.setNext(request, turned);
      turned = request;
      request = next;
    }
    tags.waiters[entry] = -1;
    for (let request = turned; request !== -1;) {
      const next = requests.next(request);
      if ((requests.sectors(request) & ~tags.valid[entry]!) === 0) this.send(request, slice, 0);
      else {
        requests.setNext(request, tags.waiters[entry]!);
        tags.waiters[entry] = request;
      }
      request = next;
    }
  }

  /** A store goes to the line's home, which alone may hold it dirty; a copy in another partition goes stale. */
  private write(request: number): void {
    const {tags, requests, values} = this;
    const line = requests.line(request);
    const sectors = requests.sectors(request);
    const slice = requests.channel(request);
    let entry = tags.find(slice, line);
    if (entry === -1) entry = this.allocate(slice, line);
    if (entry === -1) {
      this.engine.at(this.engine.now + retryInterval, this.atHome, request);
      return;
    }
    tags.valid[entry]! |= sectors;
    tags.dirty[entry]! |= sectors;
    for (let p = 0; p < values.partitions; p++) {
      const other = this.map.sliceIn(p, slice);
      if (other === slice) continue;
      const copy = tags.find(other, line);
      if (copy !== -1) tags.valid[copy]! &= ~sectors;
    }
    this.slices.reserve(slice, this.engine.now, Math.max(1, this.bytes(request) / values.bandwidth));
    this.sectorsWritten += sectorCount[sectors]!;
    requests.release(request);
  }

  /** An entry for a new line, its old one written back; −1: none can be had now. */
  private allocate(slice: number, line: number): number {
    const {tags} = this;
    const entry = tags.victim(slice, line);
    if (entry === -1) return -1;
    if (tags.dirty[entry] !== 0) this.writeDram(tags.line[entry]!, tags.dirty[entry]!);
    tags.install(entry, line);
    return entry;
  }

  /** The partition of the SM that a request is for. */
  private near(request: number): number {
    return this.partitionOfSm[this.requests.sm(request)]!;
  }

  /** The partition behind which the line's DRAM lies. */
  private home(request: number): number {
    return this.map.homeOf(this.requests.channel(request));
  }

  private bytes(request: number): number {
    return sectorCount[this.requests.sectors(request)]! * sectorBytes;
  }

  private sliceOfEntry(entry: number): number {
    return Math.floor(entry / this.tags.entriesPerCache);
  }
}
