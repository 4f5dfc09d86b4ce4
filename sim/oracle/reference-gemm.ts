/**
 * C[M×N] = A[M×K] · B[K×N], each sum in float64 from k = 0 upwards. A is K-major as the kernels read it, element (m, k) at
 * k · M + m; B is laid out as Weights are, element (k, n) at n · K + k; C has element (m, n) at n · M + m.
 */
export function referenceGemm(
  {m, n, k}: {readonly m: number; readonly n: number; readonly k: number},
  a: Float32Array,
  b: Float32Array,
): Float64Array {
  if (a.length !== m * k) throw new Error(`A is ${m}×${k} and takes ${m * k} elements, not ${a.length}`);
  if (b.length !== k * n) throw new Error(`B is ${k}×${n} and takes ${k * n} elements, not ${b.length}`);
  const c = new Float64Array(m * n);
  for (let column = 0; column < n; column++)
    for (let inner = 0; inner < k; inner++) for (let row = 0; row < m; row++) c[column * m + row]! += a[inner * m + row]! * b[column * k + inner]!;
  return c;
}
