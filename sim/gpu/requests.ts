import {lengthened} from '../engine/slots.ts';

/** What a request on the memory path is for. */
export const Kind = {
  /** An SM reads sectors. */
  read: 0,
  /** An SM writes sectors. */
  write: 1,
  /** One L2 partition reads from the line's home in the other. */
  fetch: 2,
} as const;

/** Channels, and so slices, that a request has room to name. */
export const mostChannels = 512;

/** Words of a request: its line, what and where packed, its owner, and the next of whatever list it is on. */
const words = 4;
const nextWord = 3;

/**
 * Requests on their way through the memory system, one line each: a request is an index. Its four words lie side by side, for
 * tens of thousands are on their way at once, and each is looked at at every hop. The pool grows to the run's peak and then
 * allocates nothing.
 */
export class Requests {
  private data = new Int32Array(1024 * words);
  private free = -1;
  private used = 0;
  /** How many have been taken in all. */
  taken = 0;

  /**
   * `channel`: the line's, which is also the number of its home slice. `sectors`: a 4-bit mask. `owner`: the warp
   * instruction (read), or the L2 entry (fetch), that waits for it; −1: none.
   */
  take(kind: number, line: number, channel: number, sectors: number, sm: number, owner: number): number {
    this.taken++;
    let request = this.free;
    if (request !== -1) this.free = this.next(request);
    else {
      request = this.used++;
      if (request * words === this.data.length) this.grow();
    }
    const at = request * words;
    this.data[at] = line;
    this.data[at + 1] = sectors | (kind << 4) | (channel << 8) | (sm << 17);
    this.data[at + 2] = owner;
    this.data[at + nextWord] = -1;
    return request;
  }

  release(request: number): void {
    this.setNext(request, this.free);
    this.free = request;
  }

  line(request: number): number {
    return this.data[request * words]!;
  }

  sectors(request: number): number {
    return this.data[request * words + 1]! & 15;
  }

  kind(request: number): number {
    return (this.data[request * words + 1]! >> 4) & 15;
  }

  channel(request: number): number {
    return (this.data[request * words + 1]! >> 8) & 511;
  }

  sm(request: number): number {
    return this.data[request * words + 1]! >> 17;
  }

  owner(request: number): number {
    return this.data[request * words + 2]!;
  }

  /** The next request of the list this one is on; −1: it is the last. */
  next(request: number): number {
    return this.data[request * words + nextWord]!;
  }

  setNext(request: number, next: number): void {
    this.data[request * words + nextWord] = next;
  }

  private grow(): void {
    this.data = lengthened(this.data, this.data.length * 2);
  }
}
