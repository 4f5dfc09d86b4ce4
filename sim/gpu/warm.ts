import {Addresses} from '../trace/addresses.ts';
import type {Launch, Trace} from '../trace/trace.ts';
import {Coalescer} from './coalescer.ts';
import type {L2} from './l2.ts';
import type {GpuValues} from './parameters.ts';
import {occupancy} from './sm.ts';
import type {Topology} from './topology.ts';

/**
 * Leaves the L2 as the same kernels before this run would have: their own accesses go through the tags, in the order of waves
 * and K tiles, without time. A library timed over back-to-back repeats finds it so; what does not fit has been evicted again.
 */
export function replay(trace: Trace, topology: Topology, values: GpuValues, l2: L2): void {
  for (const launch of trace.launches) replayLaunch(trace, launch, topology, occupancy(values.sm, launch).ctas, l2);
  l2.settleTouches();
}

function replayLaunch(trace: Trace, launch: Launch, topology: Topology, perSm: number, l2: L2): void {
  const {grid} = launch;
  const addresses = new Addresses(trace, launch);
  const lines = new Coalescer();
  const touch = (cta: number, sm: number, write: boolean, step: number): void => {
    for (const program of launch.programs) {
      for (let i = write ? program.epilogue : program.body; i < (write ? program.ops.length : program.epilogue); i++) {
        const op = program.ops[i]!;
        if (write ? op.op !== 'STG' : op.op !== 'LDGSTS' && op.op !== 'LDG') continue;
        if (!('rows' in op)) continue;
        lines.coalesce(addresses, addresses.resolve(op, cta, step));
        for (let l = 0; l < lines.count; l++) l2.touch(sm, lines.line[l]!, lines.sectors[l]!, write);
      }
    }
  };
  const wave = topology.sms * perSm;
  for (let first = 0; first < grid.ctas; first += wave) {
    const end = Math.min(grid.ctas, first + wave);
    let steps = 0;
    for (let cta = first; cta < end; cta++) steps = Math.max(steps, grid.steps[cta]!);
    for (let step = 0; step < steps; step++) {
      for (let cta = first; cta < end; cta++) {
        if (step < grid.steps[cta]!) touch(cta, topology.dispatchOrder[(cta - first) % topology.sms]!, false, step);
      }
    }
    for (let cta = first; cta < end; cta++) touch(cta, topology.dispatchOrder[(cta - first) % topology.sms]!, true, 0);
  }
}
