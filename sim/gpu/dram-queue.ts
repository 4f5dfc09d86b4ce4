import {lengthened} from '../engine/slots.ts';

/** Requests in order of arrival. The few in view are looked at again and again, so slots stay put and an order list moves. */
export class DramQueue {
  length = 0;
  bank = new Uint8Array(64);
  row = new Int32Array(64);
  columns = new Uint8Array(64);
  sectors = new Uint8Array(64);
  entry = new Int32Array(64);
  private order = new Int32Array(64).map((_, i) => i);
  private head = 0;

  /** The slot of the i-th oldest. */
  at(i: number): number {
    return this.order[(this.head + i) & (this.order.length - 1)]!;
  }

  push(bank: number, row: number, columns: number, sectors: number, entry: number): void {
    if (this.length === this.order.length) this.grow();
    const slot = this.at(this.length++);
    this.bank[slot] = bank;
    this.row[slot] = row;
    this.columns[slot] = columns;
    this.sectors[slot] = sectors;
    this.entry[slot] = entry;
  }

  /** Takes the i-th oldest out: those before it move up by one, and its slot becomes a free one behind the last. */
  remove(index: number): void {
    const mask = this.order.length - 1;
    const slot = this.at(index);
    for (let i = index; i > 0; i--) this.order[(this.head + i) & mask] = this.order[(this.head + i - 1) & mask]!;
    this.order[this.head & mask] = slot;
    this.head = (this.head + 1) & mask;
    this.length--;
  }

  clear(): void {
    this.length = 0;
    this.head = 0;
    this.order = this.order.map((_, i) => i);
  }

  private grow(): void {
    const size = this.order.length;
    const order = new Int32Array(size * 2);
    for (let i = 0; i < size; i++) order[i] = this.at(i);
    for (let i = size; i < size * 2; i++) order[i] = i;
    this.order = order;
    this.head = 0;
    this.bank = lengthened(this.bank, size * 2);
    this.row = lengthened(this.row, size * 2);
    this.columns = lengthened(this.columns, size * 2);
    this.sectors = lengthened(this.sectors, size * 2);
    this.entry = lengthened(this.entry, size * 2);
  }
}
