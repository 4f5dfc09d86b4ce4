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

export interface ChannelGeometry {
  readonly bankGroups: number;
  readonly banksPerGroup: number;
  readonly queue: number;
  readonly writeHigh: number;
  readonly writeLow: number;
}

const closed = -1;
const longAgo = -1e9;

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
  private lastWriteEnd = longAgo;
  private lastWasWrite = false;
  private draining = false;
  private nextRefresh: number;
  private wakeAt = Infinity;
  private readonly reads: DramQueue;
  private readonly writes: DramQueue;

  private readonly engine: Engine;
  private readonly number: number;
  private readonly stepKind: number;
  private readonly geometry: ChannelGeometry;
  private readonly t: ChannelTiming;
  private readonly done: (entry: number, sectors: number, end: number) => void;

  constructor(
    engine: Engine,
    number: number,
    stepKind: number,
    geometry: ChannelGeometry,
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
    this.openRow = new Int32Array(banks).fill(closed);
    this.reads = new DramQueue(geometry.queue, this.openRow);
    this.writes = new DramQueue(geometry.queue, this.openRow);
    this.columnAt = new Float64Array(banks);
    this.prechargeAt = new Float64Array(banks);
    this.activateAt = new Float64Array(banks);
    this.groupColumn = new Float64Array(geometry.bankGroups);
    for (const times of [this.columnAt, this.prechargeAt, this.activateAt, this.groupColumn, this.recent]) times.fill(longAgo);
    // Channels refresh in turn, not all at once.
    this.nextRefresh = (timing.tREFI * ((number * 7) % 80)) / 80;
  }

  /** Accepts a read (`entry` ≥ 0) or a write of `columns` sectors in one row. */
  enqueue(bank: number, row: number, columns: number, sectors: number, entry: number): void {
    const queue = entry < 0 ? this.writes : this.reads;
    queue.push(bank, row, columns, sectors, entry);
    this.wake(this.wakeAt === Infinity ? this.engine.now : this.worthAsking(queue, bank, row));
  }

  /** When a request that has just come may change what is done next, the channel being at work: now, later, or never by itself. */
  private worthAsking(queue: DramQueue, bank: number, row: number): number {
    const {now} = this.engine;
    if (now >= this.nextRefresh) return now;
    const wasDraining = this.draining;
    const chosen = this.choose();
    if (this.draining !== wasDraining) return now;
    if (queue !== chosen || queue.length > this.geometry.queue) return Infinity;
    let time: number;
    if (this.openRow[bank] === row) {
      const ready = Math.max(this.columnAt[bank]!, this.groupColumn[bank % this.geometry.bankGroups]! + this.t.tCCDL);
      time = Math.max(ready, this.busReady(queue === this.writes));
    } else if (queue.hit[bank] !== -1) return Infinity;
    else time = this.openRow[bank] === closed ? Math.max(this.activateAt[bank]!, this.activationAt()) : this.prechargeAt[bank]!;
    return time > now ? Math.ceil(time) : now;
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
    for (let bank = 0; bank < this.openRow.length; bank++) this.rowChanged(bank);
    this.activateAt.fill(ready);
  }

  private rowChanged(bank: number): void {
    this.reads.rowChanged(bank);
    this.writes.rowChanged(bank);
  }

  /**
   * Issues a column command, or if none may go a row command: of those that may go now the one for the oldest request. Returns
   * when it is worth asking again, or `now` if one went.
   */
  private issue(queue: DramQueue, now: number): number {
    const write = queue === this.writes;
    const column = queue.hits === 0 ? Infinity : this.issueColumn(queue, now, write);
    if (column === now) return now;
    // A row that a request in view still wants stays open.
    const row = queue.misses === 0 ? Infinity : this.issueRow(queue, now);
    return row < column ? row : column;
  }

  private issueColumn(queue: DramQueue, now: number, write: boolean): number {
    const busAt = this.busReady(write);
    const {columnAt, groupColumn} = this;
    const {hit, age} = queue;
    const {tCCDL} = this.t;
    const {bankGroups} = this.geometry;
    let soonest = Infinity;
    let chosen = -1;
    let chosenTime = 0;
    let chosenAge = Infinity;
    for (let banks = queue.hits; banks !== 0; banks &= banks - 1) {
      const bank = 31 - Math.clz32(banks & -banks);
      let time = groupColumn[bank % bankGroups]! + tCCDL;
      if (columnAt[bank]! > time) time = columnAt[bank]!;
      if (busAt > time) time = busAt;
      if (time > now) {
        if (time < soonest) soonest = time;
        continue;
      }
      const request = hit[bank]!;
      if (age[request]! < chosenAge) {
        chosen = request;
        chosenTime = time;
        chosenAge = age[request]!;
      }
    }
    if (chosen === -1) return soonest;
    this.sendColumn(queue, chosen, thisTick(chosenTime, now), write);
    return now;
  }

  private issueRow(queue: DramQueue, now: number): number {
    const {openRow, prechargeAt, activateAt} = this;
    const {oldest, age} = queue;
    const anyAt = this.activationAt();
    let soonest = Infinity;
    let chosen = -1;
    let chosenTime = 0;
    let chosenAge = Infinity;
    for (let banks = queue.misses; banks !== 0; banks &= banks - 1) {
      const bank = 31 - Math.clz32(banks & -banks);
      let time = prechargeAt[bank]!;
      if (openRow[bank] === closed) time = activateAt[bank]! > anyAt ? activateAt[bank]! : anyAt;
      if (time > now) {
        if (time < soonest) soonest = time;
        continue;
      }
      const request = oldest[bank]!;
      if (age[request]! < chosenAge) {
        chosen = request;
        chosenTime = time;
        chosenAge = age[request]!;
      }
    }
    if (chosen === -1) return soonest;
    const bank = queue.bank[chosen]!;
    if (openRow[bank] === closed) this.activate(bank, queue.row[chosen]!, thisTick(chosenTime, now));
    else this.precharge(bank, thisTick(chosenTime, now));
    return now;
  }

  /** When the last activations, of whatever banks, allow the next. */
  private activationAt(): number {
    return Math.max(this.recent[(this.recentAt + 3) & 3]! + this.t.tRRD, this.recent[this.recentAt]! + this.t.tFAW);
  }

  /** When the data bus allows the next command to read or to write. */
  private busReady(write: boolean): number {
    const {t} = this;
    const delay = write ? t.tCWL : t.tCL;
    const turned = write && !this.lastWasWrite ? this.busFree + t.tRTW - delay : !write && this.lastWasWrite ? this.lastWriteEnd + t.tWTR : -Infinity;
    return Math.max(this.busFree - delay, turned);
  }

  private sendColumn(queue: DramQueue, slot: number, time: number, write: boolean): void {
    const {t} = this;
    const bank = queue.bank[slot]!;
    const delay = write ? t.tCWL : t.tCL;
    this.groupColumn[bank % this.geometry.bankGroups] = time;
    this.busFree = Math.max(time + delay, this.busFree) + t.burst;
    this.busy += t.burst;
    this.lastWasWrite = write;
    const end = this.busFree;
    if (write) {
      this.lastWriteEnd = end;
      this.prechargeAt[bank] = Math.max(this.prechargeAt[bank]!, end + t.tWR);
      this.sectorsWritten++;
    } else {
      this.prechargeAt[bank] = Math.max(this.prechargeAt[bank]!, time + t.tRTP);
      this.sectorsRead++;
    }
    if (--queue.columns[slot]! > 0) return;
    if (!write) this.done(queue.entry[slot]!, queue.sectors[slot]!, end);
    queue.remove(slot);
  }

  private activate(bank: number, row: number, time: number): void {
    this.openRow[bank] = row;
    this.rowChanged(bank);
    this.columnAt[bank] = time + this.t.tRCD;
    this.prechargeAt[bank] = time + this.t.tRAS;
    this.recent[this.recentAt] = time;
    this.recentAt = (this.recentAt + 1) & 3;
    this.activations++;
  }

  private precharge(bank: number, time: number): void {
    this.openRow[bank] = closed;
    this.rowChanged(bank);
    this.activateAt[bank] = Math.max(this.activateAt[bank]!, time + this.t.tRP);
  }
}

/** A command that has waited goes at its own fraction of the tick just past; one that could have gone earlier has only now been asked for. */
function thisTick(time: number, now: number): number {
  return time > now - 1 ? time : now;
}
