import {Windows} from '../engine/windows.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import {lineBytes, scramble} from '../gpu/sectored-cache.ts';

/**
 * Bytes a cycle that all channels together read when they are asked for more, and on average write so much beside: what refreshes
 * leave of their peak, and turning the bus round for every drain of the waiting writes.
 */
export function readRate({dram, l2, clock}: GpuValues, read: number, written: number): number {
  const seconds = 1e-9 * clock.frequency;
  const channels = l2.partitions * l2.slices;
  const resting = (dram.tRP + dram.tRFC) / dram.tREFI;
  const drains = written / (lineBytes * channels * Math.max(1, dram.writeHigh - dram.writeLow));
  const turning = drains * (dram.tRTW + dram.tWTR + dram.tCL) * seconds;
  const moving = ((read + written) * clock.frequency) / dram.bandwidth;
  return ((1 - resting) * Math.max(1, read)) / Math.max(1e-9, moving + turning);
}

/**
 * DRAM as tiles see it: all channels as one port, and on top of it what the last line of a tile waits for. Lines fall on channels
 * and banks by chance (gpu/memory-map.ts), so one channel and one bank have more of them than the mean, and some channels refresh.
 */
export class DramTiles {
  private readonly port: Windows;
  private readonly rate: number;
  private readonly channels: number;
  /** By how many channels a tile's lines lie on: standard deviations by which the fullest of them lies above the mean. */
  private readonly fullest: Float64Array;
  private readonly latency: number;
  /** Cycles of a line on its channel's bus, of an activation, which a line that shares no row needs, and of a bank between two. */
  private readonly line: number;
  private readonly activation: number;
  private readonly rowCycle: number;
  private readonly banks: number;
  private readonly refresh: number;
  private readonly refreshes: number;

  /** `rate`: bytes a cycle that all channels deliver when asked for more; `width`, `windows`: of their port. */
  constructor({dram, l2, clock}: GpuValues, rate: number, width: number, windows: number) {
    const perNs = clock.frequency / 1e9;
    this.port = new Windows(1, width, windows);
    this.rate = rate;
    this.channels = l2.partitions * l2.slices;
    this.fullest = largestOf(this.channels);
    this.latency = (dram.latency + dram.tRP + dram.tRCD + dram.tCL) * perNs;
    this.line = (lineBytes * this.channels) / rate;
    // Four activations of a channel take tFAW.
    this.activation = Math.max(dram.tRRD, dram.tFAW / 4) * perNs;
    this.rowCycle = (dram.tRAS + dram.tRP) * perNs;
    this.banks = dram.bankGroups * dram.banksPerGroup;
    this.refresh = dram.tRFC * perNs;
    this.refreshes = dram.tRFC / dram.tREFI;
  }

  /** When the last of `lines` lines asked for at `time`, with `bytes` of sectors, is at L2. `tile`: names the tile, for what is chance. */
  read(time: number, lines: number, bytes: number, tile: number): number {
    const service = Math.max(bytes / this.rate, (lines * this.activation) / this.channels);
    const queued = this.port.reserve(0, time, service) + service - time;
    const perBank = queued / this.line / this.banks;
    const visited = Math.min(this.channels, Math.ceil(lines));
    const fullest = this.fullest[visited]!;
    const onBus = queued + fullest * Math.sqrt(queued * this.line);
    const inBank = (perBank + fullest * Math.sqrt(perBank)) * this.rowCycle;
    return time + Math.max(onBus, inBank) + this.latency + this.refreshWait((scramble(tile) + 0.5) / 2 ** 32, visited);
  }

  /** Share of the port's cycles in use over `cycles`. */
  utilisation(cycles: number): number {
    return this.port.busy[0]! / cycles;
  }

  /** The quantile `at` of the longest that one of so many channels keeps its line waiting for the end of a refresh: they refresh in turn. */
  private refreshWait(at: number, visited: number): number {
    return this.refresh * Math.max(0, 1 - (1 - at ** (1 / visited)) / this.refreshes);
  }
}

/** Standard deviations by which the largest of 0 … `most` normal variables lies above their mean on average, by the Gumbel limit. */
function largestOf(most: number): Float64Array {
  const euler = 0.5772;
  return Float64Array.from({length: most + 1}, (_, n) => {
    if (n < 2) return 0;
    const far = Math.sqrt(2 * Math.log(n));
    return far + (euler - (Math.log(Math.log(n)) + Math.log(4 * Math.PI)) / 2) / far;
  });
}
