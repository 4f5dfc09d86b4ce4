import {scramble} from './sectored-cache.ts';

/**
 * Where a 128 B line lies: its home partition, its slice there, and behind that slice one DRAM pseudo-channel, so that a
 * home slice number is a channel number. Every run of `channels` lines visits each channel once, in an order that a hash of
 * the run's number turns, so neither streams nor strides of a power of two camp on a few.
 */
export class MemoryMap {
  readonly channels: number;
  private readonly slicesPerPartition: number;

  constructor(partitions: number, slicesPerPartition: number) {
    this.slicesPerPartition = slicesPerPartition;
    this.channels = partitions * slicesPerPartition;
  }

  channelOf(line: number): number {
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
