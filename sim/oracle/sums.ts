import type {FfmaOp} from '../trace/op.ts';
import {ofPart, tokensPerWarp, type Cta, type Warp} from './cta.ts';
import {accumulatorElements} from './registers.ts';

/** sums += weight · row; past the column's last weight the row was not loaded, and nothing is added. */
export function multiplyAdd(cta: Cta, {registers, sums}: Warp, op: FfmaOp, tile: number): void {
  const {element, from, part = 0} = op;
  const number = ofPart(op, element + tile * cta.launch.operands[0]!.rowsPerStep);
  const row = registers.held.rows.get(from);
  registers.need(row?.ticket ?? 0, `activations R${from}`);
  if (row!.number !== number) throw new Error(`multiplies weight ${number} with the row of weight ${row!.number}`);
  if (row!.values.length === 0) return;
  const weight = registers.held.weights.get(number);
  registers.need(weight?.ticket ?? 0, `weight ${number}`);
  row!.values.forEach((value, i) => (sums[part * tokensPerWarp + i]! += weight!.value * value));
}

export function addUp(warp: Warp): void {
  const {values, ticket} = warp.addends!;
  warp.registers.need(ticket, 'partial sums');
  values.forEach((value, i) => (warp.sums[i]! += value));
  warp.addends = undefined;
}

/** What another CTA's warp left of the same place in the tile, lane by lane. */
export function addAccumulators({added, registers}: Warp): void {
  for (const {accumulator, values, ticket} of added.splice(0)) {
    registers.need(ticket, `the sums of accumulator ${accumulator}`);
    values.forEach((value, i) => (registers.accumulators[accumulator * accumulatorElements + i]! += value));
  }
}
