import type {BoxValues} from '../config/parameter.ts';
import {crossbar} from './crossbar.ts';
import {scheduler} from './cta-scheduler.ts';
import {dram} from './dram.ts';
import {clock, host} from './host.ts';
import {l1} from './l1.ts';
import {l2} from './l2.ts';
import {power} from './power.ts';
import {sharedMemory} from './shared-memory.ts';
import {sm} from './sm.ts';
import {tensorCore} from './tensor-core.ts';
import {subcore} from './warp-scheduler.ts';

/** Every box of the machine, in the order of a GPU's YAML. */
export const gpuBoxes = {host, clock, power, scheduler, sm, subcore, tensorCore, sharedMemory, l1, crossbar, l2, dram};

export type GpuValues = {readonly [B in keyof typeof gpuBoxes]: BoxValues<(typeof gpuBoxes)[B]>};
