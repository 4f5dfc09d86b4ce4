/**
 * The share that each observation has in what least squares predict at `at`: predicted = Σ share · observed. `rows`: the
 * regressors of each observation. Regressors that always go together share what they explain.
 */
export function shares(rows: readonly (readonly number[])[], at: readonly number[]): readonly number[] {
  const scale = at.map((_, i) => Math.max(...rows.map((row) => Math.abs(row[i]!)), Number.MIN_VALUE));
  const scaled = rows.map((row) => row.map((value, i) => value / scale[i]!));
  const normal = at.map((_, i) => at.map((__, j) => scaled.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? ridge : 0)));
  const solved = solve(
    normal,
    at.map((value, i) => value / scale[i]!),
  );
  return scaled.map((row) => row.reduce((sum, value, i) => sum + value * solved[i]!, 0));
}

/** Far below what a double's rounding leaves of regressors of size 1, and enough to tell the equations apart. */
const ridge = 1e-10;

/** Solves a symmetric positive-definite system by elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  rows.forEach((pivot, i) => {
    for (const below of rows.slice(i + 1)) {
      const by = below[i]! / pivot[i]!;
      for (let column = i; column <= size; column++) below[column]! -= by * pivot[column]!;
    }
  });
  const solution = rows.map(() => 0);
  for (let i = size - 1; i >= 0; i--) {
    const known = rows[i]!.slice(i + 1, size).reduce((sum, value, j) => sum + value * solution[i + 1 + j]!, 0);
    solution[i] = (rows[i]![size]! - known) / rows[i]![i]!;
  }
  return solution;
}
