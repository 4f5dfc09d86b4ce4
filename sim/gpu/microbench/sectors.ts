import {Addresses} from '../../trace/addresses.ts';
import type {Launch, Trace} from '../../trace/trace.ts';
import {Coalescer} from '../coalescer.ts';

/** How many different sectors of 32 B a trace reads that no launch of it has written before: found by walking it, without a machine. */
export function sectorsRead(trace: Trace): number {
  const read = new Set<number>();
  const written = new Set<number>();
  for (const launch of trace.launches) {
    const stores = new Set<number>();
    walk(trace, launch, (sector, store) => {
      if (store) stores.add(sector);
      else if (!written.has(sector)) read.add(sector);
    });
    for (const sector of stores) written.add(sector);
  }
  return read.size;
}

function walk(trace: Trace, launch: Launch, visit: (sector: number, store: boolean) => void): void {
  const {grid, programs} = launch;
  const addresses = new Addresses(trace, launch);
  const lines = new Coalescer();
  for (let cta = 0; cta < grid.ctas; cta++) {
    const steps = grid.steps[cta]!;
    for (const {ops, body, epilogue} of programs) {
      ops.forEach((op, pc) => {
        if (op.op !== 'LDG' && op.op !== 'LDGSTS' && op.op !== 'STG') return;
        const inLoop = pc < epilogue;
        const turns = inLoop && pc >= body ? steps : 1;
        for (let turn = 0; turn < turns; turn++) {
          const step = inLoop ? turn + op.ahead : 0;
          if (inLoop && step >= steps) continue;
          lines.coalesce(addresses, addresses.resolve(op, cta, step));
          for (let i = 0; i < lines.count; i++) {
            for (let s = 0; s < 4; s++) if (lines.sectors[i]! & (1 << s)) visit(lines.line[i]! * 4 + s, op.op === 'STG');
          }
        }
      });
    }
  }
}
