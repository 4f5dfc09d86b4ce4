/**
 * Warp instructions whose data are on their way from memory, as struct-of-arrays: an index is an instruction in flight. It is
 * done when the last of its lines is.
 */
export class Loads {
  /** The warp that issued it. */
  warp = new Int32Array(1024);
  /** What it holds up: a scoreboard counter (LDG), or one of the warp's copy groups (LDGSTS). */
  target = new Int32Array(1024);
  /** Lines still on their way. */
  lines = new Int32Array(1024);
  /** Shared-memory wavefronts each arriving byte takes; 0 for LDG, which fills registers. */
  wavefrontsPerByte = new Float64Array(1024);
  /** When the last line will be where it belongs. */
  ready = new Float64Array(1024);
  private next = new Int32Array(1024);
  private free = -1;
  private used = 0;

  take(warp: number, target: number, lines: number, wavefrontsPerByte: number): number {
    let load = this.free;
    if (load !== -1) this.free = this.next[load]!;
    else {
      load = this.used++;
      if (load === this.warp.length) this.grow();
    }
    this.warp[load] = warp;
    this.target[load] = target;
    this.lines[load] = lines;
    this.wavefrontsPerByte[load] = wavefrontsPerByte;
    this.ready[load] = 0;
    return load;
  }

  release(load: number): void {
    this.next[load] = this.free;
    this.free = load;
  }

  reset(): void {
    this.free = -1;
    this.used = 0;
  }

  private grow(): void {
    const larger = <T extends Int32Array | Float64Array>(array: T, Type: new (length: number) => T): T => {
      const copy = new Type(array.length * 2);
      copy.set(array);
      return copy;
    };
    this.warp = larger(this.warp, Int32Array);
    this.target = larger(this.target, Int32Array);
    this.lines = larger(this.lines, Int32Array);
    this.wavefrontsPerByte = larger(this.wavefrontsPerByte, Float64Array);
    this.ready = larger(this.ready, Float64Array);
    this.next = larger(this.next, Int32Array);
  }
}
