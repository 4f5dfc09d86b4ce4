import {Addresses} from '../trace/addresses.ts';
import {filterOps, issues} from '../trace/issue.ts';
import type {OperandName, Trace} from '../trace/trace.ts';

/** A range of global memory that one instruction of a trace loads. */
export interface Load {
  readonly operand: OperandName;
  readonly launch: number;
  readonly cta: number;
  readonly address: number;
  readonly bytes: number;
}

/** Every range of every load, CTA after CTA. One object is reused for all: copy what you keep. */
export function* loads(trace: Trace): Generator<Load, void, void> {
  const load = {operand: 'weight' as OperandName, launch: 0, cta: 0, address: 0, bytes: 0};
  for (const [number, launch] of trace.launches.entries()) {
    const addresses = new Addresses(trace, launch);
    const programs = launch.programs.map((program) => filterOps(program, ({op}) => op === 'LDGSTS' || op === 'LDG'));
    load.launch = number;
    for (load.cta = 0; load.cta < launch.grid.ctas; load.cta++) {
      for (const program of programs) {
        for (const {op, tile, on} of issues(program, launch.grid.steps[load.cta]!)) {
          if (!on || (op.op !== 'LDGSTS' && op.op !== 'LDG')) continue;
          load.operand = launch.operands[op.operand]!.name;
          const ranges = addresses.resolve(op, load.cta, tile);
          for (let i = 0; i < ranges; i++) {
            load.address = addresses.address[i]!;
            load.bytes = addresses.length[i]!;
            yield load;
          }
        }
      }
    }
  }
}

/** Bytes the lanes of all loads ask for, an operand. */
export function loadedBytes(trace: Trace): Readonly<Record<OperandName, number>> {
  const bytes: Record<OperandName, number> = {activation: 0, weight: 0, metadata: 0, index: 0, scatter: 0, output: 0, partial: 0};
  for (const load of loads(trace)) bytes[load.operand] += load.bytes;
  return bytes;
}
