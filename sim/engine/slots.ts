/**
 * Hands out small integers, those given back first: indices into struct-of-arrays whose rows come and go. Grows to the most
 * that were ever out at once, and then allocates nothing.
 */
export class Slots {
  private next = new Int32Array(1024);
  private free = -1;
  private used = 0;

  /** How many rows the arrays must have for every slot handed out so far; a power of two times 1024. */
  get size(): number {
    return this.next.length;
  }

  take(): number {
    if (this.free !== -1) {
      const slot = this.free;
      this.free = this.next[slot]!;
      return slot;
    }
    if (this.used === this.next.length) this.next = lengthened(this.next, this.used * 2);
    return this.used++;
  }

  release(slot: number): void {
    this.next[slot] = this.free;
    this.free = slot;
  }
}

/** The same array, its end filled up with zeros to `length`. */
export function lengthened<T extends Int32Array | Float64Array | Uint8Array | Uint16Array>(array: T, length: number): T {
  const longer = new (array.constructor as new (length: number) => T)(length);
  longer.set(array);
  return longer;
}
