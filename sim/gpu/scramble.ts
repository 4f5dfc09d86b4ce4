/** A fixed integer hash, so that strides of any power of two spread over sets, slices and banks alike. Returns 0 … 2³²−1. */
export function scramble(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  return (x ^ (x >>> 16)) >>> 0;
}
