/** Bytes that are no protobuf message; the message says where. */
export class BadProtobuf extends Error {
  override readonly name = 'BadProtobuf';
}

/** One field of a message: a number (varint, or the bits of a fixed width), or the bytes of a text, a message or a packed list. */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * The fields of a protobuf message in the order in which they stand, unread ones passed over without a copy
 * (protobuf.dev/programming-guides/encoding). Integers beyond 2^53 lose their low digits. Throws BadProtobuf.
 */
export function* fieldsOf(bytes: Uint8Array): Generator<Field, void, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): number => {
    const [value, next] = varintAt(bytes, at);
    at = next;
    return value;
  };
  const take = (length: number): number => {
    const from = at;
    at += length;
    if (length < 0 || at > bytes.length) throw new BadProtobuf(`a field of ${length} B begins ${bytes.length - from} B before the end`);
    return from;
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const kind = tag % 8;
    if (number === 0) throw new BadProtobuf(`no field has the number 0, at byte ${at}`);
    if (kind === 0) yield {number, value: varint()};
    else if (kind === 1) yield {number, value: view.getFloat64(take(8), true)};
    else if (kind === 2) {
      const length = varint();
      const from = take(length);
      yield {number, value: bytes.subarray(from, at)};
    } else if (kind === 5) yield {number, value: view.getFloat32(take(4), true)};
    else throw new BadProtobuf(`no field is of wire type ${kind}, at byte ${at}`);
  }
}

/** The integers of a repeated field: one, or packed many. */
export function integersOf(value: Field['value']): number[] {
  if (typeof value === 'number') return [value];
  const integers: number[] = [];
  for (let at = 0; at < value.length;) {
    const [integer, next] = varintAt(value, at);
    integers.push(integer);
    at = next;
  }
  return integers;
}

/** A text; bytes that are none show as replacement characters. */
export function textOf(value: Field['value']): string {
  return typeof value === 'number' ? String(value) : new TextDecoder().decode(value);
}

export function bytesOf(value: Field['value']): Uint8Array {
  if (typeof value === 'number') throw new BadProtobuf('a number stands where a message is expected');
  return value;
}

/** A varint, read as a signed 64-bit integer, and where it ends. */
function varintAt(bytes: Uint8Array, from: number): readonly [value: number, next: number] {
  let value = 0n;
  for (let at = from, shift = 0n; shift < 70n; at++, shift += 7n) {
    const byte = bytes[at];
    if (byte === undefined) throw new BadProtobuf('ends in the middle of a number');
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [Number(BigInt.asIntN(64, value)), at + 1];
  }
  throw new BadProtobuf(`a number of more than ten bytes, at byte ${from}`);
}
