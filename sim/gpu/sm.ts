import {box, choice, count, list, quantity, type BoxValues} from '../config/parameter.ts';
import type {Launch} from '../trace/trace.ts';

/** The streaming multiprocessors and what each has to give. */
export const sm = box('sm', 'the streaming multiprocessors, and what one has to give to CTAs', {
  gpcs: list(count('SMs', {max: 64}), 'SMs of each GPC; neighbouring GPCs share an L2 partition'),
  copies: choice(['async', 'registers'], 'how K tiles come to shared memory: by cp.async, or through registers where there is none'),
  subcores: count('warp schedulers, each with its own tensor core', {max: 8}),
  warps: count('resident at once', {max: 64}),
  ctas: count('resident at once', {max: 64}),
  registers: count('32-bit registers'),
  sharedMemory: quantity('B', 'for all CTAs', {min: 0}),
  sharedMemoryPerCta: quantity('B', 'most that one CTA may ask for', {min: 0}),
  sharedMemoryReserved: quantity('B', 'the system keeps of each CTA', {min: 0}),
  hardwareGather: choice(
    ['none', 'index-free'],
    'none: threads load an index and compute the addresses of gathered copies; index-free: the copy engine knows which rows a tile keeps',
  ),
  barrierLatency: quantity('clk', 'from the last warp’s being counted at a barrier to the first warp’s going on'),
  barrierPerWarp: quantity('clk', 'the barrier unit takes to count a warp in'),
});

type SmValues = BoxValues<typeof sm>;

/** Whether the copy engine finds kept rows by itself. What it would read to know them (a bit a row) is not counted. */
export function isIndexFree({sm: {hardwareGather}}: {readonly sm: Pick<SmValues, 'hardwareGather'>}): boolean {
  return hardwareGather === 'index-free';
}

/** Registers are handed to warps in units of this many. */
const registerUnit = 256;
/** Shared memory is handed to CTAs in units of this many bytes. */
const sharedUnit = 128;

/** How many CTAs of so many warps, registers a thread and bytes of shared memory fit on an SM, and what limits them. */
export function occupancy(
  values: SmValues,
  warps: number,
  registersPerThread: number,
  sharedBytes: number,
): {readonly ctas: number; readonly limit: string} {
  const registersPerWarp = Math.ceil((registersPerThread * 32) / registerUnit) * registerUnit;
  // Each sub-core has its own part of the register file, and a warp's registers lie in one.
  const warpsWithRegisters = Math.floor(values.registers / values.subcores / registersPerWarp) * values.subcores;
  const shared = Math.ceil(sharedBytes / sharedUnit) * sharedUnit + values.sharedMemoryReserved;
  const limits: [string, number][] = [
    ['warps', Math.floor(values.warps / warps)],
    ['CTA slots', values.ctas],
    ['registers', Math.floor(warpsWithRegisters / warps)],
    ['shared memory', sharedBytes > values.sharedMemoryPerCta ? 0 : Math.floor(values.sharedMemory / shared)],
  ];
  const [limit, ctas] = limits.reduce((least, next) => (next[1] < least[1] ? next : least));
  return {ctas, limit};
}

/** Occupancy of a launch. */
export function launchOccupancy(values: SmValues, launch: Launch): ReturnType<typeof occupancy> {
  return occupancy(values, launch.programs.length, launch.registersPerThread, launch.sharedMemoryBytes);
}

/** Throws an Error that says what an SM lacks for a CTA of a launch. */
export function requireRoom(values: SmValues, launches: readonly Launch[]): void {
  for (const launch of launches) {
    const {ctas, limit} = launchOccupancy(values, launch);
    if (ctas > 0) continue;
    const {name, sharedMemoryBytes, registersPerThread, programs} = launch;
    const needs = `${sharedMemoryBytes} B shared memory, ${registersPerThread} registers a thread, ${programs.length} warps`;
    throw new Error(`${name}: a CTA needs more ${limit} than an SM has (${needs})`);
  }
}
