import type {GpuValues} from '../config/gpu.ts';

/** A unit of the machine, and how it would be if nothing about it took time, energy or room. */
export interface Unit {
  readonly name: string;
  /** What it is then, for a table. */
  readonly doc: string;
  readonly ideal: (gpu: GpuValues) => GpuValues;
}

/** As much as a bandwidth may be. */
const plenty = 2 ** 20;
/** As short as a latency may be without two things happening before each other. */
const cycle = 1;

/** What DRAM commands wait for, and their way. */
const untimed = {latency: 0, tCL: 0, tCWL: 0, tRCD: 0, tRP: 0, tRAS: 0, tRRD: 0, tFAW: 0, tCCDL: 0, tRTP: 0, tWR: 0, tWTR: 0, tRTW: 0, tRFC: 0};

/** What may limit a GEMM, one after another. What none of them is, is the shape of the GEMM itself: its tail, and its padding. */
export const units: readonly Unit[] = [
  {
    name: 'tensor cores',
    doc: 'any MMA in a quarter of a cycle, without energy',
    ideal: (gpu) => {
      const mma = gpu.tensorCore.mma.map((row) => ({...row, interval: 0.25, warpInterval: 0.25, latency: cycle}));
      return {...gpu, tensorCore: {mma, operandBandwidth: plenty}, power: {...gpu.power, flop: 0}};
    },
  },
  {
    name: 'DRAM',
    doc: 'any bandwidth, no timing between commands, no latency, no energy',
    ideal: (gpu) => ({
      ...gpu,
      power: {...gpu.power, dram: 0},
      dram: {...gpu.dram, ...untimed, bandwidth: 1e15},
    }),
  },
  {
    name: 'L2',
    doc: 'any bandwidth of slices and between partitions, a cycle of latency, no energy',
    ideal: (gpu) => ({
      ...gpu,
      power: {...gpu.power, l2: 0},
      l2: {...gpu.l2, bandwidth: plenty, latency: cycle, linkBandwidth: plenty, linkLatency: 0},
    }),
  },
  {name: 'L2 capacity', doc: 'eight times what it is', ideal: (gpu) => ({...gpu, l2: {...gpu.l2, capacity: 8 * gpu.l2.capacity}})},
  {
    name: 'crossbar',
    doc: 'any bandwidth of its ports, a cycle of latency',
    ideal: (gpu) => ({
      ...gpu,
      crossbar: {...gpu.crossbar, requestLatency: cycle, responseLatency: cycle, gpcBandwidth: plenty, smBandwidth: plenty, storeBandwidth: plenty},
    }),
  },
  {
    name: 'L1 and LSU',
    doc: '4096 lines on their way, 4 lines a cycle, a cycle of latency',
    ideal: (gpu) => ({...gpu, l1: {...gpu.l1, missLatency: cycle, hitLatency: cycle, lines: 4096, instructions: 64, linesPerCycle: 4}}),
  },
  {
    name: 'shared memory',
    doc: 'a cycle of latency, no energy; its port still carries one wavefront a cycle',
    ideal: (gpu) => ({...gpu, power: {...gpu.power, shared: 0}, sharedMemory: {...gpu.sharedMemory, latency: cycle, wavefrontLatency: cycle}}),
  },
  {
    name: 'room of an SM',
    doc: 'eight times the registers and the shared memory, 64 warps and CTAs',
    ideal: ({sm, ...gpu}) => ({
      ...gpu,
      sm: {...sm, warps: 64, ctas: 64, registers: 8 * sm.registers, sharedMemory: 8 * sm.sharedMemory},
    }),
  },
  {
    name: 'integer pipes',
    doc: 'an address a cycle, 64 memory instructions queued',
    ideal: (gpu) => ({...gpu, subcore: {...gpu.subcore, aluInterval: cycle, ffmaInterval: cycle, memoryQueue: 64}}),
  },
  {
    name: 'barriers and CTA start',
    doc: 'a cycle each',
    ideal: (gpu) => ({
      ...gpu,
      scheduler: {...gpu.scheduler, interval: 0.1, startLatency: cycle},
      sm: {...gpu.sm, barrierLatency: cycle, barrierPerWarp: 0},
    }),
  },
  {name: 'power', doc: 'no limit', ideal: (gpu) => ({...gpu, power: {...gpu.power, limit: 1e5}})},
];
