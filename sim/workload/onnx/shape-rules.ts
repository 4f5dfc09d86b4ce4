import type {OnnxNode} from './model.ts';

export type Shape = readonly number[];

/** What is known of a node's inputs, by position; undefined: not there, or not known. */
export interface Inputs {
  readonly shape: (input: number) => Shape | undefined;
  /** What a small tensor of integers holds. */
  readonly integers: (input: number) => readonly number[] | undefined;
}

/** The shape of each output of a node; undefined: cannot be told. */
export type Rule = (node: OnnxNode, inputs: Inputs) => Shape | undefined | readonly (Shape | undefined)[];

export const product = (extents: readonly number[]): number => extents.reduce((a, b) => a * b, 1);
const integer = (node: OnnxNode, name: string, fallback: number): number => node.attributes.get(name)?.integer ?? fallback;
const from = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const same: Rule = (_, {shape}) => shape(0);

/** numpy's: aligned at the right, an extent of 1 stretches. */
const broadcast: Rule = (node, {shape}) => {
  const shapes = node.inputs.flatMap((name, i) => (name === '' ? [] : [shape(i)]));
  if (!shapes.every((s) => s !== undefined)) return undefined;
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({length: rank}, (_, i) => {
    const extents = shapes.map((s) => s[i - rank + s.length] ?? 1);
    return extents.find((extent) => extent !== 1) ?? 1;
  });
};

/** Output extents of a window that moves over the extents after the second: convolutions and poolings. */
export function windowed(node: OnnxNode, input: Shape, window: Shape): Shape {
  const list = (name: string) => node.attributes.get(name)?.integers ?? [];
  const pad = node.attributes.get('auto_pad')?.text ?? 'NOTSET';
  const round = integer(node, 'ceil_mode', 0) ? Math.ceil : Math.floor;
  return window.map((extent, i) => {
    const stride = list('strides')[i] ?? 1;
    if (pad.startsWith('SAME')) return Math.ceil(input[2 + i]! / stride);
    const pads = pad === 'VALID' ? 0 : (list('pads')[i] ?? 0) + (list('pads')[i + window.length] ?? 0);
    return round((input[2 + i]! + pads - (list('dilations')[i] ?? 1) * (extent - 1) - 1) / stride) + 1;
  });
}

const pool: Rule = (node, {shape}) => {
  const [input, window] = [shape(0), node.attributes.get('kernel_shape')?.integers];
  return input && window && [input[0]!, input[1]!, ...windowed(node, input, window)];
};

const globalPool: Rule = (_, {shape}) => shape(0)?.map((extent, i) => (i < 2 ? extent : 1));

/** A convolution whose weights are the input `at`. */
const convolution =
  (at: number): Rule =>
  (node, {shape}) => {
    const [input, weights] = [shape(0), shape(at)];
    return input && weights && [input[0]!, weights[0]!, ...windowed(node, input, weights.slice(2))];
  };

/** A product whose right operand is the input `at`. */
const matrixProduct =
  (at: number): Rule =>
  (node, {shape}) => {
    const [a, b] = [shape(0), shape(at)];
    if (!a || !b || a.length === 0 || b.length === 0) return undefined;
    const outer = (s: Shape): Shape => s.slice(0, -2);
    const leading = broadcast({...node, inputs: ['a', 'b']}, {shape: (i) => outer(i === 0 ? a : b), integers: () => undefined}) as Shape;
    return [...leading, ...(a.length > 1 ? [a.at(-2)!] : []), ...(b.length > 1 ? [b.at(-1)!] : [])];
  };

const gemm: Rule = (node, {shape}) => {
  const [a, b] = [shape(0), shape(1)];
  return a && b && [a[integer(node, 'transA', 0)]!, b[1 - integer(node, 'transB', 0)]!];
};

const reshape: Rule = (_, {shape, integers}) => {
  const [input, wanted] = [shape(0), integers(1)];
  if (!wanted || (!input && wanted.some((extent) => extent <= 0))) return undefined;
  const kept = wanted.map((extent, i) => (extent === 0 ? input![i]! : extent));
  return kept.map((extent) => (extent === -1 ? product(input!) / product(kept.filter((e) => e !== -1)) : extent));
};

const axesOf = (node: OnnxNode, {integers}: Inputs): readonly number[] | undefined =>
  node.attributes.get('axes')?.integers ?? (node.inputs.length > 1 ? integers(1) : undefined);

const unsqueeze: Rule = (node, inputs) => {
  const [input, axes] = [inputs.shape(0), axesOf(node, inputs)];
  if (!input || !axes) return undefined;
  const rank = input.length + axes.length;
  const inserted = new Set(axes.map((axis) => from(axis, rank)));
  const rest = [...input];
  return Array.from({length: rank}, (_, i) => (inserted.has(i) ? 1 : rest.shift()!));
};

const squeeze: Rule = (node, inputs) => {
  const input = inputs.shape(0);
  const axes = axesOf(node, inputs)?.map((axis) => from(axis, input?.length ?? 0));
  return input?.filter((extent, i) => (axes ? !axes.includes(i) : extent !== 1));
};

const transpose: Rule = (node, {shape}) => {
  const input = shape(0);
  const order = node.attributes.get('perm')?.integers ?? input?.map((_, i) => input.length - 1 - i);
  return input && order?.map((axis) => input[axis]!);
};

const concat: Rule = (node, {shape}) => {
  const shapes = node.inputs.map((_, i) => shape(i));
  if (!shapes.every((s) => s !== undefined)) return undefined;
  const axis = from(integer(node, 'axis', 0), shapes[0]!.length);
  return shapes[0]!.map((extent, i) => (i === axis ? shapes.reduce((sum, s) => sum + s[i]!, 0) : extent));
};

const split: Rule = (node, {shape, integers}) => {
  const input = shape(0);
  if (!input) return undefined;
  const axis = from(integer(node, 'axis', 0), input.length);
  const sizes = node.attributes.get('split')?.integers ?? integers(1);
  const even = Math.ceil(input[axis]! / node.outputs.length);
  return node.outputs.map((_, o) => {
    const size = sizes?.[o] ?? Math.min(even, input[axis]! - o * even);
    return input.map((extent, i) => (i === axis ? size : extent));
  });
};

const gather: Rule = (node, {shape}) => {
  const [input, indices] = [shape(0), shape(1)];
  if (!input || !indices) return undefined;
  const axis = from(integer(node, 'axis', 0), input.length);
  return [...input.slice(0, axis), ...indices, ...input.slice(axis + 1)];
};

const flatten: Rule = (node, {shape}) => {
  const input = shape(0);
  const axis = from(integer(node, 'axis', 1), input?.length ?? 0);
  return input && [product(input.slice(0, axis)), product(input.slice(axis))];
};

const reduce: Rule = (node, inputs) => {
  const input = inputs.shape(0);
  const axes = axesOf(node, inputs)?.map((axis) => from(axis, input?.length ?? 0)) ?? input?.map((_, i) => i);
  return integer(node, 'keepdims', 1) ? input?.map((extent, i) => (axes!.includes(i) ? 1 : extent)) : input?.filter((_, i) => !axes!.includes(i));
};

const slice: Rule = (_, {shape, integers}) => {
  const [input, starts, ends] = [shape(0), integers(1), integers(2)];
  if (!input || !starts || !ends) return undefined;
  const axes = integers(3)?.map((axis) => from(axis, input.length)) ?? starts.map((_, i) => i);
  const steps = integers(4) ?? starts.map(() => 1);
  return input.map((extent, i) => {
    const at = axes.indexOf(i);
    if (at < 0) return extent;
    const clamp = (position: number) => Math.max(0, Math.min(extent, from(position, extent)));
    return Math.max(0, Math.ceil((clamp(ends[at]!) - clamp(starts[at]!)) / Math.abs(steps[at]!)));
  });
};

const pad: Rule = (node, {shape, integers}) => {
  const [input, pads] = [shape(0), node.attributes.get('pads')?.integers ?? integers(1)];
  return input && pads && input.map((extent, i) => extent + pads[i]! + pads[i + input.length]!);
};

/** Every step's output, and the last step's. */
const recurrent: Rule = (_, {shape}) => {
  const [input, recurrence] = [shape(0), shape(2)];
  if (!input || !recurrence) return undefined;
  const last = [recurrence[0]!, input[1]!, recurrence[2]!];
  return [[input[0]!, ...last], last, last];
};

const all = (rule: Rule, types: string): readonly (readonly [string, Rule])[] => types.split(' ').map((type) => [type, rule] as const);

/** How the shape of an operator's outputs follows from its inputs (onnx/docs/Operators.md). */
export const rules: ReadonlyMap<string, Rule> = new Map([
  ...all(same, 'Relu LeakyRelu PRelu Elu Selu Celu Gelu Erf Sigmoid HardSigmoid HardSwish Mish Tanh Softplus Softsign Softmax LogSoftmax Abs Neg'),
  ...all(same, 'Sqrt Exp Log Reciprocal Floor Ceil Round Sign Sin Cos Not Clip Cast Identity Dropout LRN BatchNormalization LayerNormalization'),
  ...all(same, 'InstanceNormalization GroupNormalization RMSNormalization QuantizeLinear DequantizeLinear DynamicQuantizeLinear IsNaN CumSum'),
  ...all(broadcast, 'Add Sub Mul Div Pow Mod Min Max Mean Sum Where Equal Less LessOrEqual Greater GreaterOrEqual And Or Xor'),
  ...all(pool, 'MaxPool AveragePool LpPool'),
  ...all(globalPool, 'GlobalAveragePool GlobalMaxPool'),
  ...all(reduce, 'ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL2'),
  ...all(recurrent, 'LSTM GRU RNN'),
  ...all(convolution(1), 'Conv ConvInteger'),
  ['QLinearConv', convolution(3)],
  ...all(matrixProduct(1), 'MatMul MatMulInteger'),
  ['QLinearMatMul', matrixProduct(3)],
  ['Gemm', gemm],
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Transpose', transpose],
  ['Concat', concat],
  ['Split', split],
  ['Gather', gather],
  ['Slice', slice],
  ['Pad', pad],
  ['Shape', (_, {shape}) => shape(0) && [shape(0)!.length]],
  ['Expand', (node, inputs) => inputs.integers(1) && broadcast(node, {...inputs, shape: (i) => (i === 0 ? inputs.shape(0) : inputs.integers(1))})],
  ['ConstantOfShape', (_, {integers}) => integers(0)],
  ['Constant', (node) => node.attributes.get('value')?.tensor?.shape ?? []],
]);
