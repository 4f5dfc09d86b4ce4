import {didYouMean} from './config/nearest.ts';
import {BadInput, problemAt, type Problem} from './config/problem.ts';
import {entry, listed, oneLine, type Mapping, type Written} from './config/written.ts';
import {formatQuantity} from './config/units.ts';
import type {GpuValues} from './gpu/parameters.ts';
import {mostChannels} from './gpu/requests.ts';
import {lineBytes} from './gpu/sectored-cache.ts';
import {isIndexFree, occupancy} from './gpu/sm.ts';
import {findMma, mmaName, packedRatios} from './gpu/tensor-core.ts';
import {elements} from './elements.ts';
import {launchOf} from './job.ts';
import {kindOf, refuseRetained} from './masks.ts';
import {patterns} from './pattern/index.ts';
import {canonicalJson, canonicalParts, type Point} from './point.ts';
import {Recent} from './trace/recent.ts';
import {readTrace} from './trace/codec.ts';
import {indexFor, instructionOf, registersPerThread, type Kernel, type KernelShape} from './trace/kernel.ts';
import {refuseKernel, refuseShape} from './trace/refusals.ts';
import {candidates} from './trace/library.ts';
import {packing} from './trace/op.ts';
import {tiled} from './trace/tiled.ts';
import type {Gemm} from './workload/gemm.ts';

/** Reports every trace file that cannot be read: before anything is run, not when its turn comes. */
export function refuseTraceFiles(points: readonly Point[], problems: Problem[]): void {
  const paths = new Set(points.flatMap(({workload}) => ('trace' in workload ? [workload.trace] : [])));
  for (const path of paths) {
    try {
      readTrace(path);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      problems.push(...error.problems);
    }
  }
}

/** Reports every GPU that, as put together from all that was written, cannot be. */
export function refuseGpus(points: readonly Point[], top: Mapping, problems: Problem[]): void {
  const at = entry(top, 'gpu')?.value.at ?? top.at;
  for (const {gpu} of points) for (const {path, message} of faultsOf(gpu.values)) problems.push(problemAt(at, ['gpu', ...path], message));
}

interface Fault {
  readonly path: readonly string[];
  readonly message: string;
}

/** What cannot be about a GPU. */
function faultsOf(values: GpuValues): readonly Fault[] {
  return [...cacheFaults(values), ...sharedMemoryFaults(values)];
}

/** Shared memory larger than what it is cut from. */
function sharedMemoryFaults({l1, sm}: GpuValues): readonly Fault[] {
  const room = sm.sharedMemory - sm.sharedMemoryReserved;
  return faults([
    [
      sm.sharedMemory > l1.capacity,
      ['sm', 'sharedMemory'],
      `${bytes(sm.sharedMemory)} are cut out of L1, which has ${bytes(l1.capacity)} with it: gpu.l1.capacity must grow too`,
    ],
    [
      sm.sharedMemoryPerCta > room,
      ['sm', 'sharedMemoryPerCta'],
      `${bytes(sm.sharedMemoryPerCta)} are more than an SM has for its CTAs, ${bytes(Math.max(0, room))} of gpu.sm.sharedMemory`,
    ],
  ]);
}

/** Caches without a set of lines, or of more slices than there are numbers for. */
function cacheFaults({l2, l1}: GpuValues): readonly Fault[] {
  const slices = l2.partitions * l2.slices;
  const least = slices * l2.ways * lineBytes;
  return faults([
    [
      l2.capacity < least,
      ['l2', 'capacity'],
      `${bytes(l2.capacity)} are less than a set of ${l2.ways} lines in each of ${l2.partitions} × ${l2.slices} slices, ${bytes(least)}`,
    ],
    [slices > mostChannels, ['l2', 'slices'], `${l2.partitions} × ${l2.slices} slices are more than ${mostChannels}`],
    [l1.capacity < l1.ways * lineBytes, ['l1', 'capacity'], `${bytes(l1.capacity)} are less than a set of ${l1.ways} lines`],
  ]);
}

const bytes = (value: number): string => formatQuantity(value, 'B');

function faults(checked: readonly (readonly [wrong: boolean, path: readonly string[], message: string])[]): readonly Fault[] {
  return checked.flatMap(([wrong, path, message]) => (wrong ? [{path, message}] : []));
}

/** Whether a point can be played. A machine with one thing moved or ideal need not be one that could be built. */
export function isPlayable(point: Point): boolean {
  return cacheFaults(point.gpu.values).length === 0 && ('trace' in point.workload || misfitOf(point) === undefined);
}

/** Why a point cannot be run, as its GPU cannot be, or none of the kernels it may have fits; undefined: it can. */
export function whyUnfit(point: Point): string | undefined {
  const [fault] = faultsOf(point.gpu.values);
  if (fault) return `gpu.${fault.path.join('.')}: ${fault.message}`;
  const misfit = 'trace' in point.workload ? undefined : misfitOf(point);
  return misfit && `${partOf(misfit)}: ${misfit.message}`;
}

/** Reports every name that is to be protected and no GEMM has. */
export function refuseProtected(points: readonly Point[], top: Mapping, problems: Problem[]): void {
  const names = [...new Set(points.flatMap(({workload}) => ('trace' in workload ? [] : [workload.name])))];
  const at = entry(top, 'protect')?.value.at ?? top.at;
  for (const name of new Set(points.flatMap(({protect}) => protect)))
    if (!names.includes(name)) problems.push(problemAt(at, ['protect'], `no GEMM is called "${name}"${didYouMean(name, names)}`));
}

/** Reports every point whose kernel, as written in the experiment, cannot be built for its pattern or does not fit its GPU. */
export function refuseMisfits(points: readonly Point[], top: Mapping, problems: Problem[]): void {
  const kernel = entry(top, 'kernel');
  for (const point of points) {
    const misfit = 'trace' in point.workload ? undefined : misfitOf(point);
    if (!misfit || (misfit.key === 'retained' && askedIn(top, point))) continue;
    const at = kernel && entry(kernel.value, misfit.key)?.value.at;
    const {label} = patternOf(point);
    problems.push(problemAt(at ?? kernel?.value.at ?? top.at, [partOf(misfit)], `${misfit.message} (${label} on ${point.gpu.name})`));
  }
}

/** Reports every pattern that is asked, where patterns are listed, to retain more than its weights can. Of what a sweep asks for such a point is a misfit. */
export function refuseUnreachable(points: readonly Point[], top: Mapping, problems: Problem[]): void {
  const told = new Set<number>();
  for (const point of points) {
    const asked = askedIn(top, point);
    const refused = !asked || told.has(asked.number) || 'trace' in point.workload ? undefined : refuseRetained(point, point.workload);
    if (!asked || !refused) continue;
    told.add(asked.number);
    problems.push(problemAt(asked.at, ['patterns', asked.number, 'retained'], refused));
  }
}

/** Which of the listed patterns asks for the importance that a point's is to retain, and where. */
function askedIn(top: Mapping, {pattern: {type, values}}: Point) {
  const kinds = listed(entry(top, 'patterns')?.value);
  const says = (kind: Written, key: string, what: unknown) => {
    const written = entry(kind, key)?.value;
    return written !== undefined && oneLine(written) === String(what);
  };
  const number = kinds.findIndex((kind) => says(kind, 'type', type) && says(kind, 'retained', values['retained']));
  return number < 0 ? undefined : {number, at: entry(kinds[number]!, 'retained')!.value.at};
}

/** What of an experiment a misfit is about. */
function partOf({key}: Misfit): string {
  return key === '' || key === 'retained' ? 'patterns' : `kernel.${key}`;
}

interface Misfit {
  readonly key: string;
  readonly message: string;
}

/** Those of points that differ in nothing it depends on: a sweep may have 100,000 seeds, or capacities of L2. */
const misfits = new Recent<Misfit | undefined>(256);

/** What keeps a point that names a GEMM from being run on a GPU that can be. */
function misfitOf(point: Point): Misfit | undefined {
  const {gpu, workload, pattern, kernel, dtype, activations, launch, protect} = point;
  const {sm, tensorCore} = gpu.values;
  const rest = canonicalParts({workload, pattern, kernel, dtype, activations, launch, protect});
  const found = misfits.get(`${rest}${canonicalJson([sm, tensorCore])}`, () => findMisfit(point));
  const lost = found ?? refuseRetained(point, workload as Gemm);
  return typeof lost === 'string' ? {key: 'retained', message: lost} : lost;
}

function findMisfit(point: Point): Misfit | undefined {
  const {values} = point.gpu;
  const {shape, type} = patternOf(point);
  const refused = refuseWeights(shape, type, values.tensorCore) ?? refuseShape(shape) ?? refuseInstruction(shape, type, values.tensorCore);
  if (refused) return {key: '', message: refused};
  if (point.kernel !== 'auto') return refuseKernel(point.kernel, shape) ?? tooLarge(point.kernel, shape, values.sm);
  const {m, k} = point.workload as Gemm;
  const granularity = patterns[point.pattern.type]!.granularity(point.pattern.values);
  const fits = (kernel: Kernel) => !tooLarge(kernel, shape, values.sm);
  const library = candidates({...shape, granularity, m, k, fits}).filter((kernel) => !refuseKernel(kernel, shape));
  if (library.some(fits)) return undefined;
  const last = library.at(-1);
  return {
    key: '',
    message: last ? `no kernel of the library fits: ${tooLarge(last, shape, values.sm)!.message}` : 'no kernel of the library can run it',
  };
}

/** What keeps tensor cores that multiply no packed weights of a type from any n:m. */
function refuseWeights(shape: KernelShape, type: string, tensorCore: GpuValues['tensorCore']): string | undefined {
  return shape.vector && packedRatios(tensorCore, type).length === 0 ? lacks(shape, type) : undefined;
}

/** What keeps tensor cores from the instruction of a kernel. */
function refuseInstruction(shape: KernelShape, type: string, tensorCore: GpuValues['tensorCore']): string | undefined {
  const weights = packing(shape.vector);
  if (shape.cores === 'cuda' || findMma(tensorCore, instructionOf(shape), type, weights)) return undefined;
  const known = packedRatios(tensorCore, type);
  return `${lacks(shape, type)}${shape.vector && !known.includes(weights) ? `, ${weights}; theirs is ${known.join(', ')}` : ''}`;
}

function lacks(shape: KernelShape, type: string): string {
  const instruction = instructionOf(shape);
  // Of an n:m such as 3:8 there is no whole k.
  const name = Number.isInteger(instruction.k) ? ` ${mmaName(instruction)}` : '';
  return `the tensor cores have no ${shape.vector ? 'mma.sp' : 'mma'}${name} on ${type}`;
}

/** What an SM does not have for one CTA of the kernel. */
function tooLarge(kernel: Kernel, shape: KernelShape, sm: Point['gpu']['values']['sm']) {
  if (shape.cores === 'cuda') return undefined;
  const {programs, sharedMemoryBytes} = tiled(kernel, shape);
  const {ctas, limit} = occupancy(sm, programs.length, registersPerThread(kernel, shape), sharedMemoryBytes);
  if (ctas > 0) return undefined;
  if (limit !== 'shared memory')
    return {
      key: 'warps',
      message: `${programs.length} warps of ${registersPerThread(kernel, shape)} registers a thread are more ${limit} than an SM has`,
    };
  const most = formatQuantity(sm.sharedMemoryPerCta, 'B');
  return {
    key: 'tile',
    message: `${kernel.tile.join(' × ')} in ${kernel.stages} stages takes ${formatQuantity(sharedMemoryBytes, 'B')} of shared memory; a CTA may have ${most}`,
  };
}

function patternOf(point: Point): {readonly shape: KernelShape; readonly type: string; readonly label: string} {
  const pattern = 'trace' in point.workload ? patterns[point.pattern.type]! : kindOf(point, point.workload);
  const element = elements[point.dtype]!;
  const values = point.pattern.values;
  const cores = pattern.cores?.(values) ?? 'tensor';
  const shape = {
    elementBytes: element.bytes,
    vector: cores === 'cuda' ? undefined : pattern.vector(values),
    cores,
    indexFree: isIndexFree(point.gpu.values),
    launching: launchOf(point, pattern),
    index: indexFor(pattern.index(values), point.activations, element.bytes),
    activations: point.activations,
    copies: point.gpu.values.sm.copies,
  };
  return {shape, type: element.mma, label: patterns[point.pattern.type]!.label(values)};
}
