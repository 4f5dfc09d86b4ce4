/** Cycles of a window, and windows of a ring, a power of two. */
const [width, windows] = [32, 256];

/**
 * The data ports of L2 slices. What comes now is served in its turn. What is told of beforehand, as data are that memory will
 * deliver, is booked for then: it keeps nobody out of the time before, and those who come later wait for it.
 */
export class SlicePorts {
  /** Cycles of service each port has been asked for. */
  readonly busy: Float64Array;
  /** When each has served all that has come to it. */
  private readonly free: Float64Array;
  /** Cycles booked in each window, a ring a slice, none of them more than it is wide; and all of them together. */
  private readonly booked: Float32Array;
  private readonly toCome: Float64Array;
  /** The first window of each ring. */
  private readonly first: Int32Array;

  constructor(slices: number) {
    this.busy = new Float64Array(slices);
    this.free = new Float64Array(slices);
    this.booked = new Float32Array(slices * windows);
    this.toCome = new Float64Array(slices);
    this.first = new Int32Array(slices);
  }

  /** Serves what comes to a slice at `time`, in the order of asking; returns when its service ends. */
  serve(slice: number, time: number, service: number): number {
    if (this.toCome[slice]! > 0) this.come(slice, Math.floor(time / width));
    this.busy[slice]! += service;
    const start = this.free[slice]! > time ? this.free[slice]! : time;
    return (this.free[slice] = start + service);
  }

  /** Books service for what will come at `time`; returns when it will end, as far as is known. */
  book(slice: number, time: number, service: number): number {
    const {booked} = this;
    this.busy[slice]! += service;
    const queued = this.free[slice]! > time ? this.free[slice]! : time;
    let window = Math.floor(queued / width);
    if (window < this.first[slice]!) {
      // It comes as soon as what has come already.
      this.free[slice] = Math.max(this.free[slice]!, window * width) + service;
      return queued + service;
    }
    if (window - this.first[slice]! >= windows) this.come(slice, window - windows);
    const ring = slice * windows;
    let place = ring + (window & (windows - 1));
    while (booked[place]! >= width) place = this.next(slice, ++window);
    this.toCome[slice]! += service;
    const start = window * width + booked[place]!;
    let left = service;
    for (let room = width - booked[place]!; left > room; room = width - booked[place]!) {
      booked[place] = width;
      left -= room;
      place = this.next(slice, ++window);
    }
    booked[place]! += left;
    return (start > queued ? start : queued) + service;
  }

  /** The place of a window of a ring, of which the first have come if it is not yet as long. */
  private next(slice: number, window: number): number {
    if (window - this.first[slice]! >= windows) this.come(slice, window - windows);
    return slice * windows + (window & (windows - 1));
  }

  /** What was booked up to window `last` comes, and what is served without a pause after it. */
  private come(slice: number, last: number): void {
    const {booked} = this;
    let free = this.free[slice]!;
    let window = this.first[slice]!;
    for (let full = false; (window <= last || full) && this.toCome[slice]! > 0; window++) {
      const place = slice * windows + (window & (windows - 1));
      const service = booked[place]!;
      full = service === width;
      if (service === 0) continue;
      booked[place] = 0;
      this.toCome[slice]! -= service;
      free = Math.max(free, window * width) + service;
    }
    this.free[slice] = free;
    this.first[slice] = Math.max(window, last + 1);
  }
}
