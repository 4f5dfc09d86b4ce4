/** The arrays a value may hold. */
const arrays = {
  f64: {make: (length: number) => new Float64Array(length), is: (v: unknown) => v instanceof Float64Array},
  i32: {make: (length: number) => new Int32Array(length), is: (v: unknown) => v instanceof Int32Array},
  u32: {make: (length: number) => new Uint32Array(length), is: (v: unknown) => v instanceof Uint32Array},
} as const;

type Kind = keyof typeof arrays;
type Typed = Float64Array | Int32Array | Uint32Array;

/** What stands in the JSON for a typed array, in the order of their bytes. */
interface Stand {
  readonly $array: Kind;
  readonly length: number;
}

const headBytes = 4;

/**
 * JSON in which typed arrays may stand: the length of the text, the text, then the bytes of the arrays. An array's lowest bytes
 * come first, then all second-lowest …, for addresses that rise evenly compress to a fifth of what they would otherwise.
 */
export function toBytes(value: unknown): Buffer {
  const found: Typed[] = [];
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (!ArrayBuffer.isView(inner)) return inner;
    const kind = (Object.keys(arrays) as Kind[]).find((name) => arrays[name].is(inner));
    if (!kind) throw new Error(`a ${inner.constructor.name} has no place in a file`);
    found.push(inner as Typed);
    return {$array: kind, length: (inner as Typed).length} satisfies Stand;
  });
  const head = Buffer.alloc(headBytes);
  const json = Buffer.from(text);
  head.writeUInt32LE(json.length);
  return Buffer.concat([head, json, ...found.map(byPlace)]);
}

/** The reverse. Throws where the bytes are not what toBytes wrote. */
export function fromBytes(bytes: Buffer): unknown {
  const end = headBytes + bytes.readUInt32LE();
  let at = end;
  const value: unknown = JSON.parse(bytes.toString('utf8', headBytes, end), (_, inner: unknown) => {
    if (!isStand(inner)) return inner;
    const array = arrays[inner.$array].make(inner.length);
    fillByPlace(array, bytes.subarray(at, at + array.byteLength));
    at += array.byteLength;
    return array;
  });
  if (at !== bytes.length) throw new Error(`${bytes.length} B, of which ${at} are used`);
  return value;
}

function isStand(value: unknown): value is Stand {
  return typeof value === 'object' && value !== null && '$array' in value;
}

function byPlace(array: Typed): Buffer {
  const source = littleEndian(array);
  const out = Buffer.alloc(source.length);
  const width = array.BYTES_PER_ELEMENT;
  for (let i = 0; i < array.length; i++) for (let place = 0; place < width; place++) out[place * array.length + i] = source[i * width + place]!;
  return out;
}

function fillByPlace(array: Typed, source: Buffer): void {
  if (source.length < array.byteLength) throw new Error('ends inside an array');
  const width = array.BYTES_PER_ELEMENT;
  const out = Buffer.from(array.buffer);
  for (let i = 0; i < array.length; i++) for (let place = 0; place < width; place++) out[i * width + place] = source[place * array.length + i]!;
  if (!isLittleEndian) out.set(swapped(out, width));
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function littleEndian(array: Typed): Buffer {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  return isLittleEndian ? bytes : swapped(bytes, array.BYTES_PER_ELEMENT);
}

function swapped(bytes: Buffer, width: number): Buffer {
  return width === 8 ? Buffer.from(bytes).swap64() : Buffer.from(bytes).swap32();
}
