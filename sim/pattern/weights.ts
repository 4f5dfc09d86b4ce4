import seedrandom from 'seedrandom';
import type {Shape} from './mask.ts';
import type {Weights} from './pattern.ts';

/*
 * What stands in for a trained layer. None of these figures is measured: they are an assumption, chosen so that input rows
 * and output columns differ in importance, neighbouring columns (an attention head) have inputs of their own, and the K_t
 * of the tiles therefore comes out about as uneven as the SC'20 pruning code left it (0.26…0.63 of K at 75 %, paper notes 1.3).
 * Sigmas are those of the logarithm of a scale.
 */
const deviation = 0.02; // the initialiser range of BERT, which training moves little
const rowSigma = 0.3;
const columnSigma = 0.3;
const headColumns = 64;
const headSigma = 0.25;
const headRowSigma = 0.25;

type Random = seedrandom.PRNG;

/**
 * Weights of a layer, drawn from the stream that `seed` and `name` select: Gaussian, times log-normal scales a row, a
 * column, a head, and a row within a head. Float32, 4 · K · N bytes.
 * Only +, −, ×, ÷ and sqrt are used, which IEEE 754 rounds alike everywhere; log, exp and cos may differ between machines.
 */
export function seededWeights({k, n}: Shape, seed: number, name: string): Weights {
  const random = seedrandom.xor4096(`${seed}/${name}`);
  const heads = Math.ceil(n / headColumns);
  const rowScale = logNormals(k, rowSigma, random);
  const columnScale = logNormals(n, columnSigma, random);
  const headScale = logNormals(heads, headSigma, random);
  const headRowScale = logNormals(k * heads, headRowSigma, random);

  const values = normals(k * n, random);
  for (let column = 0; column < n; column++) {
    const head = Math.floor(column / headColumns);
    const scale = deviation * columnScale[column]! * headScale[head]!;
    const start = column * k;
    for (let row = 0; row < k; row++) values[start + row]! *= scale * rowScale[row]! * headRowScale[head * k + row]!;
  }
  return {k, n, values};
}

function logNormals(length: number, sigma: number, random: Random): Float64Array {
  return Float64Array.from(normals(length, random), (z) => exponential(sigma * z));
}

/** Standard normals, two from every 32 random bits: each half picks one of 65 536 quantiles. */
function normals(length: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    const bits = random.int32();
    out[i] = quantiles[bits & 0xffff]!;
    if (i + 1 < length) out[i + 1] = quantiles[bits >>> 16]!;
  }
  return out;
}

/** The middles of 65 536 equally likely slices of the normal distribution: none is 0, the outermost is 4.3. */
const quantiles = (() => {
  const slices = 2 ** 16;
  const table = new Float32Array(slices);
  // The quantile x(p) obeys dx/dp = 1 / density(x); one midpoint step a slice, outwards from the median.
  const slope = (x: number) => Math.sqrt(2 * Math.PI) * exponential((x * x) / 2);
  const step = (x: number, dp: number) => x + dp * slope(x + (dp / 2) * slope(x));
  for (let i = 0, x = step(0, 0.5 / slices); i < slices / 2; i++, x = step(x, 1 / slices)) {
    table[slices / 2 + i] = x;
    table[slices / 2 - 1 - i] = -x;
  }
  return table;
})();

/** (1 + x/2²⁰)^2²⁰, within 5·10⁻⁵ of e^x for |x| < 10. */
function exponential(x: number): number {
  let power = 1 + x / 2 ** 20;
  for (let i = 0; i < 20; i++) power *= power;
  return power;
}
