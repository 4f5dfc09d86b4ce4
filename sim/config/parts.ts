import type {z} from 'zod';
import {patterns} from '../pattern/index.ts';
import type {KernelValues, PatternChoice, Point} from '../point.ts';
import {kernelParameters} from '../trace/kernel.ts';
import {gemmOf, readWorkload, refuseNamesakes, type WorkloadItem} from '../workload/workload.ts';
import type {Axis} from './axes.ts';
import {gpuOf, readGpu, renamed, type Gpu} from './gpu.ts';
import {cell, cells, type Cell, type Parts} from './grid.ts';
import {experimentParameters} from './keys.ts';
import {didYouMean, nearest} from './nearest.ts';
import {objectOf, text, type Parameters} from './parameter.ts';
import {problemAt, type Path, type Problem} from './problem.ts';
import {settings, type Settings} from './settings.ts';
import {seen, validate} from './validate.ts';
import {entry, listed, oneLine, scalar, type Mapping, type Written} from './written.ts';

/** More than a cluster simulates in a day: a slip in a sweep. */
export const mostPoints = 100_000;

const settingsSchema: z.ZodType<Settings> = objectOf(settings);
const kernelSchema: z.ZodType<KernelValues> = objectOf(kernelParameters);

/**
 * Reads the parts of an experiment, each in every cell of the axes that change it. Files are looked for from `folder`; what is
 * worth knowing and stops nothing goes to `warnings`.
 */
export function readParts(top: Mapping, axes: readonly Axis[], folder: string, problems: Problem[], warnings: Problem[]): Parts {
  const of = (root: string) => axes.filter((axis) => axis.root === root);
  const gpuAxis = of('gpu').find(({inside}) => inside.length === 0);
  const gpus = gpuAxis?.values ?? list(top, 'gpu', problems);
  const items = list(top, 'workload', problems).flatMap((item, i) => readWorkload(item, {path: ['workload', i], folder, problems, warnings}));
  const kinds = list(top, 'patterns', problems);
  refuseNamesakes(items, problems);
  refuseIdle(of('pattern'), kinds, problems);
  refuseTraces(top, of('workload'), items, problems);
  const gpuAxes = of('gpu').filter((axis) => axis !== gpuAxis);
  const settingAxes = axes.filter(({root}) => Object.hasOwn(settings, root));
  const size = [gpus, items, kinds, ...axes.map(({values}) => values)].reduce((product, {length}) => product * Math.max(1, length), 1);
  if (size > mostPoints) {
    const message = `makes ${size.toLocaleString('en')} points; at most ${mostPoints.toLocaleString('en')} are allowed`;
    problems.push(problemAt(entry(top, 'sweep')?.key ?? axes[0]?.key ?? top.at, ['sweep'], message));
    return {gpus: [], settings: [], workloads: [], kernels: [], patterns: []};
  }
  return {
    gpus: gpus.flatMap((gpu) => gpuCells(gpu, gpuAxes, folder, problems)),
    settings: settingCells(top, settingAxes, problems),
    workloads: items.flatMap((item) => workloadCells(item, of('workload'), problems)),
    kernels: kernelCells(entry(top, 'kernel')?.value ?? scalar('auto', top.at), of('kernel'), problems),
    patterns: kinds.flatMap((kind, i) => {
      const taken = of('pattern').filter((axis) => takes(kind, axis));
      return cells(kind, taken, (written, found) => patternOf(written, ['patterns', i], found), problems);
    }),
  };
}

/** A GEMM in every cell of the axes that change it, with the pattern of its own that a file may give it; or a trace. */
function workloadCells(item: WorkloadItem, axes: readonly Axis[], problems: Problem[]): Parts['workloads'] {
  if ('trace' in item) return [cell(item)];
  const found = cells(item.written, axes, (written, wrong) => gemmOf(written, item.path, wrong), problems);
  const own = item.pattern && patternOf(item.pattern, item.path, problems);
  return own ? found.map((one) => ({...one, own: cell(own)})) : found;
}

/** Where every workload is a trace, patterns may be left out, and extents cannot be moved. */
function refuseTraces(top: Mapping, axes: readonly Axis[], items: readonly WorkloadItem[], problems: Problem[]): void {
  const isGemm = items.some((item) => 'written' in item);
  const areGiven = items.every((item) => 'pattern' in item && item.pattern);
  if (isGemm && !areGiven && !entry(top, 'patterns'))
    problems.push(problemAt(top.at, ['patterns'], `missing; expected ${experimentParameters.patterns.accepts}`));
  if (isGemm || items.length === 0) return;
  problems.push(...axes.map(({key, path}) => problemAt(key, [path], 'a trace has its extents fixed')));
}

function list(top: Mapping, key: string, problems: Problem[]): readonly Written[] {
  const written = entry(top, key)?.value;
  const isOne = key === 'gpu' && written?.kind !== 'list';
  if (!written || isOne || (written.kind === 'list' && written.items.length > 0)) return listed(written);
  const got = written.kind === 'list' ? 'an empty list' : seen(written);
  problems.push(problemAt(written.at, [key], `got ${got}, expected ${(experimentParameters as Parameters)[key]!.accepts}`));
  return [];
}

function gpuCells(gpu: Written, axes: readonly Axis[], folder: string, problems: Problem[]): readonly Cell<Gpu>[] {
  const source = readGpu(gpu, folder, ['gpu'], problems);
  if (!source) return [];
  const changes = axes.filter(({recorded}) => !recorded).map(({inside, values}) => `${inside.join('.')}=${oneLine(values[0]!)}`);
  return cells(renamed(source.written, changes), axes, (written, found) => gpuOf({...source, written}, 'gpu', found), problems);
}

function settingCells(top: Mapping, axes: readonly Axis[], problems: Problem[]): readonly Cell<Settings>[] {
  const written = {...top, entries: top.entries.filter((_, key) => Object.hasOwn(settings, key))};
  const rooted = axes.map((axis) => ({...axis, inside: [axis.root]}));
  // What is missing is reported with the keys of the experiment.
  return cells(written, rooted, (cellWritten, found) => validate(settingsSchema, cellWritten, [], found, {partial: true}), problems);
}

function kernelCells(kernel: Written, axes: readonly Axis[], problems: Problem[]): readonly Cell<Point['kernel']>[] {
  const isWhole = ({inside}: Axis) => inside.length === 0;
  const isFree = kernel.kind === 'mapping' || axes.some(isWhole);
  const idle = !isFree && kernel.kind === 'scalar' && kernel.value === 'auto' ? axes : [];
  const message = 'kernel is auto, which chooses for itself; write the kernel out to set a part of it';
  problems.push(...idle.map(({key, path}) => problemAt(key, [path], message)));
  return cells(kernel, isFree ? [...axes.filter(isWhole), ...axes.filter((axis) => !isWhole(axis))] : [], kernelOf, problems);
}

function kernelOf(written: Written, problems: Problem[]): Point['kernel'] | undefined {
  if (written.kind === 'mapping') return validate(kernelSchema, written, ['kernel'], problems);
  if (written.kind === 'scalar' && written.value === 'auto') return 'auto';
  const hint = nearest(oneLine(written), ['auto']) ? '; did you mean "auto"?' : '';
  problems.push(problemAt(written.at, ['kernel'], `got ${seen(written)}, expected auto or {${Object.keys(kernelParameters).join(', ')}}${hint}`));
  return undefined;
}

function patternOf(written: Written, path: Path, problems: Problem[]): PatternChoice | undefined {
  const type = entry(written, 'type')?.value;
  const known = Object.keys(patterns);
  const pattern = type?.kind === 'scalar' && Object.hasOwn(patterns, String(type.value)) ? patterns[String(type.value)] : undefined;
  if (!pattern) {
    const message = type
      ? `no such pattern: ${seen(type)}${didYouMean(oneLine(type), known, 'always')}`
      : `expected {type: NAME, …} with one of ${known.join(', ')}`;
    problems.push(problemAt(type?.at ?? written.at, [...path, ...(type ? ['type'] : [])], message));
    return undefined;
  }
  const read = validate(objectOf<Parameters>({type: text('kind of sparsity'), ...pattern.parameters}), written, path, problems);
  if (!read) return undefined;
  const {type: _, ...values} = read;
  const refusal = pattern.refuse?.(values);
  if (!refusal) return {type: pattern.type, values};
  problems.push(problemAt(entry(written, refusal.key)?.value.at ?? written.at, [...path, refusal.key], refusal.message));
  return undefined;
}

function takes(pattern: Written, {inside}: Axis): boolean {
  const type = entry(pattern, 'type')?.value;
  return Object.hasOwn(patterns[type ? oneLine(type) : '']?.parameters ?? {}, inside[0]!);
}

/** An axis of a parameter that no pattern of the experiment has would change nothing. */
function refuseIdle(axes: readonly Axis[], kinds: readonly Written[], problems: Problem[]): void {
  const idle = axes.filter((axis) => kinds.length > 0 && !kinds.some((kind) => takes(kind, axis)));
  problems.push(...idle.map(({key, path, inside}) => problemAt(key, path.split('.'), `none of the patterns here has a ${inside[0]!}`)));
}
