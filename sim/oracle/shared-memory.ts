/** Bytes of one cp.async, the unit in which data land. */
export const chunkBytes = 16;

const nobody = -1;
const several = -2;

/**
 * Shared memory of one CTA as a value at the address of its first byte, and for every 16 B chunk what an order of warps that
 * the programs allow might break: a copy's data are there for its own warp once that has waited for the copy's group, for the
 * others after the barrier that follows; and what another warp reads between two barriers nobody may overwrite between them.
 * Whatever breaks these rules throws an Error, however the warps happen to be interleaved here.
 */
export class SharedMemory {
  readonly values: Float64Array;
  private readonly writer: Int16Array;
  /** The group of the writer's copies that brought it; stores belong to none, and are seen from the next barrier on. */
  private readonly group: Int32Array;
  private readonly content: Int32Array;
  private readonly reader: Int16Array;
  /** The interval between barriers it was last written, and read, in. */
  private readonly written: Int32Array;
  private readonly read: Int32Array;
  private interval = 0;
  /** Groups each warp has closed, has waited for, and had waited for at the last barrier. */
  private readonly closed: Int32Array;
  private readonly landed: Int32Array;
  private readonly published: Int32Array;

  constructor(bytes: number, warps: number) {
    const chunks = Math.ceil(bytes / chunkBytes);
    this.values = new Float64Array(bytes).fill(NaN);
    this.writer = new Int16Array(chunks).fill(nobody);
    this.group = new Int32Array(chunks);
    this.content = new Int32Array(chunks);
    this.reader = new Int16Array(chunks).fill(nobody);
    this.written = new Int32Array(chunks);
    this.read = new Int32Array(chunks);
    this.closed = new Int32Array(warps);
    this.landed = new Int32Array(warps);
    this.published = new Int32Array(warps);
  }

  commit(warp: number): void {
    this.closed[warp]!++;
  }

  /** All but the last `groups` closed groups of the warp have landed. */
  waitFor(warp: number, groups: number): void {
    this.landed[warp] = Math.max(this.landed[warp]!, this.closed[warp]! - groups);
  }

  barrier(): void {
    this.interval++;
    this.published.set(this.landed);
  }

  /** A copy of the warp's open group is to bring `content` (any number that names it) to the chunk at `address`. */
  copy(warp: number, address: number, content: number): void {
    this.overwrite(warp, address, content, this.closed[warp]!);
  }

  /** The warp stores `content` there. */
  store(warp: number, address: number, content: number): void {
    this.overwrite(warp, address, content, nobody);
  }

  /** The warp reads the chunk around `address`, where it expects `content`. */
  expect(warp: number, address: number, content: number): void {
    const chunk = this.chunkOf(address);
    const writer = this.writer[chunk]!;
    if (writer === nobody) throw new Error(`reads shared memory at ${address}, where nothing was ever written`);
    if (this.content[chunk] !== content) throw new Error(`reads shared memory at ${address} and finds other data than it wants`);
    if (!this.seenBy(warp, chunk)) throw new Error(`reads shared memory at ${address} before what warp ${writer} writes there can be seen`);
    const again = this.read[chunk] === this.interval && this.reader[chunk] !== nobody && this.reader[chunk] !== warp;
    this.reader[chunk] = again ? several : warp;
    this.read[chunk] = this.interval;
  }

  private overwrite(warp: number, address: number, content: number, group: number): void {
    const chunk = this.chunkOf(address);
    const reader = this.reader[chunk]!;
    if (reader !== nobody && reader !== warp && this.read[chunk] === this.interval)
      throw new Error(
        `overwrites shared memory at ${address}, which ${reader === several ? 'several warps' : `warp ${reader}`} may still have to read`,
      );
    const writer = this.writer[chunk]!;
    const sameStore = group === nobody && this.group[chunk] === nobody && writer === warp;
    if (writer !== nobody && !sameStore && !this.seenBy(warp, chunk))
      throw new Error(`overwrites shared memory at ${address}, where what warp ${writer} writes may come later`);
    this.writer[chunk] = warp;
    this.group[chunk] = group;
    this.content[chunk] = content;
    this.written[chunk] = this.interval;
  }

  private seenBy(warp: number, chunk: number): boolean {
    const writer = this.writer[chunk]!;
    const group = this.group[chunk]!;
    if (group === nobody) return writer === warp || this.written[chunk]! < this.interval;
    return group < (writer === warp ? this.landed : this.published)[writer]!;
  }

  private chunkOf(address: number): number {
    if (address < 0 || address >= this.values.length) throw new Error(`reaches shared memory at ${address} of ${this.values.length} B`);
    return Math.floor(address / chunkBytes);
  }
}
