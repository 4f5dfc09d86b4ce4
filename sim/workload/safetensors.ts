import {didYouMean, nearest} from '../config/nearest.ts';
import {BadTensor, elementBytes, elementsOf, type ElementType, type Source, type Tensor} from './tensor.ts';

const dtypes: {readonly [dtype: string]: ElementType} = {F16: 'f16', BF16: 'bf16', F32: 'f32', F64: 'f64'};
/** The format's own limit for a header. */
const mostHeader = 100_000_000;
const lengthBytes = 8;

/**
 * The tensor called `name` of a .safetensors file, or its only one: 8 B header length, a JSON header of {name: {dtype, shape,
 * data_offsets}}, and the data. Throws BadTensor that says what is the matter with the file.
 */
export function readSafetensors(file: Source, name: string): Tensor {
  const {tensors, start} = headerOf(file);
  const known = Object.keys(tensors).filter((key) => key !== '__metadata__');
  if (name === '' && known.length !== 1) throw new BadTensor(`holds ${known.length} tensors; say which: tensor: ${known[0] ?? 'NAME'}`);
  const wanted = name === '' ? known[0]! : name;
  if (!known.includes(wanted)) throw new BadTensor(`holds no tensor "${wanted}"${hint(wanted, known)}`);
  const {dtype: label, shape, data_offsets: offsets} = (tensors[wanted] ?? {}) as {dtype?: unknown; shape?: unknown; data_offsets?: unknown};
  if (!isExtents(shape) || !isExtents(offsets) || offsets.length !== 2 || typeof label !== 'string')
    throw new BadTensor(`describes "${wanted}" in a way that cannot be read; expected dtype, shape and data_offsets`);
  const dtype = dtypes[label];
  if (!dtype) throw new BadTensor(`holds "${wanted}" as ${label}, expected ${Object.keys(dtypes).join(', ')}`);
  const [from, to] = offsets as [number, number];
  if (to < from || start + to > file.size) throw new BadTensor(`says that "${wanted}" ends at byte ${to} of its data, and has ${file.size - start}`);
  const bytes = elementsOf(shape) * elementBytes(dtype);
  if (to - from !== bytes) throw new BadTensor(`gives "${wanted}" ${to - from} B, and ${shape.join('×')} × ${elementBytes(dtype)} B are ${bytes}`);
  return {dtype, shape, fortran: false, bytes: file.read(start + from, bytes)};
}

/** A model has hundreds of tensors: where none is near, the first few say what their names look like. */
function hint(wanted: string, known: readonly string[]): string {
  const few = 6;
  if (nearest(wanted, known) !== undefined || known.length <= few) return didYouMean(wanted, known);
  return `; it holds ${known.slice(0, few).join(', ')} … (${known.length})`;
}

function headerOf(file: Source): {readonly tensors: {readonly [name: string]: unknown}; readonly start: number} {
  if (file.size < lengthBytes) throw new BadTensor(`is cut short: ${file.size} B, and a .safetensors file begins with ${lengthBytes}`);
  const length = Number(file.read(0, lengthBytes).readBigUInt64LE());
  if (length > mostHeader) throw new BadTensor(`is no .safetensors file: its header would take ${length} B`);
  if (lengthBytes + length > file.size) throw new BadTensor(`is cut short: its header would take ${length} B, and the file has ${file.size}`);
  try {
    const tensors: unknown = JSON.parse(file.read(lengthBytes, length).toString('utf8'));
    if (typeof tensors === 'object' && tensors !== null && !Array.isArray(tensors))
      return {tensors: tensors as {readonly [name: string]: unknown}, start: lengthBytes + length};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new BadTensor('is no .safetensors file: its header is no JSON object');
}

function isExtents(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && (extent as number) >= 0);
}
