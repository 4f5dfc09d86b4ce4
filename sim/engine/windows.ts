import {someFloat64s, someInt32s} from './arrays.ts';

/** Before any window. */
const never = -(2 ** 31);

/**
 * A bank of servers of which time is asked in any order: each has a capacity for every window of `width` ticks, and a request
 * takes what is left at its time and after. What is reserved ahead so keeps nobody out of the time before it, as it would
 * with a server that only knows when it comes free. Within a window who asks first is served first.
 */
export class Windows {
  /** Ticks of service each server has been asked for. */
  readonly busy: Float64Array;
  private readonly width: number;
  private readonly mask: number;
  /** Which window each place of the ring stands for, and how much of it is taken, which counts from when it first stands for one. */
  private readonly window: Int32Array;
  private readonly taken: Float64Array;
  /** The place, always full, of windows whose own stands for a later one by now. */
  private readonly past: number;
  /** A stretch of windows of each server that are full, so that who is late need not look at each. */
  private readonly fullFrom: Int32Array;
  private readonly fullTo: Int32Array;

  /**
   * `count`: windows a ring holds, a power of two: more than lie between the earliest time asked for and the latest, or who comes
   * early finds full what the ring has come round to.
   */
  constructor(servers: number, width: number, count: number) {
    if ((count & (count - 1)) !== 0) throw new RangeError(`a ring of windows must be a power of two long, not ${count}`);
    this.width = width;
    this.mask = count - 1;
    this.window = someInt32s(servers * count).fill(never);
    this.past = servers * count;
    this.taken = someFloat64s(servers * count + 1);
    this.taken[this.past] = width;
    this.busy = new Float64Array(servers);
    this.fullFrom = new Int32Array(servers);
    this.fullTo = new Int32Array(servers);
  }

  /** Serves a request that arrives at `time`; returns when its service starts. */
  reserve(server: number, time: number, service: number): number {
    const {width, taken} = this;
    this.busy[server]! += service;
    let window = Math.floor(time / width);
    if (window < this.fullTo[server]! && window >= this.fullFrom[server]!) window = this.fullTo[server]!;
    let place = this.placeOf(server, window);
    if (taken[place]! >= width) {
      const from = window;
      while (taken[place]! >= width) place = this.placeOf(server, ++window);
      this.full(server, from, window);
    }
    const free = window * width + taken[place]!;
    for (let left = service; ; place = this.placeOf(server, ++window)) {
      const room = width - taken[place]!;
      if (left <= room) {
        taken[place]! += left;
        break;
      }
      taken[place] = width;
      left -= room;
    }
    return free > time ? free : time;
  }

  /** Serves nobody from one time to another. What has been promised service in it already takes as much after it. */
  close(server: number, from: number, to: number): void {
    const {width, taken} = this;
    let promised = 0;
    for (let window = Math.floor(from / width); window * width < to; window++) {
      const place = this.placeOf(server, window);
      if (place === this.past) continue;
      const start = window * width;
      const open = Math.max(0, from - start) + Math.max(0, start + width - to);
      if (taken[place]! > open) promised += taken[place]! - open;
      taken[place] = Math.min(width, to - start);
    }
    if (promised > 0) this.reserve(server, to, promised);
    this.busy[server]! -= promised;
  }

  private full(server: number, from: number, to: number): void {
    if (from !== this.fullTo[server]) this.fullFrom[server] = from;
    this.fullTo[server] = to;
  }

  private placeOf(server: number, window: number): number {
    const place = server * (this.mask + 1) + (window & this.mask);
    const standsFor = this.window[place]!;
    if (standsFor > window) return this.past;
    if (standsFor < window) {
      this.window[place] = window;
      this.taken[place] = 0;
    }
    return place;
  }
}
