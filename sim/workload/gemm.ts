/** C[M×N] = A[M×K] · B[K×N]: A are activations (M tokens), B is the weight matrix. `count`: how often the layer occurs. */
export interface Gemm {
  readonly name: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly count: number;
}
