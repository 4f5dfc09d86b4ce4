import type {MemoryMap} from './memory-map.ts';
import {lineBytes} from './sectored-cache.ts';

/** In which row of which bank of its channel a line lies. */
export class DramPlaces {
  bank = 0;
  row = 0;
  private readonly map: MemoryMap;
  private readonly linesPerRow: number;
  private readonly banks: number;

  constructor(map: MemoryMap, geometry: {readonly rowBytes: number; readonly bankGroups: number; readonly banksPerGroup: number}) {
    this.map = map;
    this.linesPerRow = geometry.rowBytes / lineBytes;
    this.banks = geometry.bankGroups * geometry.banksPerGroup;
  }

  /** Leaves the line's place in `bank` and `row`. Neighbouring rows lie in neighbouring bank groups, turned by the row so that strides do not meet in one bank. */
  find(line: number): void {
    const rowOfChannel = Math.floor(this.map.lineInChannel(line) / this.linesPerRow);
    this.row = Math.floor(rowOfChannel / this.banks);
    this.bank = (rowOfChannel + this.row * 7) % this.banks;
  }
}
