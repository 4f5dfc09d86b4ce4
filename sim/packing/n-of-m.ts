import {storedRows, type Vector} from '../pattern/mask.ts';
import type {Format} from './format.ts';

/**
 * The n largest magnitudes of every m rows are stored, ties to the lower row, in ascending order; each with its position in
 * the group in as few bits as hold it, the first in the low bits of a 32-bit word. For 2:4 that is what mma.sp takes: 2 bits
 * a value, a word for 32 rows. Slots of the last word beyond what is stored name the positions 0, 1, … of their group, for
 * hardware wants distinct ascending ones even beside the value 0.
 */
export function nOfM(vector: Vector): Format {
  const {n, m} = vector;
  const bits = 32 - Math.clz32(m - 1);
  const perWord = Math.floor(32 / bits); // infinite for 1:1, which has no positions to tell
  const stored = (rows: number) => storedRows(rows, vector);
  const words = (rows: number) => Math.ceil(stored(rows) / perWord);
  const shiftOf = (slot: number) => (slot % perWord) * bits;

  return {
    stored,
    words,
    encode(column, values, metadata) {
      metadata.fill(0);
      let slot = 0;
      const store = (position: number) => {
        if (bits > 0) metadata[Math.floor(slot / perWord)]! |= position << shiftOf(slot);
        slot++;
      };
      for (let start = 0; start < column.length; start += m) {
        const size = Math.min(m, column.length - start);
        const chosen = largest(column, start, size, n);
        for (let position = 0; position < size; position++) {
          if (((chosen >>> position) & 1) === 0) continue;
          values[slot] = column[start + position]!;
          store(position);
        }
      }
      for (const end = metadata.length * perWord; slot < end;) store(slot % n);
    },
    decode(values, metadata, column) {
      column.fill(0);
      for (let slot = 0; slot < values.length; slot++) {
        const position = bits > 0 ? (metadata[Math.floor(slot / perWord)]! >>> shiftOf(slot)) & (2 ** bits - 1) : 0;
        column[Math.floor(slot / n) * m + position] = values[slot]!;
      }
    },
  };
}

/** A bit for each of the `n` largest magnitudes among `size` (at most 32) values from `start`. */
function largest(column: Float32Array, start: number, size: number, n: number): number {
  let chosen = 0;
  for (let taken = 0; taken < Math.min(n, size); taken++) {
    let best = -1;
    let magnitude = -1;
    for (let i = 0; i < size; i++) {
      const candidate = Math.abs(column[start + i]!);
      if (((chosen >>> i) & 1) === 0 && candidate > magnitude) {
        best = i;
        magnitude = candidate;
      }
    }
    chosen |= 1 << best;
  }
  return chosen;
}
