import test from 'ava';
import {join} from 'node:path';
import {inFolder} from '../config/given.ts';
import {readWeights, type WeightsFile} from './weights-file.ts';

const base64 = (text: string): Buffer => Buffer.from(text, 'base64');
const pad = 'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg';

/** (arange(12) − 5.5).reshape(3, 4), saved by NumPy 2.4: as float32, float16, int64, and float32 in Fortran order. */
const numpy = {
  f4: base64(
    `k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDQpLCB9${pad}ICAgIAoAALDAAACQwAAAYMAAACDAAADAvwAAAL8AAAA/AADAPwAAIEAAAGBAAACQQAAAsEA=`,
  ),
  f2: base64(
    `k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDQpLCB9${pad}ICAgIAqAxYDEAMMAwQC+ALgAOAA+AEEAQ4BEgEU=`,
  ),
  i8: base64(
    `k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDQpLCB9${pad}ICAgIAr7//////////z//////////f/////////+////////////////////AAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAQAAAAAAAAABQAAAAAAAAA=`,
  ),
  fortran: base64(
    `k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMywgNCksIH0g${pad}ICAgIAoAALDAAADAvwAAIEAAAJDAAAAAvwAAYEAAAGDAAAAAPwAAkEAAACDAAADAPwAAsEA=`,
  ),
};

/** The same as encoder.weight (F32) and half (F16), beside encoder.bias, saved by safetensors 0.8 for Python. */
const safetensors = base64(
  '6AAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJlbmNvZGVyLmJpYXMiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlswLDEyXX0sImVuY29kZXIud2VpZ2h0Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlszLDRdLCJkYXRhX29mZnNldHMiOlsxMiw2MF19LCJoYWxmIjp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOlszLDRdLCJkYXRhX29mZnNldHMiOls2MCw4NF19fSAgICAgAACAPwAAgD8AAIA/AACwwAAAkMAAAGDAAAAgwAAAwL8AAAC/AAAAPwAAwD8AACBAAABgQAAAkEAAALBAgMWAxADDAMEAvgC4ADgAPgBBAEOARIBF',
);

const counted = Float32Array.from({length: 12}, (_, i) => i - 5.5);
/** The 3×4 array read as k×n = 3×4: weight (k, n) at n · 3 + k. */
const turned = Float32Array.from({length: 12}, (_, i) => (i % 3) * 4 + Math.floor(i / 3) - 5.5);

function read(name: string, bytes: Uint8Array, about: Partial<WeightsFile> = {}, shape = {k: 4, n: 3}) {
  return inFolder({[name]: bytes}, (folder) => readWeights({tensor: '', order: 'nk', ...about, file: join(folder, name)}, shape));
}

function failure(...args: Parameters<typeof read>): string {
  const result = read(...args);
  return 'failure' in result ? result.failure : 'nothing';
}

function values(...args: Parameters<typeof read>): Float32Array {
  const result = read(...args);
  if ('failure' in result) throw new Error(result.failure);
  return result.values;
}

test('a matrix that NumPy saved is read, in single and half precision, rows of outputs first', (t) => {
  t.deepEqual(values('w.npy', numpy.f4), counted);
  t.deepEqual(values('w.npy', numpy.f2), counted);
});

test('order: kn reads rows of inputs, and Fortran order changes nothing but the file', (t) => {
  t.deepEqual(values('w.npy', numpy.f4, {order: 'kn'}, {k: 3, n: 4}), turned);
  t.deepEqual(values('w.npy', numpy.fortran), counted);
  t.deepEqual(values('w.npy', numpy.fortran, {order: 'kn'}, {k: 3, n: 4}), turned);
});

test('a tensor of a .safetensors file is read by its name', (t) => {
  t.deepEqual(values('m.safetensors', safetensors, {tensor: 'encoder.weight'}), counted);
  t.deepEqual(values('m.safetensors', safetensors, {tensor: 'half'}), counted);
});

test('half precision is read to the last bit: subnormal, largest, −0', (t) => {
  const bytes = Buffer.from(numpy.f2);
  [0x0001, 0x83ff, 0x7bff, 0x8000, 0x3555].forEach((bits, i) => bytes.writeUInt16LE(bits, bytes.length - 24 + 2 * i));
  t.deepEqual([...values('w.npy', bytes).subarray(0, 5)], [2 ** -24, -1023 * 2 ** -24, 65504, -0, 1365 * 2 ** -12]);
});

test('the file’s checksum tells its versions apart', (t) => {
  const sum = (bytes: Uint8Array) => {
    const result = read('w.npy', bytes);
    return 'sha256' in result ? result.sha256 : '';
  };
  t.is(sum(numpy.f4).length, 64);
  t.not(sum(numpy.f4), sum(numpy.f2));
});

/** The file with some of its text replaced, which must be as long. */
const lying = (bytes: Buffer, from: string, to: string): Buffer => Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
/** The file with its last element a number that is none. */
const ending = (bytes: Buffer, value: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed.writeFloatLE(value, bytes.length - 4);
  return changed;
};

const faults: readonly (readonly [title: string, expected: RegExp, ...Parameters<typeof read>])[] = [
  ['cut short in its data', /holds 44 B of data, and its header says 3×4 × 4 B = 48/, 'w.npy', numpy.f4.subarray(0, -4)],
  ['cut short in its header', /is cut short: its header would take 118 B/, 'w.npy', numpy.f4.subarray(0, 40)],
  ['of four bytes', /is no \.npy file/, 'w.npy', numpy.f4.subarray(0, 4)],
  ['that is text', /is no \.npy file/, 'w.npy', Buffer.from('1, 2, 3, 4, 5, 6')],
  ['whose header lies about the shape', /holds 48 B of data, and its header says 3×9 × 4 B = 108/, 'w.npy', lying(numpy.f4, '(3, 4)', '(3, 9)')],
  ['of whole numbers', /holds elements of type <i8, expected <f2, <f4, <f8/, 'w.npy', numpy.i8],
  ['of big-endian numbers', /holds elements of type >f4/, 'w.npy', lying(numpy.f4, '<f4', '>f4')],
  ['with a NaN', /holds NaN at element 11; weights must be finite/, 'w.npy', ending(numpy.f4, NaN)],
  ['with an infinity', /holds -Infinity at element 11/, 'w.npy', ending(numpy.f4, -Infinity)],
  ['of another shape', /holds 3×4, expected n×k = 3×5$/, 'w.npy', numpy.f4, {}, {k: 5, n: 3}],
  ['stored the other way round', /holds 3×4, expected n×k = 4×3; .* write order: kn/, 'w.npy', numpy.f4, {}, {k: 3, n: 4}],
  ['of another kind', /is neither a \.npy nor a \.safetensors file/, 'w.bin', numpy.f4],
  [
    'without the tensor',
    /holds no tensor "encoder.weigth"; did you mean "encoder.weight"\?/,
    'm.safetensors',
    safetensors,
    {tensor: 'encoder.weigth'},
  ],
  ['of three tensors, none named', /holds 3 tensors; say which/, 'm.safetensors', safetensors],
  ['with a vector', /holds a vector of 3, expected n×k = 3×4/, 'm.safetensors', safetensors, {tensor: 'encoder.bias'}],
  [
    'whose data end early',
    /says that "half" ends at byte 84 of its data, and has 80/,
    'm.safetensors',
    safetensors.subarray(0, -4),
    {tensor: 'half'},
  ],
  [
    'whose header lies about an extent',
    /gives "half" 24 B, and 3×7 × 2 B are 42/,
    'm.safetensors',
    lying(safetensors, '"F16","shape":[3,4]', '"F16","shape":[3,7]'),
    {tensor: 'half'},
  ],
  ['of another type', /holds "half" as I16, expected F16, BF16, F32, F64/, 'm.safetensors', lying(safetensors, 'F16', 'I16'), {tensor: 'half'}],
  ['that is no JSON', /its header is no JSON object/, 'm.safetensors', lying(safetensors, '{"__', '["__')],
  ['whose header is longer than the file', /is cut short: its header would take 232 B/, 'm.safetensors', safetensors.subarray(0, 100)],
  [
    'that is a picture',
    /is no \.safetensors file: its header would take \d+ B/,
    'm.safetensors',
    Buffer.from('\x89PNG\r\n\x1a\n1234567890', 'latin1'),
  ],
];

for (const [title, expected, ...args] of faults) {
  test(`a file ${title} is refused`, (t) => {
    t.regex(failure(...args), expected);
  });
}

test('a file that is not there is refused', (t) => {
  t.deepEqual(readWeights({file: '/nowhere/w.npy', tensor: '', order: 'nk'}, {k: 1, n: 1}), {failure: 'does not exist'});
});
