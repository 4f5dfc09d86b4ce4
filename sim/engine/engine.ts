import {lengthened} from './slots.ts';

/**
 * Time itself: events in the order of (time, sequence). Knows nothing of what they mean.
 *
 * Near events lie in a wheel of one-tick buckets, each a first-in-first-out list through a pool of struct-of-arrays; events
 * beyond the wheel wait in a heap and move in as soon as the wheel reaches their time, before anything new can be put there,
 * so the order stays exact. Nothing is allocated per event once the pool has grown to the run's peak.
 */
export class Engine {
  /** The current time in ticks. */
  now = 0;
  /** Events handled since the last reset. */
  handled = 0;

  private readonly handlers: ((argument: number) => void)[] = [];
  private readonly mask: number;
  private readonly heads: Int32Array;
  private readonly tails: Int32Array;
  private kinds = new Uint8Array(4096);
  private args = new Int32Array(4096);
  private nexts = new Int32Array(4096);
  private free = -1;
  private used = 0;
  private inWheel = 0;
  private readonly far = new FarEvents();

  /** `horizon`: ticks the wheel spans, a power of two. */
  constructor(horizon = 8192) {
    if ((horizon & (horizon - 1)) !== 0) throw new RangeError(`the wheel's horizon must be a power of two, not ${horizon}`);
    this.mask = horizon - 1;
    this.heads = new Int32Array(horizon).fill(-1);
    this.tails = new Int32Array(horizon);
  }

  /** Registers what happens at events of a new kind; an event's argument is an index, never an object. */
  kind(handler: (argument: number) => void): number {
    this.handlers.push(handler);
    if (this.handlers.length > 255) throw new RangeError('more than 255 event kinds');
    return this.handlers.length - 1;
  }

  /** Schedules an event at an integer time below 2³¹ that has not passed. Events of the same time happen in the order of these calls. */
  at(time: number, kind: number, argument: number): void {
    if (!(time >= this.now && time < 2 ** 31))
      throw new RangeError(`an event for tick ${time}, which ${time < this.now ? 'has passed' : 'is beyond the clock'} (now ${this.now})`);
    if (time - this.now > this.mask) this.far.push(time, kind, argument);
    else this.append(time, kind, argument);
  }

  get pending(): number {
    return this.inWheel + this.far.size;
  }

  /** Handles events until none is left, or the next lies beyond `until`. */
  run(until = Infinity): void {
    while (this.inWheel + this.far.size > 0) {
      const time = this.nextTime();
      if (time > until) return;
      this.now = time | 0;
      this.admit();
      const bucket = time & this.mask;
      for (let event = this.heads[bucket]!; event !== -1; event = this.heads[bucket]!) {
        this.heads[bucket] = this.nexts[event]!;
        const kind = this.kinds[event]!;
        const argument = this.args[event]!;
        this.nexts[event] = this.free;
        this.free = event;
        this.inWheel--;
        this.handled++;
        this.handlers[kind]!(argument);
      }
    }
  }

  /** Back to time zero with no events; kinds stay. */
  reset(): void {
    this.now = 0;
    this.handled = 0;
    this.heads.fill(-1);
    this.free = -1;
    this.used = 0;
    this.inWheel = 0;
    this.far.clear();
  }

  private nextTime(): number {
    if (this.inWheel === 0) return this.far.nextTime();
    let time = this.now;
    while (this.heads[time & this.mask] === -1) time++;
    return time;
  }

  /** Moves far events that the wheel now reaches into their buckets. */
  private admit(): void {
    const far = this.far;
    while (far.size > 0 && far.nextTime() - this.now <= this.mask) {
      this.append(far.nextTime(), far.nextKind(), far.nextArgument());
      far.pop();
    }
  }

  private append(time: number, kind: number, argument: number): void {
    let event = this.free;
    if (event !== -1) this.free = this.nexts[event]!;
    else {
      event = this.used++;
      if (event === this.kinds.length) this.grow();
    }
    this.kinds[event] = kind;
    this.args[event] = argument;
    this.nexts[event] = -1;
    const bucket = time & this.mask;
    if (this.heads[bucket] === -1) this.heads[bucket] = event;
    else this.nexts[this.tails[bucket]!] = event;
    this.tails[bucket] = event;
    this.inWheel++;
  }

  private grow(): void {
    this.kinds = lengthened(this.kinds, this.kinds.length * 2);
    this.args = lengthened(this.args, this.args.length * 2);
    this.nexts = lengthened(this.nexts, this.nexts.length * 2);
  }
}

/** A binary heap of the events beyond the wheel, ordered by (time, sequence). */
class FarEvents {
  size = 0;
  private sequence = 0;
  private times = new Int32Array(256);
  private order = new Float64Array(256);
  private kinds = new Uint8Array(256);
  private args = new Int32Array(256);

  nextTime(): number {
    return this.times[0]!;
  }

  nextKind(): number {
    return this.kinds[0]!;
  }

  nextArgument(): number {
    return this.args[0]!;
  }

  clear(): void {
    this.size = 0;
    this.sequence = 0;
  }

  push(time: number, kind: number, argument: number): void {
    if (this.size === this.times.length) {
      this.times = lengthened(this.times, this.times.length * 2);
      this.order = lengthened(this.order, this.order.length * 2);
      this.kinds = lengthened(this.kinds, this.kinds.length * 2);
      this.args = lengthened(this.args, this.args.length * 2);
    }
    let at = this.size++;
    const sequence = this.sequence++;
    for (let parent = (at - 1) >> 1; at > 0 && time < this.times[parent]!; parent = (at - 1) >> 1) {
      this.move(parent, at);
      at = parent;
    }
    this.set(at, time, sequence, kind, argument);
  }

  pop(): void {
    const last = --this.size;
    if (last === 0) return;
    const time = this.times[last]!;
    const sequence = this.order[last]!;
    const kind = this.kinds[last]!;
    const argument = this.args[last]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && this.before(child + 1, this.times[child]!, this.order[child]!)) child++;
      if (!this.before(child, time, sequence)) break;
      this.move(child, at);
      at = child;
    }
    this.set(at, time, sequence, kind, argument);
  }

  private before(at: number, time: number, sequence: number): boolean {
    return this.times[at]! < time || (this.times[at]! === time && this.order[at]! < sequence);
  }

  private move(from: number, to: number): void {
    this.set(to, this.times[from]!, this.order[from]!, this.kinds[from]!, this.args[from]!);
  }

  private set(at: number, time: number, sequence: number, kind: number, argument: number): void {
    this.times[at] = time;
    this.order[at] = sequence;
    this.kinds[at] = kind;
    this.args[at] = argument;
  }
}
