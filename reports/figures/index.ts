import type {Figure} from '../figure.ts';
import {bytes} from './bytes.ts';
import {correlation} from './correlation.ts';
import {cost} from './cost.ts';
import {flow} from './flow.ts';
import {granularity} from './granularity.ts';
import {keptRows} from './kept-rows.ts';
import {ledger} from './ledger.ts';
import {memoryLevels} from './levels.ts';
import {speedOfLight} from './light.ts';
import {pareto} from './pareto.ts';
import {registers} from './registers.ts';
import {roofline} from './roofline.ts';
import {sms} from './sms.ts';
import {sparsity} from './sparsity.ts';
import {speedup} from './speedup.ts';
import {sweep} from './sweep.ts';
import {tiles} from './tiles.ts';
import {timeline} from './timeline.ts';
import {tornado} from './tornado.ts';
import {waterfall} from './waterfall.ts';

export {bytes, correlation, ledger, memoryLevels, registers, speedOfLight, speedup, tiles, waterfall};

/**
 * In the order of a page: how long, why, where the cycles went, what moved, what was spared, the tiles that explain it, what a
 * sweep shows, how far it is from silicon, and what it took to find out.
 */
export const figures: readonly Figure[] = [
  speedup,
  waterfall,
  ledger,
  sms,
  timeline,
  bytes,
  flow,
  memoryLevels,
  registers,
  tiles,
  keptRows,
  speedOfLight,
  roofline,
  sparsity,
  granularity,
  pareto,
  sweep,
  tornado,
  correlation,
  cost,
];
