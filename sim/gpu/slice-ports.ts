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
  /** Cycles booked in each window, a ring a slice, none of them more than it is wide. */
  private readonly booked: Float32Array;
  /** When the first window of each ring begins that has not come yet, and when the last one ends that anything is booked in. */
  private readonly first: Float64Array;
  private readonly last: Float64Array;

  constructor(slices: number) {
    this.busy = new Float64Array(slices);
    this.free = new Float64Array(slices);
    this.booked = new Float32Array(slices * windows);
    this.first = new Float64Array(slices);
    this.last = new Float64Array(slices);
  }

  /** Serves what comes to a slice at `time`, in the order of asking; returns when its service ends. */
  serve(slice: number, time: number, service: number): number {
    if (time >= this.first[slice]!) this.come(slice, time);
    this.busy[slice]! += service;
    const start = this.free[slice]! > time ? this.free[slice]! : time;
    return (this.free[slice] = start + service);
  }

  /** Books service for what will come at `time`; returns when it will end, as far as is known. */
  book(slice: number, time: number, service: number): number {
    const {booked} = this;
    this.busy[slice]! += service;
    const free = this.free[slice]!;
    const queued = free > time ? free : time;
    let window = (queued / width) | 0;
    if (window * width < this.first[slice]!) {
      // It comes together with what has come already.
      this.free[slice] = (free > window * width ? free : window * width) + service;
      return queued + service;
    }
    const ring = slice * windows;
    const end = this.first[slice]! / width + windows;
    let place = ring + (window & (windows - 1));
    while (booked[place]! >= width && window < end) place = ring + (++window & (windows - 1));
    const start = window * width + booked[place]!;
    let left = service;
    for (; window < end && booked[place]! + left > width; place = ring + (++window & (windows - 1))) {
      left -= width - booked[place]!;
      booked[place] = width;
    }
    // Beyond the ring there is room for all.
    if (window < end) booked[place]! += left;
    if ((window + 1) * width > this.last[slice]!) this.last[slice] = (window + 1) * width;
    return (start > queued ? start : queued) + service;
  }

  /** What was booked up to the window of `time` comes, and what is served without a pause after it. */
  private come(slice: number, time: number): void {
    const {booked} = this;
    const last = this.last[slice]!;
    let free = this.free[slice]!;
    let begins = this.first[slice]!;
    for (let full = false; (begins <= time || full) && begins < last; begins += width) {
      const place = slice * windows + ((begins / width) & (windows - 1));
      const service = booked[place]!;
      full = service === width;
      if (service === 0) continue;
      booked[place] = 0;
      free = (free > begins ? free : begins) + service;
    }
    this.free[slice] = free;
    const next = (((time / width) | 0) + 1) * width;
    this.first[slice] = begins > next ? begins : next;
  }
}
