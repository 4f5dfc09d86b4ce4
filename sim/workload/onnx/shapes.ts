import type {Extent, Graph, OnnxNode} from './model.ts';
import {rules, type Inputs, type Shape} from './shape-rules.ts';

/** What can be told of every tensor of a graph once its open dimensions are closed. */
export interface Known {
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Weights, and what follows from weights alone. */
  readonly constants: ReadonlySet<string>;
}

/** The dimensions that a graph's inputs leave open: by name, or where they have none by place, as in x[0]. */
export function openDimensions({inputs}: Graph): readonly string[] {
  return [
    ...new Set(inputs.flatMap(({name, shape}) => shape?.flatMap((extent, axis) => (isClosed(extent) ? [] : [nameOf(extent, name, axis)])) ?? [])),
  ];
}

const isClosed = (extent: Extent): extent is number => typeof extent === 'number' && extent > 0;
const nameOf = (extent: Extent, tensor: string, axis: number): string =>
  typeof extent === 'string' && extent !== '' ? extent : `${tensor}[${axis}]`;

/** Follows shapes through the graph, its nodes in order; where no rule tells one, the file may. */
export function inferShapes(graph: Graph, dimensions: ReadonlyMap<string, number>): Known {
  const shapes = new Map<string, Shape>();
  const integers = new Map<string, readonly number[]>();
  const constants = new Set<string>();
  const described = (name: string): Shape | undefined => {
    const extents = graph.values.get(name)?.map((extent, axis) => (isClosed(extent) ? extent : dimensions.get(nameOf(extent, name, axis))));
    return extents?.every((extent) => extent !== undefined) ? extents : undefined;
  };
  for (const [name, tensor] of graph.initializers) {
    shapes.set(name, tensor.shape);
    constants.add(name);
    if (tensor.integers) integers.set(name, tensor.integers);
  }
  for (const {name} of graph.inputs) {
    const shape = described(name);
    if (shape) shapes.set(name, shape);
  }
  for (const node of graph.nodes) {
    const at: Inputs = {shape: (i) => shapes.get(node.inputs[i] ?? ''), integers: (i) => integers.get(node.inputs[i] ?? '')};
    const told = rules.get(node.type)?.(node, at);
    const outputs = isSeveral(told) ? told : [told];
    const isConstant = node.inputs.every((input) => input === '' || constants.has(input));
    node.outputs.forEach((output, i) => {
      const shape = outputs[i] ?? described(output);
      if (shape) shapes.set(output, shape);
      if (isConstant) constants.add(output);
    });
    const content = folds[node.type]?.(node, at);
    if (content && node.outputs[0] !== undefined) integers.set(node.outputs[0], content);
  }
  return {shapes, constants};
}

const isSeveral = (told: ReturnType<NonNullable<ReturnType<(typeof rules)['get']>>>): told is readonly (Shape | undefined)[] =>
  told?.some((one) => typeof one !== 'number') ?? false;

const elementwise =
  (operate: (a: number, b: number) => number) =>
  (_: OnnxNode, {integers}: Inputs): readonly number[] | undefined => {
    const [a, b] = [integers(0), integers(1)];
    if (!a || !b) return undefined;
    return Array.from({length: Math.max(a.length, b.length)}, (_, i) => operate(a[i % a.length]!, b[i % b.length]!));
  };
const kept = (_: OnnxNode, {integers}: Inputs): readonly number[] | undefined => integers(0);

/** Integers that a graph computes from shapes, as exporters write them for a Reshape. */
const folds: {readonly [type: string]: (node: OnnxNode, inputs: Inputs) => readonly number[] | undefined} = {
  Constant: ({attributes}) =>
    attributes.get('value')?.tensor?.integers ?? integersOf(attributes.get('value_int')?.integer, attributes.get('value_ints')?.integers),
  Shape: (_, {shape}) => shape(0),
  Identity: kept,
  Cast: kept,
  Squeeze: kept,
  Unsqueeze: kept,
  Gather: (_, {integers}) => {
    const [from, which] = [integers(0), integers(1)];
    return from && which?.map((i) => from[i < 0 ? i + from.length : i]!);
  },
  Slice: (_, {integers}) => {
    const [from, start, end] = [integers(0), integers(1), integers(2)];
    return start && end && (integers(4)?.[0] ?? 1) === 1 ? from?.slice(start[0], end[0]) : undefined;
  },
  Concat: (node, {integers}) => {
    const parts = node.inputs.map((_, i) => integers(i));
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  },
  Add: elementwise((a, b) => a + b),
  Sub: elementwise((a, b) => a - b),
  Mul: elementwise((a, b) => a * b),
  Div: elementwise((a, b) => Math.trunc(a / b)),
};

const integersOf = (one: number | undefined, many: readonly number[] | undefined): readonly number[] | undefined =>
  one !== undefined ? [one] : many && many.length > 0 ? many : undefined;
