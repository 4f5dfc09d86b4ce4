import {bytesOf, fieldsOf, integersOf, textOf, type Field} from './protobuf.ts';

/** An extent: a number, the name of an open dimension, or undefined where the file says nothing. */
export type Extent = number | string | undefined;

/** What of an ONNX graph decides its GEMMs; contents of weights are passed over. Field numbers: onnx/onnx.proto. */
export interface Graph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Inputs that are no initializers. */
  readonly inputs: readonly Value[];
  /** Extents the file gives, of inputs, outputs and what lies between. */
  readonly values: ReadonlyMap<string, readonly Extent[]>;
}

export interface OnnxNode {
  readonly name: string;
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Attribute {
  readonly integer?: number;
  readonly integers: readonly number[];
  readonly text?: string;
  readonly tensor?: Tensor;
}

export interface Tensor {
  readonly shape: readonly number[];
  /** Of a small tensor of integers: shapes and axes are made of them. */
  readonly integers?: readonly number[];
}

export interface Value {
  readonly name: string;
  readonly shape: readonly Extent[] | undefined;
}

/** Reads an ONNX file. undefined: a protobuf message, but no model. Throws BadProtobuf. */
export function readModel(bytes: Uint8Array): Graph | undefined {
  for (const {number, value} of fieldsOf(bytes)) if (number === 7 && typeof value !== 'number') return readGraph(value);
  return undefined;
}

function readGraph(bytes: Uint8Array): Graph {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, Tensor>();
  const inputs: Value[] = [];
  const values = new Map<string, readonly Extent[]>();
  for (const {number, value} of fieldsOf(bytes)) {
    if (number === 1) nodes.push(readNode(bytesOf(value)));
    if (number === 5) {
      const {name, tensor} = readTensor(bytesOf(value));
      initializers.set(name, tensor);
    }
    if (number === 11 || number === 12 || number === 13) {
      const described = readValue(bytesOf(value));
      if (described.shape) values.set(described.name, described.shape);
      if (number === 11) inputs.push(described);
    }
  }
  return {nodes, initializers, inputs: inputs.filter(({name}) => !initializers.has(name)), values};
}

function readNode(bytes: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  let [name, type, domain] = ['', '', ''];
  for (const {number, value} of fieldsOf(bytes)) {
    if (number === 1) inputs.push(textOf(value));
    if (number === 2) outputs.push(textOf(value));
    if (number === 3) name = textOf(value);
    if (number === 4) type = textOf(value);
    if (number === 5) attributes.set(...readAttribute(bytesOf(value)));
    if (number === 7) domain = textOf(value);
  }
  const isOwn = domain === '' || domain === 'ai.onnx';
  return {name: name || (outputs[0] ?? type), type: isOwn ? type : `${domain}.${type}`, inputs, outputs, attributes};
}

function readAttribute(bytes: Uint8Array): readonly [string, Attribute] {
  let name = '';
  const integers: number[] = [];
  const attribute: {integer?: number; text?: string; tensor?: Tensor} = {};
  for (const {number, value} of fieldsOf(bytes)) {
    if (number === 1) name = textOf(value);
    if (number === 3 && typeof value === 'number') attribute.integer = value;
    if (number === 4) attribute.text = textOf(value);
    if (number === 5) attribute.tensor = readTensor(bytesOf(value)).tensor;
    if (number === 8) integers.push(...integersOf(value));
  }
  return [name, {...attribute, integers}];
}

/** onnx.TensorProto.DataType; of these the contents are read. */
const integerBytes: {readonly [type: number]: number} = {6: 4, 7: 8};
/** Shapes and axes have a few elements, weights have many. */
const fewElements = 64;

function readTensor(bytes: Uint8Array): {readonly name: string; readonly tensor: Tensor} {
  let name = '';
  let type = 0;
  const shape: number[] = [];
  const fields: Field[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) shape.push(...integersOf(field.value));
    if (field.number === 2) type = Number(field.value);
    if (field.number === 8) name = textOf(field.value);
    if (field.number === 5 || field.number === 7 || field.number === 9) fields.push(field);
  }
  const width = integerBytes[type];
  if (width === undefined || shape.reduce((a, b) => a * b, 1) > fewElements) return {name, tensor: {shape}};
  return {
    name,
    tensor: {shape, integers: fields.flatMap(({number, value}) => (number === 9 ? rawIntegers(bytesOf(value), width) : integersOf(value)))},
  };
}

/** Little-endian 32- or 64-bit integers. */
function rawIntegers(bytes: Uint8Array, width: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({length: Math.floor(bytes.length / width)}, (_, i) =>
    width === 8 ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true),
  );
}

function readValue(bytes: Uint8Array): Value {
  let name = '';
  let shape: readonly Extent[] | undefined;
  for (const {number, value} of fieldsOf(bytes)) {
    if (number === 1) name = textOf(value);
    if (number === 2) shape = readType(bytesOf(value));
  }
  return {name, shape};
}

/** The extents of a tensor's type; undefined: another type, or a tensor of any rank. */
function readType(bytes: Uint8Array): readonly Extent[] | undefined {
  const tensor = within(bytes, 1);
  const shape = tensor && within(tensor, 2);
  if (!shape) return undefined;
  const extents: Extent[] = [];
  for (const {number, value} of fieldsOf(shape)) {
    if (number !== 1) continue;
    let extent: Extent;
    for (const part of fieldsOf(bytesOf(value))) {
      if (part.number === 1) extent = Number(part.value);
      if (part.number === 2) extent = textOf(part.value);
    }
    extents.push(extent);
  }
  return extents;
}

/** The message at a field. */
function within(bytes: Uint8Array, wanted: number): Uint8Array | undefined {
  for (const {number, value} of fieldsOf(bytes)) if (number === wanted) return bytesOf(value);
  return undefined;
}
