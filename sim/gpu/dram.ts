import {box, count, quantity, type BoxValues} from '../config/parameter.ts';
import type {Engine} from '../engine/engine.ts';
import {lengthened, Slots} from '../engine/slots.ts';
import {DramChannel, type ChannelTiming} from './dram-channel.ts';
import {DramTotals} from './dram-totals.ts';
import {DramPlaces} from './dram-places.ts';
import type {MemoryMap} from './memory-map.ts';
import {sectorBytes, sectorCount} from './sectored-cache.ts';

/** The memory behind the L2: one pseudo-channel a home slice. */
export const dram = box('dram', 'HBM behind the L2, one pseudo-channel a slice: banks, rows, first-ready scheduling, the JEDEC gaps', {
  bandwidth: quantity('B/s', 'of all data pins together', {min: 1e9}),
  bankGroups: count('in a pseudo-channel', {max: 8}),
  banksPerGroup: count('banks in a bank group', {max: 4}),
  rowBytes: quantity('B', 'a bank’s row in one pseudo-channel, the page an activation opens', {min: 128}),
  queue: count('requests the scheduler looks at together', {max: 256}),
  writeHigh: count('waiting writes at which a channel turns to writing', {max: 256}),
  writeLow: count('waiting writes at which it turns back', {min: 0, max: 256}),
  latency: quantity('ns', 'outside the DRAM itself: controller, PHY and fill, there and back'),
  tCL: quantity('ns', 'read command to its data'),
  tCWL: quantity('ns', 'write command to its data'),
  tRCD: quantity('ns', 'activation to the first command to its row'),
  tRP: quantity('ns', 'precharge to activation'),
  tRAS: quantity('ns', 'activation to precharge'),
  tRRD: quantity('ns', 'between activations of different banks'),
  tFAW: quantity('ns', 'in which at most four activations fall'),
  tCCDL: quantity('ns', 'between commands to one bank group; to others the data bus alone limits'),
  tRTP: quantity('ns', 'read to precharge'),
  tWR: quantity('ns', 'end of write data to precharge'),
  tWTR: quantity('ns', 'end of write data to a read'),
  tRTW: quantity('ns', 'gap on the data bus from reading to writing'),
  tREFI: quantity('ns', 'between refreshes', {min: 100}),
  tRFC: quantity('ns', 'a refresh takes'),
});

export type DramValues = BoxValues<typeof dram>;

/** `ns` in cycles of a clock. */
function nanoseconds(ns: number, hertz: number): number {
  return (ns * hertz) / 1e9;
}

/** What DRAM takes for everything, in cycles of a clock. */
export function timingOf(values: DramValues, hertz: number, channels: number): ChannelTiming {
  const cycles = (ns: number): number => nanoseconds(ns, hertz);
  return {
    burst: (sectorBytes * channels * hertz) / values.bandwidth,
    tCL: cycles(values.tCL),
    tCWL: cycles(values.tCWL),
    tRCD: cycles(values.tRCD),
    tRP: cycles(values.tRP),
    tRAS: cycles(values.tRAS),
    tRRD: cycles(values.tRRD),
    tFAW: cycles(values.tFAW),
    tCCDL: cycles(values.tCCDL),
    tRTP: cycles(values.tRTP),
    tWR: cycles(values.tWR),
    tWTR: cycles(values.tWTR),
    tRTW: cycles(values.tRTW),
    tREFI: cycles(values.tREFI),
    tRFC: cycles(values.tRFC),
  };
}

/** All channels. Requests come by line; data of reads go back to the L2 entry that waits for them. */
export class Dram {
  readonly totals: DramTotals;
  /** Set by the machine: the sectors of a read are in the L2's hands. */
  delivered!: (entry: number, sectors: number) => void;

  private readonly channels: readonly DramChannel[];
  private readonly map: MemoryMap;
  private readonly engine: Engine;
  private readonly arrive: number;
  private readonly fill: number;
  private readonly halfLatency: number;
  private readonly places: DramPlaces;

  constructor(engine: Engine, values: DramValues, map: MemoryMap, hertz: number) {
    this.engine = engine;
    this.map = map;
    this.halfLatency = nanoseconds(values.latency, hertz) / 2;
    this.places = new DramPlaces(map, values);
    const timing = timingOf(values, hertz, map.channels);
    const waiting = new Reads();
    this.arrive = engine.kind((read) => {
      const channel = waiting.channel[read]!;
      this.enqueue(channel, waiting.line[read]!, waiting.sectors[read]!, waiting.entry[read]!);
      waiting.release(read);
    });
    this.fill = engine.kind((read) => {
      const entry = waiting.entry[read]!;
      const sectors = waiting.sectors[read]!;
      waiting.release(read);
      this.delivered(entry, sectors);
    });
    const step = engine.kind((channel) => this.channels[channel]!.step());
    this.channels = Array.from({length: map.channels}, (_, channel) => {
      const done = (entry: number, sectors: number, end: number): void =>
        engine.at(Math.ceil(end + this.halfLatency), this.fill, waiting.take(channel, 0, sectors, entry));
      return new DramChannel(engine, channel, step, values, timing, done);
    });
    this.totals = new DramTotals(this.channels);
    this.waiting = waiting;
  }

  private readonly waiting: Reads;

  /** Asks for sectors of a line that leave the L2 slice's tags at `time`; `entry` waits for them. */
  read(line: number, sectors: number, entry: number, time: number): void {
    const read = this.waiting.take(this.map.channelOf(line), line, sectors, entry);
    this.engine.at(Math.ceil(time + this.halfLatency), this.arrive, read);
  }

  /** Takes an evicted line's dirty sectors. */
  write(line: number, sectors: number): void {
    this.enqueue(this.map.channelOf(line), line, sectors, -1);
  }

  private enqueue(channel: number, line: number, sectors: number, entry: number): void {
    this.places.find(line);
    this.channels[channel]!.enqueue(this.places.bank, this.places.row, sectorCount[sectors]!, sectors, entry);
  }
}

/** Reads between the L2 and their channel, either way, as struct-of-arrays. */
class Reads {
  channel = new Int32Array(1024);
  line = new Int32Array(1024);
  sectors = new Uint8Array(1024);
  entry = new Int32Array(1024);
  private readonly slots = new Slots();

  take(channel: number, line: number, sectors: number, entry: number): number {
    const read = this.slots.take();
    if (read === this.line.length) this.grow(this.slots.size);
    this.channel[read] = channel;
    this.line[read] = line;
    this.sectors[read] = sectors;
    this.entry[read] = entry;
    return read;
  }

  release(read: number): void {
    this.slots.release(read);
  }

  private grow(size: number): void {
    this.channel = lengthened(this.channel, size);
    this.line = lengthened(this.line, size);
    this.sectors = lengthened(this.sectors, size);
    this.entry = lengthened(this.entry, size);
  }
}
