import {lengthened} from '../engine/slots.ts';
import {scramble} from './sectored-cache.ts';

/** Channels that are kept once they have been worked out, 16 MiB of them. */
const mostKnown = 2 ** 23;

/**
 * Where a 128 B line lies: its home partition, its slice there, and behind that slice one DRAM pseudo-channel, so that a
 * home slice number is a channel number. Every run of `channels` lines visits each channel once, in an order that a hash of
 * the run's number turns, so neither streams nor strides of a power of two camp on a few.
 */
export class MemoryMap {
  readonly channels: number;
  private readonly slicesPerPartition: number;
  /** The channel of each line that has been asked for, plus one. */
  private known: Uint16Array = new Uint16Array(1 << 16);

  constructor(partitions: number, slicesPerPartition: number) {
    this.slicesPerPartition = slicesPerPartition;
    this.channels = partitions * slicesPerPartition;
  }

  channelOf(line: number): number {
    if (line >= mostKnown) return this.hashed(line);
    if (line >= this.known.length) this.known = lengthened(this.known, 2 ** Math.ceil(Math.log2(line + 1)));
    const known = this.known[line]!;
    if (known > 0) return known - 1;
    const channel = this.hashed(line);
    this.known[line] = channel + 1;
    return channel;
  }

  private hashed(line: number): number {
    const run = Math.floor(line / this.channels);
    return (line + (scramble(run) % this.channels)) % this.channels;
  }

  /** The partition that a channel belongs to. */
  homeOf(channel: number): number {
    return channel < this.slicesPerPartition ? 0 : Math.floor(channel / this.slicesPerPartition);
  }

  /** The slice that keeps a channel's lines in one partition, its home or another; slices are numbered through. */
  sliceIn(partition: number, channel: number): number {
    return partition * this.slicesPerPartition + (channel - this.homeOf(channel) * this.slicesPerPartition);
  }

  /** The line's number among those of its channel. */
  lineInChannel(line: number): number {
    return Math.floor(line / this.channels);
  }
}
