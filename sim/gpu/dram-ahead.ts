import {ChannelAhead} from './channel-ahead.ts';
import {DramPlaces} from './dram-places.ts';
import {DramTotals} from './dram-totals.ts';
import {timingOf, type DramValues} from './dram.ts';
import type {MemoryMap} from './memory-map.ts';
import {sectorCount} from './sectored-cache.ts';

/** The memory of `detailed`: who asks is told at once when the data will have come. */
export class DramAhead {
  readonly totals: DramTotals;
  private readonly channels: readonly ChannelAhead[];
  private readonly map: MemoryMap;
  private readonly places: DramPlaces;
  private readonly halfLatency: number;

  constructor(values: DramValues, map: MemoryMap, hertz: number) {
    const timing = timingOf(values, hertz, map.channels);
    this.channels = Array.from({length: map.channels}, (_, channel) => new ChannelAhead(channel, values, timing));
    this.totals = new DramTotals(this.channels);
    this.map = map;
    this.places = new DramPlaces(map, values);
    this.halfLatency = (values.latency * hertz) / 2e9;
  }

  /** Asks for sectors of a line that leave the L2 slice's tags at `time`; returns when they are in the L2's hands. */
  read(line: number, sectors: number, time: number): number {
    const {places} = this;
    places.find(line);
    const channel = this.channels[this.map.channelOf(line)]!;
    return channel.read(places.bank, places.row, sectorCount[sectors]!, time + this.halfLatency) + this.halfLatency;
  }

  /** Takes an evicted line's dirty sectors. */
  write(line: number, sectors: number, time: number): void {
    const {places} = this;
    places.find(line);
    this.channels[this.map.channelOf(line)]!.write(places.bank, places.row, sectorCount[sectors]!, time);
  }

  /** Has all writes go that wait; returns when the last has. */
  finish(): number {
    return this.channels.reduce((latest, channel) => Math.max(latest, channel.finish()), 0);
  }
}
