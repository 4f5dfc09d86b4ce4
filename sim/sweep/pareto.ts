/** Numbers of the rows that no other row beats: none is as small in every column and smaller in one. Equal rows stay together. */
export function paretoFront(rows: readonly (readonly number[])[]): readonly number[] {
  const front: number[] = [];
  const order = rows.map((_, i) => i).sort((a, b) => compare(rows[a]!, rows[b]!) || a - b);
  // In this order a row can only be beaten by one before it.
  for (const i of order) if (!front.some((one) => beats(rows[one]!, rows[i]!))) front.push(i);
  return front;
}

function beats(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value <= b[i]!) && a.some((value, i) => value < b[i]!);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) if (value !== b[i]) return value - b[i]!;
  return 0;
}
