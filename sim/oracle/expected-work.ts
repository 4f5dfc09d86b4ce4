import {mmaOf} from '../gpu/decode.ts';
import {launchOccupancy} from '../gpu/sm.ts';
import {busiest, ends} from './load.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import type {Work} from '../gpu/power.ts';
import {keptShare, macs} from '../gpu/tensor-core.ts';
import {registerBytes} from '../trace/op.ts';
import type {Launch, Trace} from '../trace/trace.ts';

/** Share of its tensor peak that a kernel of many CTAs commonly reaches; only a first guess is made of it. */
const commonShare = 0.85;

/**
 * What a trace will do, from its programs and grids alone: multiply-adds, bytes of shared memory and of L2 as they will be,
 * DRAM bytes as if L2 held nothing else, and cycles as if the tensor pipes of the busiest SM alone limited. The clock that this work leaves is
 * where a simulation starts.
 */
export function expectedWork(trace: Trace, gpu: GpuValues, elementType: string): Work {
  const sms = gpu.sm.gpcs.reduce((a, b) => a + b, 0);
  const {aluInterval, ffmaInterval} = gpu.subcore;
  const work = {cycles: 1, macs: 0, sharedBytes: 0, l2Bytes: 0, dramBytes: 0};
  for (const launch of trace.launches) {
    const steps = launch.grid.steps.reduce((a, b) => a + b, 0);
    const loop = launch.programs.flatMap((p) => p.ops.slice(p.body, p.epilogue));
    const mma = mmaOf(launch, elementType, gpu.tensorCore);
    const mmas = steps * loop.filter((op) => op.op === 'MMA').length;
    if (mma) {
      work.macs += mmas * macs(mma) * keptShare(mma);
      const {ctas: perSm} = launchOccupancy(gpu.sm, launch);
      const most = busiest(launch.grid.steps, sms, Math.max(1, perSm));
      const tiles = (most.steps + ends * most.ctas) * Math.max(1, perSm);
      work.cycles += (tiles * (mmas / steps) * mma.interval) / gpu.sm.subcores / commonShare;
    } else
      work.cycles +=
        (steps * loop.reduce((sum, op) => sum + (op.op === 'FFMA' ? op.count * ffmaInterval : op.op === 'ALU' ? op.count * aluInterval : 0), 0)) /
        (sms * gpu.sm.subcores);
    const moved = askedFor(launch);
    work.l2Bytes += moved;
    work.sharedBytes += steps * loop.reduce((sum, op) => sum + registerBytes(op), 0) + moved;
  }
  const unique = Math.max(...trace.launches.map(farthestByte));
  work.dramBytes = unique > gpu.l2.capacity / gpu.l2.partitions ? unique : 0;
  return work;
}

/** Bytes that all CTAs of a launch load and store: what they see of every operand. */
function askedFor({operands, grid}: Launch): number {
  let bytes = 0;
  for (let i = 0; i < operands.length * grid.ctas; i++) bytes += grid.rows[i]! * grid.bytes[i]!;
  return bytes;
}

/** The end of the memory a launch touches; the operands lie one after another from zero. */
function farthestByte({operands, grid}: Launch): number {
  let last = 0;
  for (let i = 0; i < operands.length * grid.ctas; i++) last = Math.max(last, grid.base[i]!);
  return last;
}
