import {createRequire} from 'node:module';
import type * as immutable from 'immutable';

/**
 * immutable.js, loaded as the CommonJS that it is: to find the names in it for an import, Node would first read it from end to
 * end, which takes five times as long.
 */
export const {Map: ImmutableMap, OrderedMap, fromJS, is} = createRequire(import.meta.url)('immutable') as typeof immutable;
export type OrderedMap<K, V> = immutable.OrderedMap<K, V>;
export type ImmutableMap<K, V> = immutable.Map<K, V>;
