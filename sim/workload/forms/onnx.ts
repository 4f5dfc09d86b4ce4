import {basename, resolve} from 'node:path';
import {didYouMean} from '../../config/nearest.ts';
import {count, form, text} from '../../config/parameter.ts';
import {problemAt} from '../../config/problem.ts';
import {readBytes, shown} from '../../config/source.ts';
import {seen} from '../../config/validate.ts';
import {entry, plain} from '../../config/written.ts';
import {layerItems, macsOf, type Layer} from '../layer.ts';
import {outcomesOf, type Outcome} from '../onnx/layers.ts';
import {readModel, type Graph} from '../onnx/model.ts';
import {BadProtobuf} from '../onnx/protobuf.ts';
import {inferShapes, openDimensions} from '../onnx/shapes.ts';
import {refuse, valuesOf, type Form, type Source} from './form.ts';

const parameters = {
  onnx: text('an ONNX model; its MatMul, Gemm and Conv with weights are GEMMs'),
  dimensions: form('{NAME: N}, such as {batch: 8}', 'extents of the dimensions that the model leaves open', {default: {}}),
};

/** An ONNX model is a network, called by its file. */
export const onnx: Form = {
  key: 'onnx',
  shown: '{onnx: FILE, dimensions?}',
  items: (source) => {
    const values = valuesOf(source, parameters);
    const file = values && resolve(source.folder, values.onnx);
    const graph = file !== undefined && read(file, source);
    const dimensions = graph && dimensionsOf(graph, shown(file), source);
    if (!dimensions) return [];
    const outcomes = outcomesOf(graph, inferShapes(graph, dimensions));
    const layers = outcomes.flatMap((outcome) => ('layer' in outcome ? [outcome.layer] : []));
    const unknown = outcomes.flatMap((outcome) => ('unknown' in outcome ? [outcome.unknown] : []));
    for (const one of unknown) refuse(source, 'onnx', `${shown(file)}: ${one}`);
    if (layers.length === 0 && unknown.length === 0) refuse(source, 'onnx', `${shown(file)} has no MatMul, Gemm or Conv with weights`);
    if (unknown.length > 0) return [];
    const left = leftOut(layers, outcomes);
    if (left !== '') source.warnings.push(problemAt(entry(source.written, 'onnx')!.value.at, [...source.path, 'onnx'], `${shown(file)}: ${left}`));
    const bound = [...dimensions].map(([name, extent]) => `${name}${extent}`);
    const network = [basename(file).replace(/\.onnx$/i, ''), ...bound].join('-');
    return layerItems(network, layers, source.written.at, source.path);
  },
};

function read(file: string, source: Source): Graph | undefined {
  const found = readBytes(file);
  if ('failure' in found) {
    refuse(source, 'onnx', `${shown(file)} ${found.failure}`);
    return undefined;
  }
  try {
    const graph = readModel(found.bytes);
    if (graph) return graph;
    refuse(source, 'onnx', `${shown(file)} is not an ONNX model: it holds no graph`);
  } catch (error) {
    if (!(error instanceof BadProtobuf)) throw error;
    refuse(source, 'onnx', `${shown(file)} is not an ONNX model, or is cut short: ${error.message}`);
  }
  return undefined;
}

/** The open dimensions closed by `dimensions`; undefined: they are not, which is told. */
function dimensionsOf(graph: Graph, file: string, source: Source): ReadonlyMap<string, number> | undefined {
  const written = entry(source.written, 'dimensions')?.value;
  if (written && written.kind !== 'mapping') {
    refuse(source, 'dimensions', `got ${seen(written)}, expected ${parameters.dimensions.accepts}`);
    return undefined;
  }
  const open = openDimensions(graph);
  const given = new Map<string, number>();
  let isRight = true;
  for (const [name, {key, value}] of written?.entries ?? []) {
    const path = [...source.path, 'dimensions', name];
    const extent = count('extent').schema().safeParse(plain(value));
    if (!open.includes(name)) source.problems.push(problemAt(key, path, `${file} leaves no such dimension open${didYouMean(name, open)}`));
    else if (!extent.success) source.problems.push(problemAt(value.at, path, `got ${seen(value)}, expected ${extent.error.issues[0]!.message}`));
    else given.set(name, extent.data);
    isRight &&= given.has(name);
  }
  const missing = open.filter((name) => !written?.entries.has(name));
  if (missing.length > 0)
    refuse(source, 'onnx', `${file} leaves ${missing.join(', ')} open; give dimensions: {${missing.map((name) => `${name}: N`).join(', ')}}`);
  return isRight && missing.length === 0 ? given : undefined;
}

/** What of the model is not simulated, in a sentence or two; empty: nothing. */
function leftOut(layers: readonly Layer[], outcomes: readonly Outcome[]): string {
  const skipped = outcomes.flatMap((outcome) => ('skipped' in outcome ? [outcome] : []));
  const counts = new Map<string, {nodes: number; macs: number | undefined}>();
  for (const {skipped: name, macs} of skipped) {
    const before = counts.get(name) ?? {nodes: 0, macs: 0};
    counts.set(name, {nodes: before.nodes + 1, macs: before.macs === undefined || macs === undefined ? undefined : before.macs + macs});
  }
  const lost = skipped.reduce((sum, {macs = 0}) => sum + macs, 0);
  const all = macsOf(layers) + lost;
  const share = (macs: number): string => `${((100 * macs) / all).toFixed(1)} %`;
  const named = [...counts].map(([name, {nodes, macs}]) => `${name} ×${nodes} (${macs === undefined ? 'share unknown' : share(macs)})`);
  const idle = new Set(outcomes.flatMap((outcome) => ('idle' in outcome ? [outcome.idle] : [])));
  return [
    ...(named.length > 0 ? [`skipped ${share(lost)} of its multiply-adds, in operators that are no GEMM with weights: ${named.join(', ')}`] : []),
    ...(idle.size > 0 ? [`left out, as they multiply no matrices: ${[...idle].join(', ')}`] : []),
  ].join('; ');
}
