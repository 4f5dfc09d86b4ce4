import type {Addresses} from '../trace/addresses.ts';
import type {Lines} from './l1.ts';
import {lineBytes, sectorBytes} from './sectored-cache.ts';

/** Turns the byte ranges of a warp instruction into lines and sectors; neighbouring ranges in one line are one access. */
export class Coalescer implements Lines {
  readonly line = new Int32Array(1024);
  readonly sectors = new Uint8Array(1024);
  count = 0;
  /** Bytes the lanes asked for. */
  bytes = 0;

  coalesce(addresses: Addresses, ranges: number): void {
    this.count = 0;
    this.bytes = 0;
    for (let i = 0; i < ranges; i++) {
      const start = addresses.address[i]!;
      const end = start + addresses.length[i]!;
      this.bytes += addresses.length[i]!;
      let line = Math.floor(start / lineBytes);
      const last = Math.floor((end - 1) / lineBytes);
      for (; line <= last; line++) {
        const from = Math.max(0, start - line * lineBytes);
        const to = Math.min(lineBytes, end - line * lineBytes) - 1;
        const sectors = (2 << Math.floor(to / sectorBytes)) - (1 << Math.floor(from / sectorBytes));
        if (this.count > 0 && this.line[this.count - 1] === line) this.sectors[this.count - 1]! |= sectors;
        else {
          this.line[this.count] = line;
          this.sectors[this.count++] = sectors;
        }
      }
    }
  }
}
