import {sectorBytes} from './sectored-cache.ts';

/** What a pseudo-channel has done so far; `busy`: cycles its data bus carried data. */
export interface ChannelCounts {
  readonly sectorsRead: number;
  readonly sectorsWritten: number;
  readonly activations: number;
  readonly busy: number;
}

/** What all channels of a GPU have done together. */
export class DramTotals {
  readonly channels: readonly ChannelCounts[];

  constructor(channels: readonly ChannelCounts[]) {
    this.channels = channels;
  }

  /** Bytes read and written so far. */
  bytes(): {readonly read: number; readonly written: number} {
    return {read: this.sum((c) => c.sectorsRead) * sectorBytes, written: this.sum((c) => c.sectorsWritten) * sectorBytes};
  }

  /** Activations, of all banks. */
  activations(): number {
    return this.sum((c) => c.activations);
  }

  /** Share of the data buses' cycles that carried data over `cycles`. */
  utilisation(cycles: number): number {
    return this.sum((c) => c.busy) / (this.channels.length * cycles);
  }

  private sum(count: (channel: ChannelCounts) => number): number {
    return this.channels.reduce((total, channel) => total + count(channel), 0);
  }
}
