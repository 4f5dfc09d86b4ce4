import {blockWise} from './block-wise.ts';
import {dense} from './dense.ts';
import {elementWise} from './element-wise.ts';
import type {Pattern} from './pattern.ts';
import {tileElementWise} from './tile-element-wise.ts';
import {tileVectorWise} from './tile-vector-wise.ts';
import {tileWise} from './tile-wise.ts';
import {vectorNM} from './vector-n-m.ts';
import {vectorWise} from './vector-wise.ts';

/** Every pattern by its type, in the order in which tables list them. */
export const patterns: {readonly [type: string]: Pattern} = Object.fromEntries(
  [dense, elementWise, vectorWise, blockWise, tileWise, tileElementWise, tileVectorWise, vectorNM].map((pattern: Pattern) => [pattern.type, pattern]),
);
