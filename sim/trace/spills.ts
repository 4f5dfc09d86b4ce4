import type {LdgOp, MmaOp, Op, StgOp} from './op.ts';
import type {Operand} from './trace.ts';

/** Bytes of one register of a warp in local memory: a line. */
const registerBytes = 128;
/** Registers of an m16n8 accumulator in fp32, which local memory takes as one access of 128 bits a lane. */
const accumulatorRegisters = 4;
/** Accumulators that come and go together, the 32 × 8 sums of one of Spatha’s variables: with few spilled, there is no room to load ahead into. */
const together = 2;

/** The operand of what CTAs spill; CTAs take turns at as many places as a large GPU has CTAs about. */
export const spillOperand: Operand = {name: 'spill', rowsPerStep: 0, bytesPerStep: 0};
export const spillPlaces = 256;

/** Bytes that a CTA's warps spill. */
export function spillBytes(warps: number, spilled: number): number {
  return warps * spilled * registerBytes;
}

/**
 * MMAs whose accumulators do not all fit in registers: the last of them, as many as `spilled` registers take, lie in local memory,
 * each loaded before its MMA and stored after it, through L1 as any load and store.
 */
export function withSpills(multiplies: readonly MmaOp[], spilled: number, operand: number, warp: number, set: number): Op[] {
  if (spilled === 0) return [...multiplies];
  const apart = Math.min(multiplies.length, Math.ceil(spilled / accumulatorRegisters));
  const held = multiplies.slice(0, multiplies.length - apart);
  const ops: Op[] = [...held];
  for (let first = held.length; first < multiplies.length; first += together) {
    const batch = multiplies.slice(first, first + together);
    const place = (i: number) => ({
      operand,
      row: warp * spilled + Math.min(spilled - 1, (first - held.length + i) * accumulatorRegisters),
      rows: accumulatorRegisters,
      column: 0,
      bytes: registerBytes,
      ahead: 0,
    });
    ops.push(...batch.map((_, i): LdgOp => ({op: 'LDG', ...place(i), set})));
    ops.push(...batch.map((mma) => ({...mma, wait: (mma.wait ?? 0) | (1 << set)})));
    ops.push(...batch.map((_, i): StgOp => ({op: 'STG', ...place(i)})));
  }
  return ops;
}
