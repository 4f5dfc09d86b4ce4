import {didYouMean} from './config/nearest.ts';
import {BadInput, problemAt, type Problem} from './config/problem.ts';
import {entry, type Mapping} from './config/written.ts';
import {formatQuantity} from './config/units.ts';
import {mostChannels} from './gpu/requests.ts';
import {lineBytes} from './gpu/sectored-cache.ts';
import {occupancy} from './gpu/sm.ts';
import {findMma, mmaName} from './gpu/tensor-core.ts';
import {elements, launchOf} from './job.ts';
import {kindOf} from './masks.ts';
import {patterns} from './pattern/index.ts';
import type {Point} from './point.ts';
import {readTrace} from './trace/codec.ts';
import {indexFor, instructionOf, refuseKernel, refuseShape, registersPerThread, type Kernel, type KernelShape} from './trace/kernel.ts';
import {candidates} from './trace/library.ts';
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

/** Reports every GPU whose caches, as put together from all that was written, hold no set of lines. */
export function refuseGpus(points: readonly Point[], top: Mapping, problems: Problem[]): void {
  const at = entry(top, 'gpu')?.value.at ?? top.at;
  for (const {gpu} of points) {
    const {l2, l1} = gpu.values;
    const least = l2.partitions * l2.slices * l2.ways * lineBytes;
    if (l2.capacity < least) {
      const message = `${formatQuantity(l2.capacity, 'B')} are less than a set of ${l2.ways} lines in each of ${l2.partitions} × ${l2.slices} slices, ${formatQuantity(least, 'B')}`;
      problems.push(problemAt(at, ['gpu', 'l2', 'capacity'], message));
    }
    if (l2.partitions * l2.slices > mostChannels) {
      problems.push(problemAt(at, ['gpu', 'l2', 'slices'], `${l2.partitions} × ${l2.slices} slices are more than ${mostChannels}`));
    }
    if (l1.capacity < l1.ways * lineBytes)
      problems.push(problemAt(at, ['gpu', 'l1', 'capacity'], `${formatQuantity(l1.capacity, 'B')} are less than a set of ${l1.ways} lines`));
  }
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
    if (!misfit) continue;
    const at = kernel && entry(kernel.value, misfit.key)?.value.at;
    const {label} = patternOf(point);
    problems.push(
      problemAt(
        at ?? kernel?.value.at ?? top.at,
        misfit.key ? ['kernel', misfit.key] : ['patterns'],
        `${misfit.message} (${label} on ${point.gpu.name})`,
      ),
    );
  }
}

function misfitOf(point: Point): {readonly key: string; readonly message: string} | undefined {
  const {values} = point.gpu;
  const {shape, type} = patternOf(point);
  if (shape.cores !== 'cuda' && !findMma(values.tensorCore, instructionOf(shape), type, shape.sparse)) {
    return {key: '', message: `the tensor cores have no ${shape.sparse ? 'mma.sp' : 'mma'} ${mmaName(instructionOf(shape))} on ${type}`};
  }
  const unreadable = refuseShape(shape);
  if (unreadable) return {key: '', message: unreadable};
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
    sparse: cores !== 'cuda' && pattern.vector(values) !== undefined,
    cores,
    launching: launchOf(point, pattern),
    index: indexFor(pattern.index(values), point.activations, element.bytes),
    activations: point.activations,
    copies: point.gpu.values.sm.copies,
  };
  return {shape, type: element.mma, label: patterns[point.pattern.type]!.label(values)};
}
