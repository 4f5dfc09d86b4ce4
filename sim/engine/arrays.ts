/** The least worth keeping, in bytes. */
const least = 2 ** 14;
/** As much as is kept for those who come; of more nothing is. */
const most = 2 ** 26;

/** Memory that nobody uses, by its size, a power of two. */
const free = new Map<number, ArrayBuffer[]>();
let freeBytes = 0;
/** What the machine that runs has taken; undefined: none runs. */
let taken: ArrayBuffer[] | undefined;

/**
 * Plays one machine after another in the same memory: the large arrays that `run` takes are free for the next when it has ended,
 * and nothing may use them any more. A machine's arrays need as long to be had from the system, and found to be garbage, as a
 * small kernel to be played.
 */
export function reusing<T>(run: () => T): T {
  const outer = taken;
  const own: ArrayBuffer[] = [];
  taken = own;
  try {
    return run();
  } finally {
    taken = outer;
    for (const memory of own) giveBack(memory);
  }
}

/** Integers of any value: whoever takes them writes each before it reads it. */
export function someInt32s(length: number): Int32Array<ArrayBuffer> {
  return new Int32Array(memory(4 * length), 0, length);
}

/** Numbers of any value: whoever takes them writes each before it reads it. */
export function someFloat64s(length: number): Float64Array<ArrayBuffer> {
  return new Float64Array(memory(8 * length), 0, length);
}

function memory(bytes: number): ArrayBuffer {
  if (!taken || bytes < least) return new ArrayBuffer(bytes);
  const size = 2 ** Math.ceil(Math.log2(bytes));
  const known = free.get(size)?.pop();
  if (known) freeBytes -= size;
  const found = known ?? new ArrayBuffer(size);
  taken.push(found);
  return found;
}

function giveBack(memory: ArrayBuffer): void {
  const size = memory.byteLength;
  if (freeBytes + size > most) {
    free.clear();
    freeBytes = 0;
  }
  const others = free.get(size);
  if (others) others.push(memory);
  else free.set(size, [memory]);
  freeBytes += size;
}
