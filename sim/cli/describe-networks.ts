import type {Parameters, Values} from '../config/parameter.ts';
import {counted, macsOf} from '../workload/layer.ts';
import {networks} from '../workload/networks/index.ts';
import type {Network} from '../workload/networks/network.ts';
import {grouped} from './numbers.ts';
import {table} from './table.ts';

/** Every network with what one image or sequence of it takes. */
export function networkList(): string {
  return table(
    ['NETWORK', 'PARAMETERS', 'GEMMS', 'GMACS', 'MEANING'],
    Object.values(networks).map((network) => {
      const layers = network.layers(defaultsOf(network.parameters));
      const gemms = layers.reduce((sum, {count = 1}) => sum + count, 0);
      return [network.name, Object.keys(network.parameters).join(', '), grouped(gemms), (macsOf(layers) / 1e9).toFixed(2), network.doc];
    }),
  );
}

/** The layers of a network with its parameters at their defaults, equal ones counted. */
export function layerTable(network: Network): string {
  return table(
    ['LAYER', 'M', 'N', 'K', 'COUNT', 'WEIGHTS'],
    counted(network.layers(defaultsOf(network.parameters))).map((layer) => [
      layer.name,
      ...[layer.m, layer.n, layer.k, layer.count ?? 1].map(grouped),
      layer.protected ? 'protected' : 'prunable',
    ]),
  );
}

function defaultsOf(parameters: Parameters): Values<Parameters> {
  return Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, parameter.default]));
}
