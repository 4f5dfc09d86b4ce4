import type {Addresses, BlockOp} from '../trace/addresses.ts';
import {Coalescer} from './coalescer.ts';
import type {Counters} from './counters.ts';
import {Code} from './decode.ts';
import type {L1} from './l1.ts';
import type {Loads} from './loads.ts';
import {countersPerWarp, type Warps} from './warps.ts';

/** Ops as far as they ask for global memory. */
interface GlobalOps {
  readonly code: Uint8Array;
  readonly block: readonly (BlockOp | undefined)[];
  /** Counter that a load holds up. */
  readonly set: Int8Array;
  /** Wavefronts a byte that a copy brings takes. */
  readonly cost: Float64Array;
}

/** Loads, copies and stores of warps: from a block of an operand to lines, and on to the load-store unit. */
export class GlobalAccess {
  private readonly lines = new Coalescer();
  private readonly warps: Warps;
  private readonly loads: Loads;
  private readonly l1: L1;

  constructor(warps: Warps, loads: Loads, l1: L1) {
    this.warps = warps;
    this.loads = loads;
    this.l1 = l1;
  }

  /** Sends the access of op `pc` to K tile `tile`; false: there is nothing to ask for. */
  send(ops: GlobalOps, pc: number, warp: number, sm: number, tile: number, addresses: Addresses, counters: Counters): boolean {
    const {warps, lines, l1, loads} = this;
    const block = ops.block[pc]!;
    const ranges = addresses.resolve(block, warps.cta[warp]!, tile);
    if (ranges === 0) return false;
    lines.coalesce(addresses, ranges);
    if (ops.code[pc] === Code.stg) {
      counters.stored += lines.bytes;
      l1.store(sm, lines);
      return true;
    }
    counters.requested[block.operand]! += lines.bytes;
    if (ops.code[pc] === Code.ldgsts) l1.copy(sm, loads.take(warps.openCopy(warp), lines.count, ops.cost[pc]!), lines);
    else {
      const counter = warp * countersPerWarp + ops.set[pc]!;
      warps.pending[counter]!++;
      l1.load(sm, loads.take(counter, lines.count, 0), lines);
    }
    return true;
  }
}
