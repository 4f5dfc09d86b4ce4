import {createHash} from 'node:crypto';
import {choice, text} from '../config/parameter.ts';
import {readNpy} from './npy.ts';
import {readSafetensors} from './safetensors.ts';
import {BadTensor, numbersOf, withFile, type Tensor} from './tensor.ts';

export const weightsParameters = {
  file: text('a .npy or .safetensors file'),
  tensor: text('its name in a .safetensors file; may be left out where there is only one', {default: ''}),
  order: choice(
    ['nk', 'kn'],
    'nk: a row holds the k weights of an output, as PyTorch stores a linear layer; kn: a row holds the n outputs of an input',
    {
      default: 'nk',
    },
  ),
};

/** Where the weights of a layer lie; `sha256`, of the tensor's bytes, tells one version of the file from another. */
export interface WeightsFile {
  readonly file: string;
  readonly tensor: string;
  readonly order: 'nk' | 'kn';
  readonly sha256?: string;
}

/** Weight (k, n) at n · K + k, and the sha256 of the tensor's bytes; or why the file holds no such weights. */
export function readWeights(
  {file, tensor: name, order}: WeightsFile,
  {k, n}: {readonly k: number; readonly n: number},
): {readonly values: Float32Array; readonly sha256: string} | {readonly failure: string} {
  try {
    const tensor = read(file, name);
    const [rows, columns] = order === 'nk' ? [n, k] : [k, n];
    const refusal = refuseShape(tensor, rows, columns, order);
    if (refusal !== undefined) return {failure: refusal};
    const numbers = numbersOf(tensor);
    const odd = numbers.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) return {failure: `holds ${numbers[odd]} at element ${odd}; weights must be finite`};
    // In Fortran order the first extent runs fastest, which is the other order of the two.
    const values = (order === 'nk') !== tensor.fortran ? numbers : transposed(numbers, k, n);
    return {values, sha256: createHash('sha256').update(tensor.bytes).digest('hex')};
  } catch (error) {
    if (error instanceof BadTensor) return {failure: error.message};
    const {code} = error as NodeJS.ErrnoException;
    return {failure: code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a directory' : `cannot be read: ${(error as Error).message}`};
  }
}

function read(file: string, name: string): Tensor {
  if (file.endsWith('.npy')) return withFile(file, readNpy);
  if (file.endsWith('.safetensors')) return withFile(file, (source) => readSafetensors(source, name));
  throw new BadTensor('is neither a .npy nor a .safetensors file');
}

/** A convolution's filters count as rows of n (nk) or columns of n (kn), whatever extents make up the k. */
function refuseShape({shape, fortran}: Tensor, rows: number, columns: number, order: string): string | undefined {
  const got = shape.join('×');
  const outer = (order === 'nk' ? shape[0] : shape.slice(0, -1).reduce((a, b) => a * b, 1)) ?? 0;
  const inner = (order === 'nk' ? shape.slice(1).reduce((a, b) => a * b, 1) : shape.at(-1)) ?? 0;
  if (shape.length < 2)
    return `holds ${shape.length === 1 ? `a vector of ${got}` : 'a single number'}, expected ${named(order)} = ${rows}×${columns}`;
  if (fortran && shape.length > 2) return `holds ${got} in Fortran order, which is read for matrices only`;
  if (outer === rows && inner === columns) return undefined;
  const turned = shape.length === 2 && outer === columns && inner === rows;
  return `holds ${got}, expected ${named(order)} = ${rows}×${columns}${turned ? `; if it is stored the other way round, write order: ${order === 'nk' ? 'kn' : 'nk'}` : ''}`;
}

const named = (order: string): string => (order === 'nk' ? 'n×k' : 'k×n');

/** Of (k, n) at k · N + n. */
function transposed(values: Float32Array, k: number, n: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < k; row++) for (let column = 0; column < n; column++) out[column * k + row] = values[row * n + column]!;
  return out;
}
