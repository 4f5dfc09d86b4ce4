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
