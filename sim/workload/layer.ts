import {OrderedMap} from '../config/immutable.ts';
import type {Path, Place} from '../config/problem.ts';
import {scalar, type Mapping, type Scalar} from '../config/written.ts';
import type {WorkloadItem} from './workload.ts';

/** A layer of a network as a GEMM, before equal ones are counted. */
export interface Layer {
  readonly name: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** How often it occurs; once unless told otherwise. */
  readonly count?: number;
  /** Stays dense whatever the pattern. */
  readonly protected?: boolean;
  /** n:m that the file the layer comes from gives it: it is run with this pattern too. */
  readonly vector?: {readonly n: number; readonly m: number};
  /** Where the file says so; without it, where the network is named. */
  readonly at?: Place;
}

/** A convolution, by im2col: a row of A an output pixel, a row of B a weight of the window. */
export interface Convolution {
  readonly name: string;
  /** Output pixels of one image. */
  readonly pixels: number;
  /** Weights of the window in one input channel: 9 for 3 × 3. */
  readonly window: number;
  readonly from: number;
  readonly to: number;
}

export function im2col({name, pixels, window, from, to}: Convolution, batch: number): Layer {
  return {name, m: batch * pixels, n: to, k: window * from};
}

/** Layers of equal extents as one, under the first one's name, that counts for all: they are simulated once. */
export function counted(layers: readonly Layer[]): readonly Layer[] {
  const merged = new Map<string, Layer>();
  for (const layer of layers) {
    const {m, n, k, vector} = layer;
    const key = JSON.stringify([m, n, k, layer.protected ?? false, vector?.n, vector?.m]);
    const before = merged.get(key);
    merged.set(key, {...(before ?? layer), count: (before?.count ?? 0) + (layer.count ?? 1)});
  }
  return [...merged.values()];
}

/** Multiply-adds of all layers. */
export function macsOf(layers: readonly Layer[]): number {
  return layers.reduce((sum, {m, n, k, count = 1}) => sum + m * n * k * count, 0);
}

/** The layers of a network as if each had been written out where the network is named. */
export function layerItems(network: string, layers: readonly Layer[], at: Place, path: Path): readonly WorkloadItem[] {
  const taken = new Map<string, number>();
  return counted(layers).map((layer) => {
    const nth = (taken.get(layer.name) ?? 0) + 1;
    taken.set(layer.name, nth);
    const name = `${network}/${layer.name}${nth > 1 ? `(${nth})` : ''}`;
    const {m, n, k, count = 1, vector} = layer;
    const weights = layer.protected ? 'protected' : 'prunable';
    const place = layer.at ?? at;
    return {
      written: writtenOf({name, m, n, k, count, network, weights}, place),
      path: layer.at ? [] : [...path, layer.name],
      ...(vector && {pattern: writtenOf({type: 'vw', ...vector}, place)}),
    };
  });
}

function writtenOf(values: {readonly [key: string]: Scalar['value']}, at: Place): Mapping {
  return {kind: 'mapping', at, entries: OrderedMap(Object.entries(values).map(([key, value]) => [key, {key: at, value: scalar(value, at)}]))};
}
