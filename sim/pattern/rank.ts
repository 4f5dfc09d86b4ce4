const digitBits = 16;
const digits = 2 ** digitBits;

/** The indices of non-negative float32 `scores` from the highest to the lowest, ties by index. Linear: a radix sort. */
export function rank(scores: Float32Array): Uint32Array {
  // Read as integers, non-negative floats order as they do as numbers; the complement turns the order around.
  const keys = new Uint32Array(scores.buffer, scores.byteOffset, scores.length).map((bits) => ~bits);
  const unsorted = new Uint32Array(scores.length).map((_, i) => i);
  return sortByDigit(sortByDigit(unsorted, keys, 0), keys, digitBits);
}

/** A stable counting sort of `order` by one digit of the keys. */
function sortByDigit(order: Uint32Array, keys: Uint32Array, shift: number): Uint32Array {
  const digitOf = (index: number) => (keys[index]! >>> shift) & (digits - 1);
  const next = new Uint32Array(digits + 1);
  for (const index of order) next[digitOf(index) + 1]!++;
  for (let d = 0; d < digits; d++) next[d + 1]! += next[d]!;
  const sorted = new Uint32Array(order.length);
  for (const index of order) sorted[next[digitOf(index)]!++] = index;
  return sorted;
}

/** How many of those from `start` to `end` are ranked before the one at `at`, by magnitude: the larger ones, and those as large before it. */
export function before(values: Float32Array, at: number, start: number, end: number): number {
  const own = Math.abs(values[at]!);
  let count = 0;
  for (let other = start; other < end; other++) {
    const magnitude = Math.abs(values[other]!);
    if (magnitude > own || (magnitude === own && other < at)) count++;
  }
  return count;
}

/** Scores of several parts, one after another, to be ranked together. */
export interface Pool {
  readonly scores: Float32Array;
  /** Indices into `scores`, the highest first. */
  readonly order: Uint32Array;
  /** The part each score belongs to, and where each part starts; one more says where the last ends. */
  readonly part: Uint32Array;
  readonly start: Uint32Array;
}

export function pooled(parts: readonly Float32Array[]): Pool {
  const start = new Uint32Array(parts.length + 1);
  parts.forEach(({length}, i) => (start[i + 1] = start[i]! + length));
  const scores = new Float32Array(start.at(-1)!);
  const part = new Uint32Array(scores.length);
  parts.forEach((own, i) => {
    scores.set(own, start[i]);
    part.fill(i, start[i], start[i + 1]);
  });
  return {scores, order: rank(scores), part, start};
}
