import {blockOf, type BlockOp} from '../trace/addresses.ts';
import {mmaShape, packing, registerBytes, registersFilled, vectorOf, type Op} from '../trace/op.ts';
import {RecentOf} from '../trace/recent.ts';
import type {Launch} from '../trace/trace.ts';
import {copyWavefronts, ldsmWavefronts, ldsWavefronts} from './shared-memory.ts';
import {findMma, macs, mmaName, type Mma, type tensorCore} from './tensor-core.ts';
import {countersPerWarp} from './warps.ts';
import type {BoxValues} from '../config/parameter.ts';

export const Code = {alu: 0, mma: 1, ffma: 2, ldsm: 3, lds: 4, sts: 5, ldgsts: 6, ldg: 7, stg: 8, commit: 9, depbar: 10, bar: 11, stage: 5} as const;

/** The programs of a launch as the sub-cores read them: struct-of-arrays, every warp's ops one after another. */
export interface Decoded {
  readonly code: Uint8Array;
  /** Counters that must be down. */
  readonly wait: Uint8Array;
  /** Counter held up until the result is there; −1: none. */
  readonly set: Int8Array;
  readonly ahead: Int8Array;
  /** ALU: instructions. LDSM, LDS, STS: wavefronts. LDGSTS: wavefronts a byte. DEPBAR: groups. MMA: accumulator. */
  readonly cost: Float64Array;
  /** Wavefronts of a shared-memory read beyond the fewest that could carry its bytes. */
  readonly conflicts: Float64Array;
  readonly block: readonly (BlockOp | undefined)[];
  /** First op, first of the loop, first after it, and the end, a warp of the CTA. */
  readonly start: Int32Array;
  readonly body: Int32Array;
  readonly epilogue: Int32Array;
  readonly end: Int32Array;
  /** Counters that row or column numbers hold up, which steer the next access; 1: so. */
  readonly steers: Uint8Array;
  /** Timing of the launch's MMA; undefined: it has none. */
  readonly mma: Mma | undefined;
  readonly macsPerMma: number;
  /** LDSM, LDS: bytes of registers filled, and with which operand. */
  readonly registerBytes: Int32Array;
  readonly operand: Uint8Array;
}

/** The instruction that a launch multiplies with; undefined: it does not. Throws an Error that names it if the GPU has none such. */
export function mmaOf(launch: Launch, elementType: string, tensor: BoxValues<typeof tensorCore>): Mma | undefined {
  const sample = launch.programs.map(({ops}) => ops.find((op) => op.op === 'MMA')).find((op) => op !== undefined);
  const weights = sample && packing(vectorOf(sample));
  const mma = sample && findMma(tensor, mmaShape(sample), elementType, weights!);
  if (!sample || mma) return mma;
  const known = tensor.mma.map((m) => `${mmaName(m)} ${m.type} ${m.sparse}`).join(', ');
  const name = `${sample.sparse ? 'mma.sp' : 'mma'} ${mmaName(mmaShape(sample))}`;
  throw new Error(`this GPU has no ${name} on ${elementType}, ${weights}; its tensor cores execute ${known}`);
}

/** Of one kernel, and of excerpts of it, on many GPUs. */
const known = new RecentOf<Launch['programs'], Decoded>(1);

/** Throws an Error that names what the GPU lacks when it cannot run an op. */
export function decode(launch: Launch, elementType: string, tensor: BoxValues<typeof tensorCore>): Decoded {
  const mma = mmaOf(launch, elementType, tensor);
  return known.get(launch.programs, JSON.stringify([mma, launch.operands]), () => decodedWith(mma, launch));
}

function decodedWith(mma: Mma | undefined, launch: Launch): Decoded {
  const ops = launch.programs.flatMap((p) => p.ops);
  const cost = Float64Array.from(ops, (op) => costOf(op, launch));
  let at = 0;
  const place = {
    start: new Int32Array(launch.programs.length),
    body: new Int32Array(launch.programs.length),
    epilogue: new Int32Array(launch.programs.length),
    end: new Int32Array(launch.programs.length),
  };
  launch.programs.forEach((program, warp) => {
    place.start[warp] = at;
    place.body[warp] = at + program.body;
    place.epilogue[warp] = at + program.epilogue;
    at += program.ops.length;
    place.end[warp] = at;
  });
  return {
    ...place,
    code: Uint8Array.from(ops, (op) => Code[op.op.toLowerCase() as Lowercase<Op['op']>]),
    wait: Uint8Array.from(ops, (op) => ('wait' in op && op.wait) || 0),
    set: Int8Array.from(ops, (op) => ('set' in op ? op.set : -1)),
    ahead: Int8Array.from(ops, (op) => ('ahead' in op ? op.ahead : 0)),
    cost,
    conflicts: Float64Array.from(ops, (op, i) => (op.op === 'LDSM' || op.op === 'LDS' ? cost[i]! - registerBytes(op) / 128 : 0)),
    block: ops.map((op) => ('rows' in op ? blockOf(op) : undefined)),
    mma,
    macsPerMma: mma ? macs(mma) : 0,
    steers: steering(launch, ops),
    registerBytes: Int32Array.from(ops, registersFilled),
    operand: Uint8Array.from(ops, (op) => ('operand' in op ? op.operand : 0)),
  };
}

function steering(launch: Launch, ops: readonly Op[]): Uint8Array {
  const steers = new Uint8Array(countersPerWarp);
  for (const op of ops) if (op.op === 'LDG' && ['index', 'scatter'].includes(launch.operands[op.operand]!.name)) steers[op.set] = 1;
  return steers;
}

function costOf(op: Op, launch: Launch): number {
  const shared = (operand: number) => launch.operands[operand]!.shared!;
  switch (op.op) {
    case 'ALU':
    case 'FFMA':
      return op.count;
    case 'MMA':
      return op.accumulator;
    case 'LDSM':
      return ldsmWavefronts(op, shared(op.operand));
    case 'LDS':
      return ldsWavefronts(op, shared(op.operand));
    case 'STAGE':
      return copyWavefronts(op, shared(op.operand));
    case 'STS':
      return op.wavefronts;
    case 'LDGSTS':
      return copyWavefronts(op, shared(op.operand)) / (op.rows * op.bytes);
    case 'DEPBAR':
      return op.groups;
    default:
      return 0;
  }
}
