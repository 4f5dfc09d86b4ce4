import {Windows} from '../engine/windows.ts';
import type {ChannelTiming} from './dram-channel.ts';

const closed = -1;
/** Rows of a bank that are remembered: several may be waiting to be opened, while one before them is still being read. */
const depth = 8;

/**
 * The rows that the banks of a pseudo-channel have open, and when, worked out as requests come: a row stays open until a request
 * comes for another, and requests that come while it is open find it so, even if the other has been asked for already. That is
 * what first-ready scheduling does.
 */
export class BankRows {
  activations = 0;
  private readonly row: Int32Array;
  /** When a row takes its first column command, and when it is closed. */
  private readonly columnAt: Float64Array;
  private readonly closes: Float64Array;
  private readonly newest: Uint8Array;
  /** When the newest row of each bank may be closed; without one, when it may be opened. */
  private readonly closable: Float64Array;
  /** Activations of whatever banks: so many a time. */
  private readonly activating: Windows;
  private readonly gap: number;
  private readonly t: ChannelTiming;

  constructor(banks: number, timing: ChannelTiming, width: number, windows: number) {
    this.t = timing;
    this.gap = Math.max(timing.tRRD, timing.tFAW / 4);
    this.row = new Int32Array(banks * depth).fill(closed);
    this.columnAt = new Float64Array(banks * depth);
    this.closes = new Float64Array(banks * depth);
    this.newest = new Uint8Array(banks);
    this.closable = new Float64Array(banks);
    this.activating = new Windows(1, width, windows);
  }

  /** When columns of a row that is asked for at `time` can be read. */
  open(bank: number, row: number, time: number): number {
    const at = this.find(bank, row, time);
    return at === -1 ? this.activate(bank, row, time) : Math.max(time, this.columnAt[at]!);
  }

  /** When columns of a row could be read, were it asked for at `time`, other banks apart. */
  soonest(bank: number, row: number, time: number): number {
    const at = this.find(bank, row, time);
    if (at !== -1) return Math.max(time, this.columnAt[at]!);
    const {tRP, tRCD} = this.t;
    return Math.max(time, this.closable[bank]!) + (this.row[bank * depth + this.newest[bank]!] === closed ? 0 : tRP) + tRCD;
  }

  /** The newest row of a bank may not be closed before `time`. */
  keep(bank: number, row: number, time: number): void {
    if (this.row[bank * depth + this.newest[bank]!] === row && time > this.closable[bank]!) this.closable[bank] = time;
  }

  /** All rows are closed, at `time` or when the last may be, and none is opened for `rest` after that; returns when they are. */
  closeAll(time: number, rest: number): number {
    let all = time;
    // What has been worked out ahead of the refresh cannot be taken back.
    for (const closable of this.closable) if (closable > all && closable <= time + this.t.tRAS) all = closable;
    this.row.fill(closed);
    this.activating.close(0, time, all + rest);
    for (let bank = 0; bank < this.closable.length; bank++) this.closable[bank] = Math.max(this.closable[bank]! + this.t.tRP, all + rest);
    return all;
  }

  /** Where a row is that is still open at `time`, or will be opened; −1: it is not. */
  private find(bank: number, row: number, time: number): number {
    const newest = this.newest[bank]!;
    for (let back = 0; back < depth; back++) {
      const at = bank * depth + ((newest - back) & (depth - 1));
      if (time >= this.closes[at]!) return -1;
      if (this.row[at] === row) return at;
    }
    return -1;
  }

  private activate(bank: number, row: number, time: number): number {
    const {t} = this;
    const before = bank * depth + this.newest[bank]!;
    let ready = Math.max(time, this.closable[bank]!);
    if (this.row[before] !== closed) {
      this.closes[before] = ready;
      ready += t.tRP;
    }
    const activated = this.activating.reserve(0, ready, this.gap);
    this.newest[bank] = (this.newest[bank]! + 1) & (depth - 1);
    const at = bank * depth + this.newest[bank]!;
    this.row[at] = row;
    this.columnAt[at] = activated + t.tRCD;
    this.closes[at] = Infinity;
    this.closable[bank] = activated + t.tRAS;
    this.activations++;
    return this.columnAt[at]!;
  }
}
