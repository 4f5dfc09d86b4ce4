import {readFileSync} from 'node:fs';
import {parse} from 'yaml';
import {objectOf} from '../../config/parameter.ts';
import type {Trace} from '../../trace/trace.ts';
import {play, type Play} from '../gpu.ts';
import type {Run} from '../run.ts';
import {gpuBoxes, type GpuValues} from '../parameters.ts';

/** Values to change, by box. */
export type Changes = {readonly [B in keyof GpuValues]?: Partial<GpuValues[B]>};

/** The A100 80GB PCIe of configs/, with a few values changed. */
export const a100 = (changes: Changes = {}): GpuValues => machine('a100-pcie-80gb', changes);

/** The same of the V100 PCIe 32 GB. */
export const v100 = (changes: Changes = {}): GpuValues => machine('v100-pcie-32gb', changes);

/** A GPU of configs/ that extends no other. */
function machine(name: string, changes: Changes): GpuValues {
  const file = new URL(`../../../../configs/${name}.yaml`, import.meta.url);
  const written = parse(readFileSync(file, 'utf8')) as Record<string, object>;
  const boxes = Object.entries(gpuBoxes).map(([name, {parameters}]) => {
    const read = objectOf(parameters)().parse(written[name]) as object;
    return [name, {...read, ...changes[name as keyof GpuValues]}];
  });
  return Object.fromEntries(boxes) as GpuValues;
}

/** Plays a trace on f16 with an empty L2, unless told otherwise. */
export function playOn(gpu: GpuValues, trace: Trace, options: Partial<Play> = {}): Run {
  return play(trace, gpu, {elementType: 'f16', l2: 'cold', ...options});
}

/** Cycles a turn of a kernel's loop takes, its beginning and end taken out: the difference between a long and a short run. */
export function cyclesPerTurn(gpu: GpuValues, loop: (turns: number) => Trace, short: number, long: number, options: Partial<Play> = {}): number {
  return (playOn(gpu, loop(long), options).cycles - playOn(gpu, loop(short), options).cycles) / (long - short);
}

/** `cycles` of the SM clock in nanoseconds. */
export function nanoseconds(gpu: GpuValues, cycles: number): number {
  return (cycles / gpu.clock.frequency) * 1e9;
}

/** Bytes moved in a run, as GB/s. */
export function gigabytesPerSecond(gpu: GpuValues, bytes: number, cycles: number): number {
  return bytes / nanoseconds(gpu, cycles);
}
