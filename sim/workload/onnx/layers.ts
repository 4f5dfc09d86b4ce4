import type {Layer} from '../layer.ts';
import type {Graph, OnnxNode} from './model.ts';
import {product, rules, windowed, type Shape} from './shape-rules.ts';
import type {Known} from './shapes.ts';

/** What became of an operator: a GEMM; multiply-adds that no GEMM with weights does (undefined: unknown how many); or neither. */
export type Outcome =
  | {readonly layer: Layer}
  | {readonly skipped: string; readonly macs: number | undefined}
  | {readonly idle: string}
  /** A product whose extents cannot be told, or do not fit each other. */
  | {readonly unknown: string};

/** Every node of a graph as a GEMM, C[m×n] = A[m×k] · B[k×n] with B the weights, or as what it is instead. */
export function outcomesOf({nodes}: Graph, known: Known): readonly Outcome[] {
  return nodes
    .filter(({outputs}) => !outputs.every((output) => known.constants.has(output)))
    .map((node) => {
      const read = readers[node.type];
      if (read) return read(node, known);
      return rules.has(node.type) ? {idle: node.type} : {skipped: node.type, macs: undefined};
    });
}

type Reader = (node: OnnxNode, known: Known) => Outcome;

const nameOf = ({name}: OnnxNode): string => name.replace(/^\/+/, '');
const lost = (node: OnnxNode, input: number): Outcome => ({
  unknown: `${node.type} "${node.name}": the shape of "${node.inputs[input]}" is neither in the file nor follows from what is`,
});

const misfit = ({type, name}: OnnxNode, a: Shape, b: Shape): Outcome => ({
  unknown: `${type} "${name}" multiplies ${a.join(' × ')} by ${b.join(' × ')}`,
});

/** A product of the first input and the one at `right`, either of which may be the weights. */
function matrixProduct(right: number): Reader {
  return (node, {shapes, constants}) => {
    const [a, b] = [shapes.get(node.inputs[0]!), shapes.get(node.inputs[right]!)];
    if (!a) return lost(node, 0);
    if (!b) return lost(node, right);
    const k = a.at(-1)!;
    if (k !== (b.length > 1 ? b.at(-2) : b[0])) return misfit(node, a, b);
    const [rows, columns] = [a.length > 1 ? a.at(-2)! : 1, b.length > 1 ? b.at(-1)! : 1];
    if (constants.has(node.inputs[right]!)) {
      const count = product(b.slice(0, -2));
      return layerOf(node, {m: product(a) / k / count, n: columns, k, count});
    }
    // Weights on the left: Cᵀ = Bᵀ·Aᵀ.
    if (constants.has(node.inputs[0]!)) {
      const count = product(a.slice(0, -2));
      return layerOf(node, {m: product(b) / k / count, n: rows, k, count});
    }
    const outer = Math.max(product(a.slice(0, -2)), product(b.slice(0, -2)));
    return {skipped: `${node.type} of two activations`, macs: outer * rows * columns * k};
  };
}

const gemm: Reader = (node, {shapes, constants}) => {
  const [a, b] = [shapes.get(node.inputs[0]!), shapes.get(node.inputs[1]!)];
  if (!a) return lost(node, 0);
  if (!b) return lost(node, 1);
  const flag = (name: string): number => node.attributes.get(name)?.integer ?? 0;
  const [m, k, n] = [a[flag('transA')]!, a[1 - flag('transA')]!, b[1 - flag('transB')]!];
  if (k !== b[flag('transB')]) return misfit(node, a, b);
  if (constants.has(node.inputs[1]!)) return layerOf(node, {m, n, k});
  if (constants.has(node.inputs[0]!)) return layerOf(node, {m: n, n: m, k});
  return {skipped: 'Gemm of two activations', macs: m * n * k};
};

/** A convolution by im2col: a row of A an output pixel of an image, a row of B a weight of the window in a channel. */
function convolution(weights: number): Reader {
  return (node, {shapes, constants}) => {
    const [input, filter] = [shapes.get(node.inputs[0]!), shapes.get(node.inputs[weights]!)];
    if (!input) return lost(node, 0);
    if (!filter) return lost(node, weights);
    const group = node.attributes.get('group')?.integer ?? 1;
    if (input[1] !== filter[1]! * group) return misfit(node, input, filter);
    const [m, n, k] = [input[0]! * product(windowed(node, input, filter.slice(2))), filter[0]!, product(filter.slice(1))];
    if (group > 1) return {skipped: `${node.type} in groups`, macs: m * n * k};
    return constants.has(node.inputs[weights]!) ? layerOf(node, {m, n, k}) : {skipped: `${node.type} of two activations`, macs: m * n * k};
  };
}

function layerOf(node: OnnxNode, extents: Omit<Layer, 'name'>): Outcome {
  const {m, n, k} = extents;
  if (![m, n, k].every((extent) => Number.isInteger(extent) && extent > 0))
    return {unknown: `${node.type} "${node.name}" comes out as ${m} × ${n} × ${k}`};
  return {layer: {name: nameOf(node), ...extents}};
}

/** Weights of the input and of the recurrence meet every token of every sequence. */
const recurrent: Reader = (node, {shapes}) => {
  const [input, weights, recurrence] = [0, 1, 2].map((i) => shapes.get(node.inputs[i] ?? ''));
  return {skipped: node.type, macs: input && weights && recurrence && input[0]! * input[1]! * (product(weights) + product(recurrence))};
};

/** Every element of the input meets the whole window of every output channel of its group. */
const transposedConvolution: Reader = (node, {shapes}) => {
  const [input, filter] = [shapes.get(node.inputs[0]!), shapes.get(node.inputs[1] ?? '')];
  return {skipped: node.type, macs: input && filter && product(input) * product(filter.slice(1))};
};

/** As many as the extents of all letters have combinations. */
const einsum: Reader = (node, {shapes}) => {
  const terms = (node.attributes.get('equation')?.text ?? '').split('->')[0]!.replaceAll(' ', '').split(',');
  const inputs = node.inputs.map((input) => shapes.get(input));
  const isPlain = terms.length === inputs.length && terms.every((term, i) => term.length === inputs[i]?.length);
  const extents = new Map(isPlain ? terms.flatMap((term, i) => Array.from(term).map((letter, at) => [letter, inputs[i]![at]!] as const)) : []);
  return {skipped: node.type, macs: isPlain ? product([...extents.values()] as Shape) : undefined};
};

const readers: {readonly [type: string]: Reader} = {
  MatMul: matrixProduct(1),
  MatMulInteger: matrixProduct(1),
  QLinearMatMul: matrixProduct(3),
  Gemm: gemm,
  Conv: convolution(1),
  ConvInteger: convolution(1),
  QLinearConv: convolution(3),
  ConvTranspose: transposedConvolution,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  Einsum: einsum,
};
