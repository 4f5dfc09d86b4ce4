import {lengthened} from '../engine/slots.ts';

const none = -1;

/**
 * Requests to one pseudo-channel in order of arrival. The scheduler looks at the oldest few together; of these every bank has
 * a list of its own, oldest first, and knows the first that its open row serves.
 */
export class DramQueue {
  length = 0;
  /** Oldest request in view of each bank, and oldest of them to the bank's open row; −1: none. */
  readonly oldest: Int32Array;
  readonly hit: Int32Array;
  /** Banks with a request in view to their open row, and those with requests to other rows only, as bit masks. */
  hits = 0;
  misses = 0;
  bank = new Uint8Array(64);
  row = new Int32Array(64);
  columns = new Uint8Array(64);
  sectors = new Uint8Array(64);
  entry = new Int32Array(64);
  /** Order of arrival. */
  age = new Float64Array(64);

  private readonly view: number;
  private readonly openRow: Int32Array;
  private inView = 0;
  private arrivals = 0;
  private readonly youngest: Int32Array;
  /** The next younger request of its bank if in view, else of those not yet in view, else of the free slots. */
  private next = new Int32Array(64).map((_, i) => (i === 63 ? none : i + 1));
  private free = 0;
  private firstWaiting = none;
  private lastWaiting = none;

  /** `view`: how many requests the scheduler looks at together; `openRow`: the row open in each bank, kept by the channel. */
  constructor(view: number, openRow: Int32Array) {
    this.view = view;
    this.openRow = openRow;
    this.oldest = new Int32Array(openRow.length).fill(none);
    this.youngest = new Int32Array(openRow.length).fill(none);
    this.hit = new Int32Array(openRow.length).fill(none);
  }

  push(bank: number, row: number, columns: number, sectors: number, entry: number): void {
    if (this.free === none) this.grow();
    const slot = this.free;
    this.free = this.next[slot]!;
    this.bank[slot] = bank;
    this.row[slot] = row;
    this.columns[slot] = columns;
    this.sectors[slot] = sectors;
    this.entry[slot] = entry;
    this.age[slot] = this.arrivals++;
    this.next[slot] = none;
    this.length++;
    if (this.inView < this.view) this.show(slot);
    else if (this.firstWaiting === none) this.firstWaiting = this.lastWaiting = slot;
    else {
      this.next[this.lastWaiting] = slot;
      this.lastWaiting = slot;
    }
  }

  /** Takes a request that has been served out; the oldest of those waiting comes into view. */
  remove(slot: number): void {
    const bank = this.bank[slot]!;
    const after = this.next[slot]!;
    let before = none;
    for (let s = this.oldest[bank]!; s !== slot; s = this.next[s]!) before = s;
    if (before === none) this.oldest[bank] = after;
    else this.next[before] = after;
    if (this.youngest[bank] === slot) this.youngest[bank] = before;
    this.rowChanged(bank);
    this.next[slot] = this.free;
    this.free = slot;
    this.length--;
    this.inView--;
    const waiting = this.firstWaiting;
    if (waiting === none) return;
    this.firstWaiting = this.next[waiting]!;
    this.next[waiting] = none;
    this.show(waiting);
  }

  /** The row open in a bank has changed, or what is in view for it. */
  rowChanged(bank: number): void {
    const oldest = this.oldest[bank]!;
    const row = this.openRow[bank]!;
    let slot = oldest;
    while (slot !== none && this.row[slot] !== row) slot = this.next[slot]!;
    this.hit[bank] = slot;
    this.mark(bank);
  }

  private show(slot: number): void {
    const bank = this.bank[slot]!;
    this.inView++;
    if (this.oldest[bank] === none) this.oldest[bank] = slot;
    else this.next[this.youngest[bank]!] = slot;
    this.youngest[bank] = slot;
    if (this.hit[bank] === none && this.row[slot] === this.openRow[bank]) this.hit[bank] = slot;
    this.mark(bank);
  }

  private mark(bank: number): void {
    const bit = 1 << bank;
    this.hits = this.hit[bank] === none ? this.hits & ~bit : this.hits | bit;
    this.misses = this.hit[bank] === none && this.oldest[bank] !== none ? this.misses | bit : this.misses & ~bit;
  }

  private grow(): void {
    const size = this.next.length;
    for (const name of ['bank', 'columns', 'sectors'] as const) this[name] = lengthened(this[name], size * 2);
    for (const name of ['row', 'entry', 'next'] as const) this[name] = lengthened(this[name], size * 2);
    this.age = lengthened(this.age, size * 2);
    for (let slot = size; slot < size * 2; slot++) this.next[slot] = slot + 1 < size * 2 ? slot + 1 : none;
    this.free = size;
  }
}
