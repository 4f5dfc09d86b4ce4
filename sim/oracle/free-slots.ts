/** Slots that take turns: whichever is free first, the lowest number first among equals. A heap. */
export class FreeSlots {
  /** When each slot is free. */
  private readonly free: Float64Array;
  private readonly heap: Int32Array;

  constructor(slots: number) {
    this.free = new Float64Array(slots);
    this.heap = Int32Array.from({length: slots}, (_, slot) => slot);
  }

  /** Occupies the first free slot for `duration`; returns its number. */
  take(duration: number): number {
    const slot = this.heap[0]!;
    this.free[slot]! += duration;
    this.sink();
    return slot;
  }

  /** Occupies every slot for `duration`. */
  postpone(duration: number): void {
    for (let slot = 0; slot < this.free.length; slot++) this.free[slot]! += duration;
  }

  /** When a slot is free. */
  at(slot: number): number {
    return this.free[slot]!;
  }

  first(): number {
    return this.free[this.heap[0]!]!;
  }

  last(): number {
    return this.free.reduce((most, time) => Math.max(most, time), 0);
  }

  private sink(): void {
    const {heap} = this;
    const slot = heap[0]!;
    let at = 0;
    for (;;) {
      let least = 2 * at + 1;
      if (least >= heap.length) break;
      if (least + 1 < heap.length && this.earlier(heap[least + 1]!, heap[least]!)) least++;
      if (!this.earlier(heap[least]!, slot)) break;
      heap[at] = heap[least]!;
      at = least;
    }
    heap[at] = slot;
  }

  private earlier(a: number, b: number): boolean {
    return this.free[a]! < this.free[b]! || (this.free[a] === this.free[b] && a < b);
  }
}
