/**
 * A bank of first-in-first-out servers that are told of work before it comes: so much, spread evenly over such a time. How far
 * a server is behind at some time is known once everybody has said what comes before it; work comes in windows of `width`
 * ticks, and whoever comes in the same is served side by side.
 */
export class Flows {
  /** Ticks of service each server has been asked for. */
  readonly busy: Float64Array;
  private readonly width: number;
  private readonly mask: number;
  /** Which window each place of the ring stands for, the work that comes in it, and what is left of earlier work as it begins. */
  private readonly window: Int32Array;
  private readonly comes: Float64Array;
  private readonly left: Float64Array;
  /** The last window of each server for which `left` is up to date. */
  private readonly known: Int32Array;

  /** `count`: windows a ring holds, a power of two: more than lie between the earliest time asked for and the latest. */
  constructor(servers: number, width: number, count: number) {
    if ((count & (count - 1)) !== 0) throw new RangeError(`a ring of windows must be a power of two long, not ${count}`);
    this.width = width;
    this.mask = count - 1;
    this.window = new Int32Array(servers * count).fill(-1);
    this.comes = new Float64Array(servers * count);
    this.left = new Float64Array(servers * count);
    this.busy = new Float64Array(servers);
    this.known = new Int32Array(servers);
  }

  /** Work comes, spread evenly over the time from `from` to `to`. */
  add(server: number, from: number, to: number, work: number): void {
    const {width} = this;
    this.busy[server]! += work;
    const first = Math.floor(from / width);
    if (this.known[server]! > first) this.known[server] = first;
    const rate = work / (to - from);
    let at = from;
    for (let window = first; at < to; window++) {
      const end = Math.min(to, (window + 1) * width);
      this.comes[this.placeOf(server, window)]! += (end - at) * rate;
      at = end;
    }
  }

  /** Ticks of work that a server has before it at `time`. */
  behind(server: number, time: number): number {
    const {width, comes, left} = this;
    const window = Math.floor(time / width);
    const from = Math.max(this.known[server]!, window - this.mask);
    let place = this.placeOf(server, from);
    for (let w = from; w < window; w++) {
      const over = left[place]! + comes[place]! - width;
      place = this.placeOf(server, w + 1);
      left[place] = over > 0 ? over : 0;
    }
    if (window > this.known[server]!) this.known[server] = window;
    const now = left[place]! + (comes[place]! - width) * (time / width - window);
    return now > 0 ? now : 0;
  }

  private placeOf(server: number, window: number): number {
    const place = server * (this.mask + 1) + (window & this.mask);
    if (this.window[place] !== window) {
      this.window[place] = window;
      this.comes[place] = 0;
      this.left[place] = 0;
    }
    return place;
  }
}
