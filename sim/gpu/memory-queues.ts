/** Each sub-core's queue of memory instructions on their way to the SM's shared unit. In order, so a ring of when they leave. */
export class MemoryQueues {
  private readonly leaves: Float64Array;
  private readonly next: Int32Array;
  private readonly length: number;

  constructor(cores: number, length: number) {
    this.length = length;
    this.leaves = new Float64Array(cores * length);
    this.next = new Int32Array(cores);
  }

  /** When a sub-core's queue has room for another instruction. */
  frees(core: number): number {
    return this.leaves[core * this.length + this.next[core]!]!;
  }

  /** Takes in an instruction that leaves at `time`. */
  enter(core: number, time: number): void {
    this.leaves[core * this.length + this.next[core]!] = time;
    this.next[core] = (this.next[core]! + 1) % this.length;
  }
}
