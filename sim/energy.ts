import type {GpuValues} from './gpu/parameters.ts';
import {boardPower, type Work} from './gpu/power.ts';

/** Where the energy of a kernel goes, in J. */
export interface Energy {
  /** What the board draws whatever runs, over the kernel's time and the gap before it. */
  readonly static: number;
  readonly tensor: number;
  readonly shared: number;
  readonly l2: number;
  readonly dram: number;
}

/** The energy of the work at a clock of `hertz`, of which `seconds` pass until the next kernel starts. */
export function energyOf({power, clock}: GpuValues, work: Work, hertz: number, seconds: number): Energy {
  const running = work.cycles / hertz;
  const dynamic = (boardPower(power, work, hertz, clock.frequency) - power.constant) * running;
  const dram = work.dramBytes * power.dram * 1e-12;
  // The chip's parts share its voltage, and so what a lower clock takes off their energies.
  const full = {tensor: 2 * work.macs * power.flop, shared: work.sharedBytes * power.shared, l2: work.l2Bytes * power.l2};
  const all = full.tensor + full.shared + full.l2;
  const part = (energy: number) => (all > 0 ? ((dynamic - dram) * energy) / all : 0);
  return {static: power.constant * seconds, tensor: part(full.tensor), shared: part(full.shared), l2: part(full.l2), dram};
}
