import {Addresses} from './addresses.ts';
import {filterOps, issues} from './issue.ts';
import type {LdgOp, LdgstsOp, Op, StgOp} from './op.ts';
import type {Launch, OperandName, Trace} from './trace.ts';

export type AccessOp = LdgstsOp | LdgOp | StgOp;

/** One instruction of one warp that reads or writes global memory. */
export interface Access {
  readonly launch: Launch;
  readonly cta: number;
  readonly op: AccessOp;
  readonly operand: OperandName;
  /** The byte ranges it asks for: the first `ranges` entries of `addresses`. */
  readonly addresses: Addresses;
  readonly ranges: number;
}

export function isAccess(op: Op): op is AccessOp {
  return op.op === 'LDGSTS' || op.op === 'LDG' || op.op === 'STG';
}

/** Visits every access that asks for something, CTA after CTA and warp after warp. The object is reused: copy what you keep. */
export function eachAccess(trace: Trace, visit: (access: Access) => void): void {
  for (const launch of trace.launches) {
    const addresses = new Addresses(trace, launch);
    const programs = launch.programs.map((program) => filterOps(program, isAccess));
    const access: {-readonly [K in keyof Access]?: Access[K]} = {launch, addresses};
    for (let cta = 0; cta < launch.grid.ctas; cta++) {
      access.cta = cta;
      for (const program of programs) {
        for (const {op, tile, on} of issues(program, launch.grid.steps[cta]!)) {
          if (!on || !isAccess(op)) continue;
          access.op = op;
          access.operand = launch.operands[op.operand]!.name;
          access.ranges = addresses.resolve(op, cta, tile);
          if (access.ranges > 0) visit(access as Access);
        }
      }
    }
  }
}

const sectorBytes = 32;

/** Sectors the first `ranges` of the addresses touch; neighbours that share one ask for it once. */
export function sectorsOf({address, length}: Addresses, ranges: number): number {
  let sectors = 0;
  let last = -1;
  for (let i = 0; i < ranges; i++) {
    const first = Math.floor(address[i]! / sectorBytes);
    const end = Math.floor((address[i]! + length[i]! - 1) / sectorBytes);
    sectors += end - first + (first === last ? 0 : 1);
    last = end;
  }
  return sectors;
}

/** Visits every byte range of every load. */
export function eachLoad(trace: Trace, visit: (access: Access, address: number, bytes: number) => void): void {
  eachAccess(trace, (access) => {
    if (access.op.op === 'STG') return;
    for (let i = 0; i < access.ranges; i++) visit(access, access.addresses.address[i]!, access.addresses.length[i]!);
  });
}

/** Bytes the lanes of all loads ask for, an operand. */
export function loadedBytes(trace: Trace): Readonly<Record<OperandName, number>> {
  const total: Record<OperandName, number> = {
    activation: 0,
    weight: 0,
    metadata: 0,
    index: 0,
    scatter: 0,
    output: 0,
    partial: 0,
    pointer: 0,
    spill: 0,
  };
  eachLoad(trace, ({operand}, _, bytes) => (total[operand] += bytes));
  return total;
}
