import {box, fraction, quantity, type BoxValues} from '../config/parameter.ts';

/** What the board may draw, and what its parts do. */
export const power = box('power', 'the board’s power limit, which lowers the clock, and the energy of what a kernel does', {
  limit: quantity('W', 'that the board may draw', {min: 1}),
  constant: quantity('W', 'drawn whatever runs: leakage, memory refresh, fans, regulators'),
  flop: quantity('pJ', 'a multiply or an add in the tensor cores, operands from registers'),
  shared: quantity('pJ', 'a byte through the port of shared memory'),
  l2: quantity('pJ', 'a byte between L2 and an SM'),
  dram: quantity('pJ', 'a byte over the DRAM pins, the DRAM’s own energy included'),
  voltageSlope: fraction('share of its voltage that the chip gives up per share of its clock'),
});

/** What a run did, for its energy. */
export interface Work {
  readonly cycles: number;
  /** Multiply-adds that the tensor cores carried out; those that 2:4 skips cost nothing. */
  readonly macs: number;
  readonly sharedBytes: number;
  readonly l2Bytes: number;
  readonly dramBytes: number;
}

/** The board's mean power in watts while it does the work at a clock of `hertz`, at most `boost`. */
export function boardPower(values: BoxValues<typeof power>, work: Work, hertz: number, boost: number): number {
  const pico = 1e-12;
  const voltage = 1 - values.voltageSlope * (1 - hertz / boost);
  const chip = (2 * work.macs * values.flop + work.sharedBytes * values.shared + work.l2Bytes * values.l2) * pico * voltage * voltage;
  const memory = work.dramBytes * values.dram * pico;
  return values.constant + ((chip + memory) * hertz) / work.cycles;
}

/** The highest clock in hertz, at most `boost`, at which the work stays within the board's limit. */
export function sustainedClock(values: BoxValues<typeof power>, work: Work, boost: number): number {
  if (boardPower(values, work, boost, boost) <= values.limit) return boost;
  // Power rises with the clock, so halving the interval closes in on the limit.
  let low = boost / 4;
  let high = boost;
  while (high - low > 1e4) {
    const middle = (low + high) / 2;
    if (boardPower(values, work, middle, boost) > values.limit) high = middle;
    else low = middle;
  }
  return low;
}
