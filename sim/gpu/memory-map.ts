import {lengthened} from '../engine/slots.ts';
import {scramble} from './scramble.ts';

/** Runs of lines whose turn is kept once it has been worked out. */
const mostKnown = 2 ** 23;

/**
 * Where a 128 B line lies: its home partition, its slice there, and behind that slice one DRAM pseudo-channel, so that a
 * home slice number is a channel number. Every run of `channels` lines visits each channel once, in an order that a hash of
 * the run's number turns, so neither streams nor strides of a power of two camp on a few.
 */
export class MemoryMap {
  readonly channels: number;
  private readonly slicesPerPartition: number;
  /** By how much each run of lines that has been asked for is turned, plus one. */
  private turns = new Uint16Array(1024);

  constructor(partitions: number, slicesPerPartition: number) {
    this.slicesPerPartition = slicesPerPartition;
    this.channels = partitions * slicesPerPartition;
  }

  channelOf(line: number): number {
    const {channels} = this;
    const run = Math.floor(line / channels);
    const channel = line - run * channels + this.turnOf(run);
    return channel < channels ? channel : channel - channels;
  }

  private turnOf(run: number): number {
    if (run < this.turns.length) {
      const turn = this.turns[run]!;
      if (turn > 0) return turn - 1;
    }
    const turn = scramble(run) % this.channels;
    if (run >= mostKnown) return turn;
    if (run >= this.turns.length) this.turns = lengthened(this.turns, 2 ** Math.ceil(Math.log2(run + 1)));
    this.turns[run] = turn + 1;
    return turn;
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
