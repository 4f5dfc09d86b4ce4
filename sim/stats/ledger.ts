/**
 * Where every sub-core's cycles went. A cycle in which the tensor pipe computes counts as that, whatever warps wait for; any
 * other cycle counts as an issue (`selected`) or as the stall of the warp that could go on soonest. Stall reasons carry
 * Nsight Compute's names; launch, drain, tail and idle are a sub-core's without warps.
 */
export const reasons = {
  tensor_active: 'the tensor pipe computes',
  selected: 'an instruction other than an MMA is issued',
  math_pipe_throttle: 'the pipe of the MMA or FFMA before takes no other of the same warp yet',
  wait: 'fixed latency of the instruction before',
  short_scoreboard: 'operands on their way from shared memory',
  long_scoreboard: 'operands on their way from L2 or DRAM',
  long_scoreboard_index: 'row or column numbers on their way, which steer the next load',
  barrier: 'other warps of the CTA have not arrived',
  mio_throttle: 'the queue to shared memory is full',
  lg_throttle: 'the queue to global memory is full',
  launch: 'before the first CTA starts',
  tail: 'no CTA is left for this SM while others still work',
  idle: 'this SM never got a CTA',
} as const;

export type Reason = keyof typeof reasons;
export const reasonNames = Object.keys(reasons) as readonly Reason[];
const indexOf = Object.fromEntries(reasonNames.map((name, i) => [name, i])) as Readonly<Record<Reason, number>>;
/** The number by which the machine charges a reason. */
export const Charge = indexOf;

/** Cycles by SM and reason. Charged in intervals, never cycle by cycle. */
export class Ledger {
  /** Sub-core cycles, sm · reasons + reason. */
  readonly cycles: Float64Array;
  readonly sms: number;

  constructor(sms: number) {
    this.sms = sms;
    this.cycles = new Float64Array(sms * reasonNames.length);
  }

  charge(sm: number, reason: number, cycles: number): void {
    this.cycles[sm * reasonNames.length + reason]! += cycles;
  }

  /** Sub-core cycles of one SM by reason. */
  row(sm: number): number[] {
    return [...this.cycles.subarray(sm * reasonNames.length, (sm + 1) * reasonNames.length)];
  }
}

/**
 * The whole GPU's ledger in cycles: the mean over all sub-cores, rounded so that the reasons add up to `cycles` exactly
 * (largest remainder).
 */
export function summarise(rows: readonly (readonly number[])[], cycles: number): Record<string, number> {
  const totals = reasonNames.map((_, r) => rows.reduce((sum, row) => sum + row[r]!, 0));
  const all = totals.reduce((a, b) => a + b, 0);
  const shares = totals.map((total) => (all > 0 ? (total * cycles) / all : 0));
  const whole = shares.map(Math.floor);
  const order = shares.map((_, i) => i).sort((a, b) => shares[b]! - whole[b]! - (shares[a]! - whole[a]!) || a - b);
  const left = cycles - whole.reduce((a, b) => a + b, 0);
  for (let i = 0; i < left; i++) whole[order[i % order.length]!]!++;
  return Object.fromEntries(reasonNames.map((name, i) => [name, whole[i]!]).filter(([, value]) => value !== 0));
}
