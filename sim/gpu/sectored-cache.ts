import {lengthened} from '../engine/slots.ts';
import {CacheSets} from './cache-sets.ts';

export {scramble} from './scramble.ts';

/** Bits of a full line: four 32 B sectors of 128 B. */
export const lineBytes = 128;
export const sectorBytes = 32;

/** Places of a directory, 64 MiB of them, and to each entry: lines beyond, of more than a GiB of operands or of few entries, are looked for way by way. */
const mostPlaces = 2 ** 24;
const placesPerEntry = 64;

/** How many sectors a 4-bit mask names. */
export const sectorCount = Uint8Array.from({length: 16}, (_, mask) => (mask & 1) + ((mask >> 1) & 1) + ((mask >> 2) & 1) + ((mask >> 3) & 1));

/**
 * The tags of many equal set-associative caches with 128 B lines of four sectors and least-recently-used replacement.
 * An entry is one line's place; entries with sectors on their way are never replaced. Requests that wait for those sectors
 * hang on the entry as a list threaded through the caller's own `next` array.
 */
export class SectoredCache {
  /** Line number held by each entry; −1: none. */
  readonly line: Int32Array;
  /** Sectors that are there, are on their way, and differ from memory, as 4-bit masks. */
  readonly valid: Uint8Array;
  readonly pending: Uint8Array;
  readonly dirty: Uint8Array;
  /** First request waiting for pending sectors; −1: none. */
  readonly waiters: Int32Array;

  readonly entriesPerCache: number;
  private readonly used: Uint32Array;
  private readonly sets: CacheSets;
  private readonly ways: number;
  private readonly groups: number;
  private readonly entriesPerGroup: number;
  private readonly groupOf: Uint8Array;
  /** The entry of each line, plus one, in each group of caches; 0: not there. Spares looking through the ways. */
  private directory: Int32Array;
  private readonly places: number;
  private clock = 0;

  /**
   * `dealtTo`: how many caches neighbouring lines are dealt to, of which each sees every so-manieth. `groups`: groups of caches,
   * one after another, of which each holds a line at most once; 0: no directory is kept.
   */
  constructor(caches: number, capacityBytes: number, ways: number, dealtTo = 1, groups = 0) {
    const sets = Math.floor(capacityBytes / (lineBytes * ways));
    if (sets < 1) throw new RangeError(`${capacityBytes} B hold no set of ${ways} lines`);
    this.sets = new CacheSets(sets, dealtTo);
    this.ways = ways;
    this.entriesPerCache = sets * ways;
    const entries = caches * this.entriesPerCache;
    this.line = new Int32Array(entries).fill(-1);
    this.valid = new Uint8Array(entries);
    this.pending = new Uint8Array(entries);
    this.dirty = new Uint8Array(entries);
    this.waiters = new Int32Array(entries).fill(-1);
    this.used = new Uint32Array(entries);
    this.groups = groups;
    this.entriesPerGroup = groups > 0 ? entries / groups : 0;
    this.groupOf = Uint8Array.from({length: caches}, (_, cache) => Math.floor((cache * groups) / caches));
    this.places = Math.min(mostPlaces, entries * placesPerEntry);
    this.directory = new Int32Array(groups > 0 ? 1 << 16 : 0);
  }

  /** The entry of a line, made the most recently used; −1: the line is not there. */
  find(cache: number, line: number): number {
    if (this.groups === 0) return this.search(cache, line);
    const place = line * this.groups + this.groupOf[cache]!;
    if (place >= this.places) return this.search(cache, line);
    if (place >= this.directory.length) return -1;
    const entry = this.directory[place]! - 1;
    if (entry >= 0) this.used[entry] = ++this.clock;
    return entry;
  }

  private search(cache: number, line: number): number {
    const first = this.firstWay(cache, line);
    for (let entry = first; entry < first + this.ways; entry++) {
      if (this.line[entry] === line) {
        this.used[entry] = ++this.clock;
        return entry;
      }
    }
    return -1;
  }

  /** The entry that a new line would take: a free one, else the least recently used; −1: all have sectors on their way. */
  victim(cache: number, line: number): number {
    const {used, ways} = this;
    const first = this.firstWay(cache, line);
    let victim = first;
    // One that is free has never been used.
    for (let entry = first + 1; entry < first + ways; entry++) if (used[entry]! < used[victim]!) victim = entry;
    return this.pending[victim] === 0 ? victim : this.victimNotPending(first);
  }

  private victimNotPending(first: number): number {
    let victim = -1;
    let oldest = Infinity;
    for (let entry = first; entry < first + this.ways; entry++) {
      if (this.pending[entry] !== 0 || this.used[entry]! >= oldest) continue;
      oldest = this.used[entry]!;
      victim = entry;
    }
    return victim;
  }

  /** Gives an entry to a new line, with no sector valid. */
  install(entry: number, line: number): void {
    if (this.groups > 0) this.enter(entry, line);
    this.line[entry] = line;
    this.valid[entry] = 0;
    this.pending[entry] = 0;
    this.dirty[entry] = 0;
    this.used[entry] = ++this.clock;
  }

  private enter(entry: number, line: number): void {
    const group = Math.floor(entry / this.entriesPerGroup);
    const before = this.line[entry]!;
    if (before >= 0 && before * this.groups + group < this.places) this.directory[before * this.groups + group] = 0;
    const place = line * this.groups + group;
    if (place >= this.places) return;
    while (place >= this.directory.length) this.directory = lengthened(this.directory, this.directory.length * 2);
    this.directory[place] = entry + 1;
  }

  private firstWay(cache: number, line: number): number {
    return cache * this.entriesPerCache + this.sets.of(line) * this.ways;
  }
}
