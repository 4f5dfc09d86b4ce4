import {storedRows, type Vector} from '../pattern/mask.ts';
import type {Format} from './format.ts';

/**
 * The n largest magnitudes of every m rows are stored, ties to the lower row, in ascending order; each with its position in
 * the group in as few bits as hold it, one after another from the low bits of the first 32-bit word on. For 2:4 that is what
 * mma.sp takes: 2 bits a value, a word for 32 rows. A position steers the multiplexer that picks an activation as it is; the number of
 * one of the C(m, n) choices would be shorter (5 bits and not 6 for 2:8), and want a decoder in front of each. Places beyond
 * what is stored name the positions 0, 1, … of their group, for hardware wants distinct ascending ones even beside the value 0.
 */
export function nOfM(vector: Vector): Format {
  const {n, m} = vector;
  const bits = positionBits(vector);
  const stored = (rows: number) => storedRows(rows, vector);
  const words = (rows: number) => metadataWords(stored(rows), vector);

  return {
    stored,
    words,
    encode(column, values, metadata) {
      metadata.fill(0);
      let slot = 0;
      const store = (position: number) => {
        const word = Math.floor((slot * bits) / 32);
        const shift = (slot++ * bits) % 32;
        if (bits > 0) metadata[word]! |= position << shift;
        // The high bits of a position that straddles two words.
        if (shift + bits > 32) metadata[word + 1]! |= position >>> (32 - shift);
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
      if (bits > 0) while ((slot + 1) * bits <= metadata.length * 32) store(slot % n);
    },
    decode(values, metadata, column) {
      column.fill(0);
      for (let slot = 0; slot < values.length; slot++) {
        column[Math.floor(slot / n) * m + positionAt(slot * bits, bits, (word) => metadata[word]!)] = values[slot]!;
      }
    },
  };
}

/** Bits of a position among m rows: 2 for 2:4; 0 for 1:1, which has none to tell. */
export function positionBits({m}: Vector): number {
  return 32 - Math.clz32(m - 1);
}

/** 32-bit words that hold the positions of so many stored values. */
export function metadataWords(stored: number, vector: Vector): number {
  return Math.ceil((stored * positionBits(vector)) / 32);
}

/** The position that begins at a bit of a run of words. */
export function positionAt(bit: number, bits: number, wordAt: (number: number) => number): number {
  if (bits === 0) return 0;
  const word = Math.floor(bit / 32);
  const shift = bit % 32;
  const high = shift + bits > 32 ? wordAt(word + 1) << (32 - shift) : 0;
  return ((wordAt(word) >>> shift) | high) & (2 ** bits - 1);
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
