import type {Issue} from '../trace/issue.ts';
import type {Op} from '../trace/op.ts';
import type {Cta, Warp} from './cta.ts';
import {multiply} from './multiply.ts';
import {addAccumulators, addUp, multiplyAdd} from './sums.ts';
import {load, store} from './through-registers.ts';
import {copy, loadMatrices, loadWords, stage, stageBlock} from './through-shared.ts';

/** Executes one operation of one warp; COMMIT, DEPBAR and BAR are the caller's. */
export function perform(cta: Cta, warp: Warp, {op, tile, on}: Issue): void {
  if ('wait' in op && op.wait !== undefined) {
    warp.registers.wait(op.wait);
    if (warp.addends) addUp(warp);
    if (op.op === 'ALU') addAccumulators(warp);
  }
  if (on) actions[op.op]?.(cta, warp, op as never, tile);
}

type Action<T extends Op> = (cta: Cta, warp: Warp, op: T, tile: number) => void;

const actions: {readonly [K in Op['op']]?: Action<Extract<Op, {op: K}>>} = {
  LDGSTS: copy,
  LDG: load,
  STG: store,
  LDSM: loadMatrices,
  LDS: loadWords,
  STAGE: stageBlock,
  STS: stage,
  MMA: (_, warp, op) => multiply(op, warp.registers),
  FFMA: multiplyAdd,
};
