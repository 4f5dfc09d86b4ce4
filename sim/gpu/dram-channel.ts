import type {Engine} from '../engine/engine.ts';
import {DramQueue} from './dram-queue.ts';

/** A pseudo-channel's gaps in SM cycles, fractions kept; JEDEC's names. `burst`: one 32 B sector on the data bus. */
export interface ChannelTiming {
  readonly burst: number;
  readonly tCL: number;
  readonly tCWL: number;
  readonly tRCD: number;
  readonly tRP: number;
  readonly tRAS: number;
  readonly tRRD: number;
  readonly tFAW: number;
  readonly tCCDL: number;
  readonly tRTP: number;
  readonly tWR: number;
  readonly tWTR: number;
  readonly tRTW: number;
  readonly tREFI: number;
  readonly tRFC: number;
}

interface Geometry {
  readonly bankGroups: number;
  readonly banksPerGroup: number;
  readonly queue: number;
  readonly writeHigh: number;
  readonly writeLow: number;
}

const closed = -1;

/**
 * One pseudo-channel and its scheduler: first-ready, first-come-first-served (Rixner, ISCA 2000). Among the oldest requests
 * it issues, as soon as the gaps allow, the oldest column command to an open row; and on the row bus, which HBM has beside
 * the column bus, activations for the oldest others and precharges of rows that nobody in view still wants. Writes wait until
 * enough have gathered, then drain. One event a decision.
 */
export class DramChannel {
  sectorsRead = 0;
  sectorsWritten = 0;
  activations = 0;
  /** Cycles the data bus carried data. */
  busy = 0;

  private readonly openRow: Int32Array;
  /** Earliest time of the next command of each sort, a bank. */
  private readonly columnAt: Float64Array;
  private readonly prechargeAt: Float64Array;
  private readonly activateAt: Float64Array;
  /** The last column command of each bank group. */
  private readonly groupColumn: Float64Array;
  /** The last four activations, a ring. */
  private readonly recent = new Float64Array(4);
  private recentAt = 0;
  private busFree = 0;
  private lastWriteEnd = 0;
  private lastWasWrite = false;
  private draining = false;
  private nextRefresh = 0;
  private wakeAt = Infinity;
  private readonly reads = new DramQueue();
  private readonly writes = new DramQueue();

  private readonly engine: Engine;
  private readonly number: number;
  private readonly stepKind: number;
  private readonly geometry: Geometry;
  private readonly t: ChannelTiming;
  private readonly done: (entry: number, sectors: number, end: number) => void;

  constructor(
    engine: Engine,
    number: number,
    stepKind: number,
    geometry: Geometry,
    timing: ChannelTiming,
    done: (entry: number, sectors: number, end: number) => void,
  ) {
    this.engine = engine;
    this.number = number;
    this.stepKind = stepKind;
    this.geometry = geometry;
    this.t = timing;
    this.done = done;
    const banks = geometry.bankGroups * geometry.banksPerGroup;
    this.openRow = new Int32Array(banks);
    this.columnAt = new Float64Array(banks);
    this.prechargeAt = new Float64Array(banks);
    this.activateAt = new Float64Array(banks);
    this.groupColumn = new Float64Array(geometry.bankGroups);
    this.reset();
  }

  /** Accepts a read (`entry` ≥ 0) or a write of `columns` sectors in one row. */
  enqueue(bank: number, row: number, columns: number, sectors: number, entry: number): void {
    (entry < 0 ? this.writes : this.reads).push(bank, row, columns, sectors, entry);
    this.wake(this.engine.now);
  }

  /** Issues every command that may go now, and asks to be called again when the next one may. */
  step(): void {
    if (this.wakeAt !== this.engine.now) return;
    this.wakeAt = Infinity;
    const now = this.engine.now;
    this.refresh(now);
    for (;;) {
      const queue = this.choose();
      if (queue.length === 0) return;
      const next = this.issue(queue, now);
      if (next > now) {
        this.wake(Math.ceil(next));
        return;
      }
    }
  }

  reset(): void {
    this.openRow.fill(closed);
    for (const times of [this.columnAt, this.prechargeAt, this.activateAt, this.groupColumn, this.recent]) times.fill(-1e9);
    this.busFree = 0;
    this.lastWriteEnd = -1e9;
    this.lastWasWrite = false;
    this.draining = false;
    // Channels refresh in turn, not all at once.
    this.nextRefresh = (this.t.tREFI * ((this.number * 7) % 80)) / 80;
    this.wakeAt = Infinity;
    this.reads.clear();
    this.writes.clear();
    this.sectorsRead = 0;
    this.sectorsWritten = 0;
    this.activations = 0;
    this.busy = 0;
  }

  private wake(time: number): void {
    if (time >= this.wakeAt) return;
    this.wakeAt = time;
    this.engine.at(time, this.stepKind, this.number);
  }

  /** Reads go first until enough writes have gathered, or there is nothing to read. */
  private choose(): DramQueue {
    const {reads, writes, geometry} = this;
    if (writes.length >= geometry.writeHigh) this.draining = true;
    else if (writes.length <= geometry.writeLow && reads.length > 0) this.draining = false;
    return this.draining || reads.length === 0 ? writes : reads;
  }

  /** All banks close and rest for tRFC, once every tREFI; refreshes of an idle time have long been done. */
  private refresh(now: number): void {
    const {t} = this;
    if (now < this.nextRefresh) return;
    const due = this.nextRefresh + Math.floor((now - this.nextRefresh) / t.tREFI) * t.tREFI;
    this.nextRefresh = due + t.tREFI;
    let quiet = due;
    for (const at of this.prechargeAt) quiet = Math.max(quiet, at);
    const ready = quiet + t.tRP + t.tRFC;
    if (ready <= now) return;
    this.openRow.fill(closed);
    this.activateAt.fill(ready);
  }

  /** Issues at most one column and one row command; returns when the next may go, or `now` if one went. */
  private issue(queue: DramQueue, now: number): number {
    const {t, openRow} = this;
    const write = queue === this.writes;
    const inView = Math.min(queue.length, this.geometry.queue);
    let column = -1;
    let columnTime = Infinity;
    let wanted = 0;
    for (let i = 0; i < inView; i++) {
      const bank = queue.bank[queue.at(i)]!;
      if (openRow[bank] !== queue.row[queue.at(i)]) continue;
      wanted |= 1 << bank;
      const time = this.earliestColumn(bank, write);
      if (time < columnTime) {
        columnTime = time;
        column = i;
        if (time <= now) break;
      }
    }
    if (column !== -1 && columnTime <= now) {
      this.sendColumn(queue, column, thisTick(columnTime, now), write);
      return now;
    }
    // The scan above saw every request in view, so `wanted` names all banks whose open row is still of use.
    let rowTime = Infinity;
    let claimed = 0;
    for (let i = 0; i < inView; i++) {
      const slot = queue.at(i);
      const bank = queue.bank[slot]!;
      if ((wanted | claimed) & (1 << bank)) continue;
      claimed |= 1 << bank;
      const open = openRow[bank] !== closed;
      const time = open
        ? this.prechargeAt[bank]!
        : Math.max(this.activateAt[bank]!, this.recent[(this.recentAt + 3) & 3]! + t.tRRD, this.recent[this.recentAt]! + t.tFAW);
      if (time <= now) {
        if (open) this.precharge(bank, thisTick(time, now));
        else this.activate(bank, queue.row[slot]!, thisTick(time, now));
        return now;
      }
      rowTime = Math.min(rowTime, time);
    }
    return Math.min(columnTime, rowTime);
  }

  private earliestColumn(bank: number, write: boolean): number {
    const {t} = this;
    const group = bank % this.geometry.bankGroups;
    const dataDelay = write ? t.tCWL : t.tCL;
    let time = Math.max(this.columnAt[bank]!, this.groupColumn[group]! + t.tCCDL, this.busFree - dataDelay);
    if (write && !this.lastWasWrite) time = Math.max(time, this.busFree + t.tRTW - dataDelay);
    if (!write && this.lastWasWrite) time = Math.max(time, this.lastWriteEnd + t.tWTR);
    return time;
  }

  private sendColumn(queue: DramQueue, index: number, time: number, write: boolean): void {
    const {t} = this;
    const slot = queue.at(index);
    const bank = queue.bank[slot]!;
    const start = Math.max(time + (write ? t.tCWL : t.tCL), this.busFree);
    this.groupColumn[bank % this.geometry.bankGroups] = time;
    this.busFree = start + t.burst;
    this.busy += t.burst;
    this.lastWasWrite = write;
    if (write) {
      this.lastWriteEnd = this.busFree;
      this.prechargeAt[bank] = Math.max(this.prechargeAt[bank]!, this.busFree + t.tWR);
      this.sectorsWritten++;
    } else {
      this.prechargeAt[bank] = Math.max(this.prechargeAt[bank]!, time + t.tRTP);
      this.sectorsRead++;
    }
    if (--queue.columns[slot]! > 0) return;
    if (!write) this.done(queue.entry[slot]!, queue.sectors[slot]!, this.busFree);
    queue.remove(index);
  }

  private activate(bank: number, row: number, time: number): void {
    this.openRow[bank] = row;
    this.columnAt[bank] = time + this.t.tRCD;
    this.prechargeAt[bank] = time + this.t.tRAS;
    this.recent[this.recentAt] = time;
    this.recentAt = (this.recentAt + 1) & 3;
    this.activations++;
  }

  private precharge(bank: number, time: number): void {
    this.openRow[bank] = closed;
    this.activateAt[bank] = Math.max(this.activateAt[bank]!, time + this.t.tRP);
  }
}

/** A command that has waited goes at its own fraction of the tick just past; one that could have gone earlier has only now been asked for. */
function thisTick(time: number, now: number): number {
  return time > now - 1 ? time : now;
}
