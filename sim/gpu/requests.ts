/** What a request on the memory path is for. */
export const Kind = {
  /** An SM reads sectors. */
  read: 0,
  /** An SM writes sectors. */
  write: 1,
  /** One L2 partition reads from the line's home in the other. */
  fetch: 2,
} as const;

/**
 * Requests on their way through the memory system, one line each, as struct-of-arrays: an index is a request. The pool grows
 * to the run's peak and then allocates nothing.
 */
export class Requests {
  /** 128 B line number. */
  line = new Int32Array(1024);
  /** The line's channel, which is also the number of its home slice. */
  channel = new Int16Array(1024);
  /** Sectors asked for, a 4-bit mask. */
  sectors = new Uint8Array(1024);
  kind = new Uint8Array(1024);
  sm = new Int16Array(1024);
  /** The warp instruction (read), or the L2 entry (fetch), that waits for it; −1: none. */
  owner = new Int32Array(1024);
  /** Threads lists: the free list here, waiting requests elsewhere. */
  next = new Int32Array(1024);
  private free = -1;
  private used = 0;

  take(kind: number, line: number, channel: number, sectors: number, sm: number, owner: number): number {
    let request = this.free;
    if (request !== -1) this.free = this.next[request]!;
    else {
      request = this.used++;
      if (request === this.line.length) this.grow();
    }
    this.kind[request] = kind;
    this.line[request] = line;
    this.channel[request] = channel;
    this.sectors[request] = sectors;
    this.sm[request] = sm;
    this.owner[request] = owner;
    this.next[request] = -1;
    return request;
  }

  release(request: number): void {
    this.next[request] = this.free;
    this.free = request;
  }

  reset(): void {
    this.free = -1;
    this.used = 0;
  }

  private grow(): void {
    const larger = <T extends Int32Array | Int16Array | Uint8Array>(array: T, Type: new (length: number) => T): T => {
      const copy = new Type(array.length * 2);
      copy.set(array as never);
      return copy;
    };
    this.line = larger(this.line, Int32Array);
    this.channel = larger(this.channel, Int16Array);
    this.sectors = larger(this.sectors, Uint8Array);
    this.kind = larger(this.kind, Uint8Array);
    this.sm = larger(this.sm, Int16Array);
    this.owner = larger(this.owner, Int32Array);
    this.next = larger(this.next, Int32Array);
  }
}
