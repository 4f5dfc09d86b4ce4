/** How many spans a recording may hold, and how many it had no room for. */
export interface Room {
  left: number;
  leftOut: number;
}

/** Spans of one row of a timeline in order, none over another. Struct of arrays: there may be many. */
export class Spans {
  readonly start: number[] = [];
  readonly end: number[] = [];
  readonly what: string[] = [];
  private readonly room: Room;

  constructor(room: Room) {
    this.room = room;
  }

  /** Adds a span at the end. One that goes on with what the last did, and is not `apart`, makes that longer. */
  put(start: number, end: number, what: string, apart = false): void {
    const last = this.end.length - 1;
    if (end <= start) return;
    if (!apart && last >= 0 && this.what[last] === what && this.end[last] === start) this.end[last] = end;
    else if (this.room.left === 0) this.room.leftOut++;
    else {
      this.room.left--;
      this.start.push(start);
      this.end.push(end);
      this.what.push(what);
    }
  }

  /** Nothing goes on beyond `time`. */
  endBy(time: number): void {
    while ((this.end.at(-1) ?? time) > time) {
      const last = this.end.length - 1;
      if (this.start[last]! < time) this.end[last] = time;
      else this.drop();
    }
  }

  /** Puts a span in place of whatever was there. */
  replace(start: number, end: number, what: string): void {
    const after: [number, number, string][] = [];
    while ((this.end.at(-1) ?? end) > end) {
      const last = this.end.length - 1;
      const from = Math.max(this.start[last]!, end);
      after.unshift([from, this.end[last]!, this.what[last]!]);
      this.endBy(from);
    }
    this.endBy(start);
    this.put(start, end, what);
    for (const span of after) this.put(...span);
  }

  private drop(): void {
    for (const list of [this.start, this.end, this.what]) list.pop();
    this.room.left++;
  }
}
