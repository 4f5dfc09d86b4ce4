import {Windows} from '../engine/windows.ts';
import {BankRows} from './bank-rows.ts';
import type {ChannelGeometry, ChannelTiming} from './dram-channel.ts';
import {InView} from './in-view.ts';

/** Cycles of a window of a bus, and windows of a ring: nobody asks for DRAM so many cycles ahead. */
const [width, windows] = [32, 1024];

/**
 * A pseudo-channel that says when a request will have been served as soon as it is asked: buses have a capacity a window
 * (engine/windows.ts), so that requests come in between where their rows let them, as the scheduler of `reference` has them do.
 * Writes gather until there are enough of them, or nothing to read, and turn the bus once for all.
 */
export class ChannelAhead {
  sectorsRead = 0;
  sectorsWritten = 0;
  /** Cycles the data bus carried data. */
  busy = 0;

  private readonly rows: BankRows;
  /** Reads that the scheduler looks at. */
  private readonly view: InView;
  private readonly bus: Windows;
  /** Column commands of each bank group. */
  private readonly groups: Windows;
  private readonly geometry: ChannelGeometry;
  private readonly t: ChannelTiming;
  private nextRefresh: number;
  /** When the last read so far, and the last of all, will have ended. */
  private readUntil = 0;
  private latest = 0;
  /** Writes that wait. */
  private readonly bank: Uint8Array;
  private readonly row: Int32Array;
  private readonly columns: Uint8Array;
  private gathered = 0;

  constructor(number: number, geometry: ChannelGeometry, timing: ChannelTiming) {
    this.geometry = geometry;
    this.t = timing;
    this.rows = new BankRows(geometry.bankGroups * geometry.banksPerGroup, timing, width, windows);
    this.view = new InView(geometry.queue);
    this.bus = new Windows(1, width, windows);
    this.groups = new Windows(geometry.bankGroups, width, windows);
    const most = geometry.writeHigh + 1;
    this.bank = new Uint8Array(most);
    this.row = new Int32Array(most);
    this.columns = new Uint8Array(most);
    // Channels refresh in turn, not all at once.
    this.nextRefresh = (timing.tREFI * ((number * 7) % 80)) / 80;
  }

  get activations(): number {
    return this.rows.activations;
  }

  /** Reads sectors of a row, asked for at `time`; returns when the last of their data have come. */
  read(bank: number, row: number, columns: number, time: number): number {
    this.refresh(time);
    if (this.gathered > 0 && time > this.readUntil) this.drain(this.readUntil, this.gathered);
    const start = Math.max(time, this.view.free);
    // Who cannot be read before the next refresh waits for it; most come long before, and need not look at their bank.
    if (
      start + this.t.tRAS + this.t.tRP + this.t.tRCD > this.nextRefresh &&
      this.rows.soonest(bank, row, start) + (columns - 1) * this.t.tCCDL > this.nextRefresh
    )
      this.refresh(this.nextRefresh);
    const last = this.transfer(bank, row, columns, start, this.t.tCL);
    this.view.enter(last);
    this.rows.keep(bank, row, last + this.t.tRTP);
    this.sectorsRead += columns;
    const end = last + this.t.tCL + this.t.burst;
    if (end > this.readUntil) this.readUntil = end;
    return end;
  }

  /** Writes sectors of a row, some time. */
  write(bank: number, row: number, columns: number, time: number): void {
    this.refresh(time);
    this.bank[this.gathered] = bank;
    this.row[this.gathered] = row;
    this.columns[this.gathered++] = columns;
    if (time >= this.readUntil) this.drain(time, this.gathered);
    else if (this.gathered >= this.geometry.writeHigh) {
      const {tRTW, tWTR, tCL} = this.t;
      this.bus.reserve(0, time, tRTW + tWTR + tCL);
      this.drain(time, this.gathered - this.geometry.writeLow);
    }
  }

  /** Has all writes go that wait; returns when everything has ended. */
  finish(): number {
    if (this.gathered > 0) this.drain(this.readUntil, this.gathered);
    return Math.max(this.latest, this.readUntil);
  }

  /** The oldest `count` of the writes that wait go. */
  private drain(time: number, count: number): void {
    const {t} = this;
    for (let i = 0; i < count; i++) {
      const bank = this.bank[i]!;
      const row = this.row[i]!;
      const columns = this.columns[i]!;
      const end = this.transfer(bank, row, columns, time, t.tCWL) + t.tCWL + t.burst;
      this.rows.keep(bank, row, end + t.tWR);
      this.sectorsWritten += columns;
      if (end > this.latest) this.latest = end;
    }
    this.gathered -= count;
    this.bank.copyWithin(0, count);
    this.row.copyWithin(0, count);
    this.columns.copyWithin(0, count);
  }

  /** Moves sectors of a row over the bus, their data `delay` after their commands; returns when the last command goes. */
  private transfer(bank: number, row: number, columns: number, time: number, delay: number): number {
    const {t} = this;
    const ready = this.rows.open(bank, row, time);
    const column = this.groups.reserve(bank % this.geometry.bankGroups, ready, columns * t.tCCDL);
    const data = this.bus.reserve(0, column + delay, columns * t.burst);
    this.busy += columns * t.burst;
    return Math.max(column + (columns - 1) * t.tCCDL, data - delay + (columns - 1) * t.burst);
  }

  /** All banks close and rest for tRFC, once every tREFI; refreshes of an idle time have long been done. */
  private refresh(time: number): void {
    if (time < this.nextRefresh) return;
    const {t} = this;
    const due = this.nextRefresh + Math.floor((time - this.nextRefresh) / t.tREFI) * t.tREFI;
    this.nextRefresh = due + t.tREFI;
    if (due + t.tRP + t.tRFC <= time) return;
    const closed = this.rows.closeAll(due, t.tRP + t.tRFC);
    this.bus.close(0, due, closed + t.tRP + t.tRFC + t.tRCD);
  }
}
