import {BadTensor, elementBytes, elementsOf, type ElementType, type Source, type Tensor} from './tensor.ts';

/** What a .npy file begins with (NumPy enhancement proposal 1). */
const magic = '\x93NUMPY';
const dtypes: {readonly [descr: string]: ElementType} = {'<f2': 'f16', '<f4': 'f32', '<f8': 'f64'};

/**
 * The array of a NumPy .npy file, versions 1 to 3 (numpy.lib.format). Its header is a Python dictionary with the keys descr,
 * fortran_order and shape. Throws BadTensor that says what is the matter with the file.
 */
export function readNpy(file: Source): Tensor {
  if (file.size < 10 || file.read(0, 6).toString('latin1') !== magic) throw new BadTensor('is no .npy file: it does not begin with \\x93NUMPY');
  const [major] = file.read(6, 1);
  if (major! < 1 || major! > 3) throw new BadTensor(`is a .npy file of version ${major}, expected 1 to 3`);
  const lengthBytes = major === 1 ? 2 : 4;
  if (file.size < 8 + lengthBytes) throw new BadTensor('is cut short in its header');
  const length = file.read(8, lengthBytes).readUIntLE(0, lengthBytes);
  const start = 8 + lengthBytes + length;
  if (start > file.size) throw new BadTensor(`is cut short: its header would take ${length} B, and the file has ${file.size}`);
  const {descr, fortran, shape} = headerOf(file.read(8 + lengthBytes, length).toString('latin1'));
  const dtype = dtypes[descr];
  if (!dtype) throw new BadTensor(`holds elements of type ${descr}, expected ${Object.keys(dtypes).join(', ')}`);
  const bytes = elementsOf(shape) * elementBytes(dtype);
  if (start + bytes !== file.size)
    throw new BadTensor(`holds ${file.size - start} B of data, and its header says ${shape.join('×')} × ${elementBytes(dtype)} B = ${bytes}`);
  return {dtype, shape, fortran, bytes: file.read(start, bytes)};
}

/** {'descr': '<f4', 'fortran_order': False, 'shape': (768, 3072), } */
function headerOf(text: string): {readonly descr: string; readonly fortran: boolean; readonly shape: readonly number[]} {
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (shape === undefined || order === undefined || descr === undefined) {
    const type = /'descr':\s*\[/.test(text) ? 'it holds records, not numbers' : 'it has no descr, fortran_order and shape';
    throw new BadTensor(`has a header that cannot be read: ${type}`);
  }
  const extents = shape.split(',').flatMap((extent) => (extent.trim() === '' ? [] : [Number(extent)]));
  return {descr, fortran: order === 'True', shape: extents};
}
