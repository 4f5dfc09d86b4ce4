import {Addresses} from '../trace/addresses.ts';
import type {LdgOp, LdgstsOp, Op, StgOp} from '../trace/op.ts';
import type {Launch, Program, Trace} from '../trace/trace.ts';
import {Coalescer} from './coalescer.ts';
import type {L2} from './l2.ts';
import type {GpuValues} from './parameters.ts';
import {launchOccupancy} from './sm.ts';
import type {Topology} from './topology.ts';

/**
 * Leaves the L2 as the same kernels before this run would have: their own accesses go through the tags, in the order of waves
 * and K tiles, without time. A library timed over back-to-back repeats finds it so; what does not fit has been evicted again.
 */
export function replay(trace: Trace, topology: Topology, values: GpuValues, l2: L2): void {
  for (const launch of trace.launches) replayLaunch(trace, launch, topology, launchOccupancy(values.sm, launch).ctas, l2);
}

function replayLaunch(trace: Trace, launch: Launch, topology: Topology, perSm: number, l2: L2): void {
  const {grid} = launch;
  const addresses = new Addresses(trace, launch);
  const lines = new Coalescer();
  const byOperand = launch.operands.map((_, operand) => {
    const of = (part: (p: Program) => readonly Op[]): Access[] =>
      launch.programs.flatMap((p) => part(p).filter((op): op is Access => isAccess(op) && op.operand === operand));
    return {loop: of((p) => p.ops.slice(p.body, p.epilogue)), end: of((p) => p.ops.slice(p.epilogue))};
  });
  // CTAs of a wave share operand tiles: within one K tile the second touch of a tile in a partition changes nothing.
  const touchedAt = new Map<number, number>();
  let turn = 0;
  const touch = (cta: number, sm: number, part: 'loop' | 'end', step: number): void => {
    for (let operand = 0; operand < byOperand.length; operand++) {
      const list = byOperand[operand]![part];
      if (list.length === 0) continue;
      const view = grid.base[operand * grid.ctas + cta]! + grid.indexStart[operand * grid.ctas + cta]! / 2 ** 32;
      const key = view * topology.partitions + topology.partitionOfSm[sm]!;
      if (touchedAt.get(key) === turn) continue;
      touchedAt.set(key, turn);
      for (const block of list) {
        lines.coalesce(addresses, addresses.resolve(block, cta, step));
        for (let l = 0; l < lines.count; l++) l2.touch(sm, lines.line[l]!, lines.sectors[l]!, block.op === 'STG');
      }
    }
  };
  const wave = topology.sms * perSm;
  for (let first = 0; first < grid.ctas; first += wave) {
    const end = Math.min(grid.ctas, first + wave);
    let steps = 0;
    for (let cta = first; cta < end; cta++) steps = Math.max(steps, grid.steps[cta]!);
    for (let step = 0; step < steps; step++) {
      turn++;
      for (let cta = first; cta < end; cta++) {
        if (step < grid.steps[cta]!) touch(cta, topology.dispatchOrder[(cta - first) % topology.sms]!, 'loop', step);
      }
    }
    turn++;
    for (let cta = first; cta < end; cta++) touch(cta, topology.dispatchOrder[(cta - first) % topology.sms]!, 'end', 0);
  }
}

type Access = LdgstsOp | LdgOp | StgOp;

function isAccess(op: Op): op is Access {
  return op.op === 'LDGSTS' || op.op === 'LDG' || op.op === 'STG';
}
