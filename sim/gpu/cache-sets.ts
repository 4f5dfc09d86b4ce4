import {lengthened} from '../engine/slots.ts';
import {scramble} from './scramble.ts';

/** Lines of a page of memory, 2 MiB: what the driver maps large allocations by. */
const pageLines = 2 ** 14;

/**
 * Which set of a cache a line belongs to. Neighbouring lines of a page visit one set after another; from which on is as good as
 * chance, since a page may lie anywhere in memory. So a buffer as large as the cache does not quite fit, and of one somewhat
 * larger some lines stay.
 */
export class CacheSets {
  readonly count: number;
  private readonly dealtTo: number;
  /** The set that each page begins at, plus one; 0: not worked out yet. */
  private begins = new Int32Array(64);

  /** `dealtTo`: how many caches neighbouring lines are dealt to, of which each sees every so-manieth. */
  constructor(count: number, dealtTo: number) {
    this.count = count;
    this.dealtTo = dealtTo;
  }

  of(line: number): number {
    const page = Math.floor(line / pageLines);
    const begins = page < this.begins.length ? this.begins[page]! - 1 : -1;
    return (Math.floor(line / this.dealtTo) + (begins < 0 ? this.beginOf(page) : begins)) % this.count;
  }

  private beginOf(page: number): number {
    while (page >= this.begins.length) this.begins = lengthened(this.begins, this.begins.length * 2);
    const begins = scramble(page) % this.count;
    this.begins[page] = begins + 1;
    return begins;
  }
}
