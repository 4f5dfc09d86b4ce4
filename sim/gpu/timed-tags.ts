import {someInt32s} from '../engine/arrays.ts';
import {lengthened} from '../engine/slots.ts';
import {CacheSets} from './cache-sets.ts';
import {LinePages} from './line-pages.ts';
import type {MemoryMap} from './memory-map.ts';
import {lineBytes} from './sectored-cache.ts';

/** Bits of a directory's word: which sectors are valid, which differ from memory, whether some may not be there yet, and the entry plus one. */
const dirtyBit = 4;
const coming = 256;
const entryBit = 9;

/**
 * The tags of the slices of an L2, least recently used out first, where each line is told beforehand when it will be there: who
 * asks in the meantime knows how long to wait, and nothing has to happen when it comes. A directory says of every line and
 * partition all that a hit has to know; a place is a line's place in it.
 */
export class TimedTags {
  private readonly pages = new LinePages();
  private directory = new Int32Array(1 << 16);
  /** The place of each entry's line, plus one; 0: it is free. */
  private readonly place: Int32Array;
  /** When the sectors of each entry that came last were asked for, and when all are there; entry · 2. Only of lines that have been missed. */
  private readonly times: Int32Array;
  /** The turn in which each entry was last used, and in the last bits its way. */
  private readonly used: Int32Array;
  private turn = 1;
  private readonly sets: CacheSets;
  private readonly map: MemoryMap;
  private readonly ways: number;
  private readonly wayBits: number;
  private readonly wayMask: number;
  private readonly entriesPerSlice: number;
  private readonly partitions: number;

  constructor(partitions: number, capacityBytes: number, ways: number, map: MemoryMap) {
    const slices = map.channels;
    const sets = Math.floor(capacityBytes / (slices * lineBytes * ways));
    if (sets < 1) throw new RangeError(`${capacityBytes} B in ${slices} slices hold no set of ${ways} lines`);
    // Neighbouring lines are dealt to the slices of all partitions.
    this.sets = new CacheSets(sets, slices);
    this.map = map;
    this.ways = ways;
    this.wayBits = Math.ceil(Math.log2(ways));
    this.wayMask = (1 << this.wayBits) - 1;
    this.entriesPerSlice = sets << this.wayBits;
    this.partitions = partitions;
    const entries = slices * this.entriesPerSlice;
    if (entries >= 2 ** (32 - entryBit)) throw new RangeError(`${capacityBytes} B of L2 are more lines than can be told apart`);
    this.place = someInt32s(entries).fill(0);
    this.times = someInt32s(entries * 2).fill(0);
    this.used = someInt32s(entries);
    this.forget();
  }

  /** What is used from now on is used more recently than all before. */
  next(): void {
    if (++this.turn === 1 << (31 - this.wayBits)) this.forget();
  }

  placeOf(partition: number, line: number): number {
    const place = this.pages.placeOf(line * this.partitions + partition);
    if (place >= this.directory.length) this.directory = lengthened(this.directory, this.pages.length);
    return place;
  }

  /** Whether the line of a place is in the cache, with some sectors or none. */
  holds(place: number): boolean {
    return this.directory[place] !== 0;
  }

  /** Sectors of a line that are there or will be, and those that differ from memory, as 4-bit masks. */
  valid(place: number): number {
    return this.directory[place]! & 15;
  }

  /** When all valid sectors of a line are there; 0: long since. */
  ready(place: number): number {
    const word = this.directory[place]!;
    return (word & coming) === 0 ? 0 : this.times[((word >>> entryBit) - 1) * 2 + 1]!;
  }

  /** When the sectors of a line that came last were asked for. */
  asked(place: number): number {
    return this.times[this.entryAt(place) * 2]!;
  }

  /** The slice that a line is in, numbered through all partitions. Makes the line the most recently used. */
  use(place: number): number {
    const entry = this.entryAt(place);
    this.used[entry] = (this.turn << this.wayBits) | (entry & this.wayMask);
    return Math.floor(entry / this.entriesPerSlice);
  }

  /** The entry that a new line will take: a free one, else the least recently used. */
  victim(partition: number, line: number): number {
    const {used, ways, map} = this;
    const first = map.sliceIn(partition, map.channelOf(line)) * this.entriesPerSlice + (this.sets.of(line) << this.wayBits);
    // One that is free has never been used. The least of them without a branch, which the host would guess wrong.
    let oldest = used[first]!;
    for (let entry = first + 1; entry < first + ways; entry++) {
      const less = used[entry]! - oldest;
      oldest += less & (less >> 31);
    }
    return first + (oldest & this.wayMask);
  }

  /** The place of the line in an entry, if it has sectors that differ from memory; else −1. */
  soiled(entry: number): number {
    const place = this.place[entry]! - 1;
    return place >= 0 && (this.directory[place]! & (15 << dirtyBit)) !== 0 ? place : -1;
  }

  lineOf(place: number): number {
    return Math.floor(this.pages.numberOf(place) / this.partitions);
  }

  dirty(place: number): number {
    return (this.directory[place]! >> dirtyBit) & 15;
  }

  /** Gives an entry to a new line, with no sector valid. */
  install(entry: number, place: number): void {
    const {directory} = this;
    const before = this.place[entry]!;
    if (before > 0) directory[before - 1] = 0;
    this.place[entry] = place + 1;
    directory[place] = (entry + 1) << entryBit;
  }

  /** Sectors of a line, asked for at one time, will be there at another. */
  fill(place: number, sectors: number, asked: number, ready: number): void {
    const at = this.entryAt(place) * 2;
    const before = this.ready(place);
    this.directory[place]! |= sectors | coming;
    this.times[at] = asked;
    this.times[at + 1] = ready > before ? Math.ceil(ready) : before;
  }

  /** Sectors of a line are there. */
  put(place: number, sectors: number): void {
    this.directory[place]! |= sectors;
  }

  /** All sectors of a line have come. */
  come(place: number): void {
    this.directory[place]! &= ~coming;
  }

  /** The sectors of a line that came last have been asked for, and will be there, so many cycles earlier. */
  hasten(place: number, cycles: number): void {
    const at = this.entryAt(place) * 2;
    this.times[at]! -= cycles;
    this.times[at + 1]! -= cycles;
  }

  /** Sectors of a line differ from memory from now on. */
  soil(place: number, sectors: number): void {
    this.directory[place]! |= sectors | (sectors << dirtyBit);
  }

  /** Sectors of a line are out of date. */
  drop(place: number, sectors: number): void {
    this.directory[place]! &= ~sectors;
  }

  /** Turns have run out, or none has been: who was used when is not known. */
  private forget(): void {
    this.turn = 1;
    for (let entry = 0; entry < this.used.length; entry++) this.used[entry] = entry & this.wayMask;
  }

  private entryAt(place: number): number {
    return (this.directory[place]! >>> entryBit) - 1;
  }
}
