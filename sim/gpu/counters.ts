import type {Launch} from '../trace/trace.ts';
import {Code, type Decoded} from './decode.ts';

/** Operands a launch may have. */
const mostOperands = 32;

/** What has been executed. Arrays are by the launch's operand number; names come in when a result is made. */
export class Counters {
  instructions = 0;
  mmas = 0;
  /** Bytes the lanes of loads and copies asked for. */
  readonly requested = new Float64Array(mostOperands);
  /** Bytes of registers filled from shared memory. */
  readonly registers = new Float64Array(mostOperands);
  /** Bytes the lanes of stores wrote. */
  stored = 0;
  /** Shared-memory wavefronts beyond the fewest that could carry the bytes. */
  bankConflicts = 0;
}

/** What every warp of a launch does whatever the time: instructions, MMAs, registers filled, bank conflicts. Not its global accesses. */
export function countedFrom(launch: Launch, decoded: Decoded): Counters {
  const counters = new Counters();
  const {grid, programs} = launch;
  const ctasBySteps = new Map<number, number>();
  for (const steps of grid.steps) ctasBySteps.set(steps, (ctasBySteps.get(steps) ?? 0) + 1);
  for (const [steps, ctas] of ctasBySteps) {
    programs.forEach((_, warp) => {
      const [start, body, epilogue, end] = [decoded.start, decoded.body, decoded.epilogue, decoded.end].map((of) => of[warp]!) as [
        number,
        number,
        number,
        number,
      ];
      counters.instructions += ctas * (body - start + steps * (epilogue - body) + end - epilogue);
      for (let at = start; at < end; at++) {
        // Past the last K tile an access is predicated off.
        const tiles = Math.max(0, steps - decoded.ahead[at]!);
        const times = ctas * (at >= epilogue ? 1 : at >= body ? tiles : Math.min(1, tiles));
        if (decoded.code[at] === Code.mma) counters.mmas += ctas * (at >= body ? steps : 1);
        counters.bankConflicts += times * decoded.conflicts[at]!;
        counters.registers[decoded.operand[at]!]! += times * decoded.registerBytes[at]!;
      }
    });
  }
  return counters;
}
