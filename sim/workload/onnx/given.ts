/** For tests: ONNX files as bytes, by an encoder that shares nothing with the reader. */

type Part = readonly [field: number, value: number | string | Uint8Array];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

/** For tests: a protobuf message of numbers, texts and messages. */
export function message(...parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap(([field, value]) => {
      if (typeof value === 'number') return [...varint(field * 8), ...varint(value)];
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
    }),
  );
}

/** For tests: an operator; attributes are a number, a list of them, or a text. */
export function node(
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: {readonly [name: string]: number | readonly number[] | string} = {},
  name = output,
): Uint8Array {
  return message(
    ...inputs.map((input): Part => [1, input]),
    [2, output],
    [3, name],
    [4, type],
    ...Object.entries(attributes).map(([key, value]): Part => {
      if (typeof value === 'number') return [5, message([1, key], [3, value], [20, 2])];
      if (typeof value === 'string') return [5, message([1, key], [4, value], [20, 3])];
      return [5, message([1, key], ...value.map((one): Part => [8, one]), [20, 7])];
    }),
  );
}

/** For tests: float weights whose contents lie in another file; extents one by one, or packed as newer writers do. */
export function weights(name: string, shape: readonly number[], packed = true): Uint8Array {
  const extents: readonly Part[] = packed ? [[1, Uint8Array.from(shape.flatMap(varint))]] : shape.map((extent): Part => [1, extent]);
  return message(...extents, [2, 1], [8, name]);
}

/** For tests: a tensor of 64-bit integers. */
export function integers(name: string, shape: readonly number[], values: readonly number[]): Uint8Array {
  const raw = new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
  return message([1, Uint8Array.from(shape.flatMap(varint))], [2, 7], [8, name], [9, raw]);
}

/** For tests: a tensor's name and extents, open ones by their name or as ''. */
export function value(name: string, shape: readonly (number | string)[]): Uint8Array {
  const dimensions = shape.map((extent): Part => [1, extent === '' ? message() : message([typeof extent === 'number' ? 1 : 2, extent])]);
  return message([1, name], [2, message([1, message([1, 1], [2, message(...dimensions)])])]);
}

/** For tests: a model of these operators. */
export function model(
  inputs: readonly Uint8Array[],
  initializers: readonly Uint8Array[],
  nodes: readonly Uint8Array[],
  known: readonly Uint8Array[] = [],
): Uint8Array {
  const graph = message(
    ...nodes.map((one): Part => [1, one]),
    [2, 'graph'],
    ...initializers.map((one): Part => [5, one]),
    ...inputs.map((one): Part => [11, one]),
    ...known.map((one): Part => [13, one]),
  );
  return message([1, 8], [2, 'given'], [7, graph], [8, message([1, ''], [2, 17])]);
}
