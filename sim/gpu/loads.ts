import {lengthened, Slots} from '../engine/slots.ts';

/**
 * Warp instructions whose data are on their way from memory, as struct-of-arrays: an index is an instruction in flight. It is
 * done when the last of its lines is.
 */
export class Loads {
  /** What it holds up: a scoreboard counter (LDG), or one of the warp's copy groups (LDGSTS). */
  target = new Int32Array(1024);
  /** Lines still on their way. */
  lines = new Int32Array(1024);
  /** Shared-memory wavefronts each arriving byte takes; 0 for LDG, which fills registers. */
  wavefrontsPerByte = new Float64Array(1024);
  /** Wavefronts each line of an LDG takes from L1 to registers. */
  wavefrontsPerLine = new Float64Array(1024);
  /** When the last line will be where it belongs. */
  ready = new Float64Array(1024);
  /** Of a copy whose lines travel together: the SM, how many, and their sectors. */
  sm = new Int32Array(1024);
  burstLines = new Int32Array(1024);
  burstSectors = new Int32Array(1024);
  /** The next copy of the list this one waits in. */
  next = new Int32Array(1024);
  private readonly slots = new Slots();

  take(target: number, lines: number, wavefrontsPerByte: number): number {
    const load = this.slots.take();
    if (load === this.lines.length) this.grow(this.slots.size);
    this.target[load] = target;
    this.lines[load] = lines;
    this.wavefrontsPerByte[load] = wavefrontsPerByte;
    this.ready[load] = 0;
    return load;
  }

  release(load: number): void {
    this.slots.release(load);
  }

  private grow(size: number): void {
    this.target = lengthened(this.target, size);
    this.lines = lengthened(this.lines, size);
    this.wavefrontsPerByte = lengthened(this.wavefrontsPerByte, size);
    this.wavefrontsPerLine = lengthened(this.wavefrontsPerLine, size);
    this.ready = lengthened(this.ready, size);
    this.next = lengthened(this.next, size);
    this.sm = lengthened(this.sm, size);
    this.burstLines = lengthened(this.burstLines, size);
    this.burstSectors = lengthened(this.burstSectors, size);
  }
}
