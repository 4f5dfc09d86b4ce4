import type {Figure} from '../figure.ts';
import {bytes} from './bytes.ts';
import {correlation} from './correlation.ts';
import {ledger} from './ledger.ts';
import {memoryLevels} from './levels.ts';
import {speedOfLight} from './light.ts';
import {registers} from './registers.ts';
import {speedup} from './speedup.ts';
import {tiles} from './tiles.ts';

export {bytes, correlation, ledger, memoryLevels, registers, speedOfLight, speedup, tiles};

/** In the order of a page: how long, where the cycles went, what moved, what was spared, the tiles that explain it, and how far it is from silicon. */
export const figures: readonly Figure[] = [speedup, ledger, bytes, memoryLevels, registers, tiles, speedOfLight, correlation];
