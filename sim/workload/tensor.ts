import {closeSync, fstatSync, openSync, readSync} from 'node:fs';

/** An array as a file holds it, its numbers not yet read. */
export interface Tensor {
  readonly dtype: ElementType;
  /** Extents, the slowest first; in `fortran` order the first runs fastest. */
  readonly shape: readonly number[];
  readonly fortran: boolean;
  readonly bytes: Buffer;
}

export type ElementType = keyof typeof readers;
type Reader = (view: DataView, at: number) => number;

/** Little-endian floating point, and the bytes an element takes. */
const readers = {
  f16: {bytes: 2, read: ((view, at) => half(view.getUint16(at, true))) as Reader},
  bf16: {bytes: 2, read: ((view, at) => brain(view.getUint16(at, true))) as Reader},
  f32: {bytes: 4, read: ((view, at) => view.getFloat32(at, true)) as Reader},
  f64: {bytes: 8, read: ((view, at) => view.getFloat64(at, true)) as Reader},
} as const;

export const elementBytes = (dtype: ElementType): number => readers[dtype].bytes;

/** The numbers of a tensor in the order of the file, as float32. */
export function numbersOf({dtype, bytes}: Tensor): Float32Array {
  const {bytes: size, read} = readers[dtype];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({length: bytes.byteLength / size}, (_, i) => read(view, i * size));
}

/** 1 sign, 5 exponent and 10 fraction bits; IEEE 754 binary16. */
function half(bits: number): number {
  const fraction = bits & 0x3ff;
  const exponent = (bits >>> 10) & 0x1f;
  const sign = bits >>> 15 ? -1 : 1;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const word = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function brain(bits: number): number {
  word.setUint32(0, bits * 2 ** 16);
  return word.getFloat32(0);
}

/** Part of a file, read when asked for: a model's file may be larger than memory. */
export interface Source {
  readonly size: number;
  /** Throws an Error where the file ends before. */
  read(start: number, length: number): Buffer;
}

/** Opens a file for as long as `use` takes. Throws the file system's Error. */
export function withFile<T>(path: string, use: (source: Source) => T): T {
  const file = openSync(path, 'r');
  try {
    const {size} = fstatSync(file);
    return use({
      size,
      read(start, length) {
        const bytes = Buffer.alloc(length);
        if (readSync(file, bytes, 0, length, start) < length) throw new Error(`ends before byte ${start + length}`);
        return bytes;
      },
    });
  } finally {
    closeSync(file);
  }
}

/** What is wrong with a file, as the end of a sentence that begins with its name. */
export class BadTensor extends Error {}

export const elementsOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);
