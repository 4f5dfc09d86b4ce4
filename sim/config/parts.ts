import {patterns} from '../pattern/index.ts';
import type {PatternChoice, Point} from '../point.ts';
import {kernelParameters, type Kernel} from '../trace/kernel.ts';
import {gemmOf, readWorkload, refuseNamesakes, type WorkloadItem} from '../workload/workload.ts';
import type {Axis} from './axes.ts';
import {gpuOf, readGpu, renamed, type Gpu, type GpuSource} from './gpu.ts';
import {cell, cells, type Cell, type Parts} from './grid.ts';
import {experimentParameters} from './keys.ts';
import {didYouMean, nearest} from './nearest.ts';
import {objectOf, text, withoutUsual, type Parameters, type Schema} from './parameter.ts';
import {problemAt, type Path, type Problem} from './problem.ts';
import {settings, type Settings} from './settings.ts';
import {choiceText, sizeOf, type Block, type Choice} from './space.ts';
import {seen, validate} from './validate.ts';
import {entry, listed, oneLine, scalar, type Mapping, type Written} from './written.ts';

/** More is a slip in a sweep, or wants to be said. */
export const mostPoints = 100_000;

const settingsSchema: Schema<Settings> = objectOf(settings);
const kernelSchema = objectOf(kernelParameters) as Schema<Kernel>;

/** The parts of an experiment in a row of its sweep. Problems go where those of the experiment went. */
export type PartsAt = (row: readonly Choice[]) => Parts;

/**
 * Reads what the rows of a sweep have in common. Of a row only what it changes is read, and that once. Files are looked for
 * from `folder`; what is worth knowing and stops nothing goes to `warnings`; `most` points are allowed, and more than that give no parts.
 */
export function readParts(
  top: Mapping,
  blocks: readonly Block[],
  folder: string,
  problems: Problem[],
  warnings: Problem[],
  most = mostPoints,
): PartsAt | undefined {
  const axes = blocks.flatMap((block) => block.axes);
  const of = (root: string) => axes.filter((axis) => axis.root === root);
  const items = list(top, 'workload', problems).flatMap((item, i) => readWorkload(item, {path: ['workload', i], folder, problems, warnings}));
  const kinds = list(top, 'patterns', problems);
  const kernel = entry(top, 'kernel')?.value ?? scalar('auto', top.at);
  refuseNamesakes(items, problems);
  refuseIdle(of('pattern'), kinds, problems);
  refuseTraces(top, of('workload'), items, problems);
  const isIdle = refuseKernelAxes(kernel, of('kernel'), problems);
  const isWhole = ({inside}: Axis) => inside.length === 0;
  const gpus = of('gpu').some(isWhole) ? [] : list(top, 'gpu', problems);
  const size = [gpus, items, kinds].reduce((product, {length}) => product * Math.max(1, length), sizeOf(blocks));
  if (size > most) {
    const message = `makes ${size.toLocaleString('en')} points; more than ${most.toLocaleString('en')} are simulated only with --yes`;
    problems.push(problemAt(entry(top, 'sweep')?.key ?? axes[0]?.key ?? top.at, ['sweep'], message));
    return undefined;
  }
  const sources = remembered((gpu: Written) => readGpu(gpu, folder, ['gpu'], problems));
  const gpuCells = byChoices((choices) => {
    const whole = choices.find(({axis}) => isWhole(axis));
    const rest = choices.filter((choice) => choice !== whole);
    return (whole ? [whole.value] : gpus).flatMap((gpu) => gpuCell(sources(gpu), rest, problems));
  });
  const settingCells = byChoices((choices) => settingCell(top, choices, problems));
  const workloads = byChoices((choices) => items.flatMap((item) => workloadCells(item, choices, problems)));
  const kernelCells = byChoices((choices) =>
    cells(kernel, isIdle ? [] : [...choices.filter(({axis}) => isWhole(axis)), ...choices.filter(({axis}) => !isWhole(axis))], kernelOf, problems),
  );
  const patternCells = byChoices((choices) =>
    kinds.flatMap((kind, i) => {
      const taken = choices.filter(({axis}) => takes(kind, axis));
      return cells(kind, taken, (written, found) => patternOf(written, ['patterns', i], found), problems);
    }),
  );
  return (row) => {
    const at = (root: string) => row.filter(({axis}) => axis.root === root);
    return {
      gpus: gpuCells(at('gpu')),
      settings: settingCells(row.filter(({axis}) => Object.hasOwn(settings, axis.root))),
      workloads: workloads(at('workload')),
      kernels: kernelCells(at('kernel')),
      patterns: patternCells(at('pattern')),
    };
  };
}

function remembered<K, V>(read: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, read(key));
    return known.get(key)!;
  };
}

/** The same choices give the same cells. */
function byChoices<T>(read: (choices: readonly Choice[]) => T): (choices: readonly Choice[]) => T {
  const known = new Map<string, T>();
  return (choices) => {
    const key = choices.map(choiceText).join('\n');
    const cached = known.get(key) ?? read(choices);
    known.set(key, cached);
    return cached;
  };
}

/** A GEMM with what a row of the sweep makes of it, and the pattern of its own that a file may give it; or a trace. */
function workloadCells(item: WorkloadItem, choices: readonly Choice[], problems: Problem[]): Parts['workloads'] {
  if ('trace' in item) return [cell(item)];
  const found = cells(item.written, choices, (written, wrong) => gemmOf(written, item.path, wrong), problems);
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

function gpuCell(source: GpuSource | undefined, choices: readonly Choice[], problems: Problem[]): readonly Cell<Gpu>[] {
  if (!source) return [];
  const changes = choices.filter(({axis}) => !axis.recorded).map(({axis, value}) => `${axis.inside.join('.')}=${oneLine(value)}`);
  return cells(renamed(source.written, changes), choices, (written, found) => gpuOf({...source, written}, 'gpu', found), problems);
}

function settingCell(top: Mapping, choices: readonly Choice[], problems: Problem[]): readonly Cell<Settings>[] {
  const written = {...top, entries: top.entries.filter((_, key) => Object.hasOwn(settings, key))};
  const rooted = choices.map(({axis, value}) => ({axis: {...axis, inside: [axis.root]}, value}));
  // What is missing is reported with the keys of the experiment.
  return cells(written, rooted, (cellWritten, found) => validate(settingsSchema, cellWritten, [], found, {partial: true}), problems);
}

/** Whether the axes of the kernel change nothing, which is reported. */
function refuseKernelAxes(kernel: Written, axes: readonly Axis[], problems: Problem[]): boolean {
  const isAuto = kernel.kind === 'scalar' && kernel.value === 'auto';
  const idle = isAuto && !axes.some(({inside}) => inside.length === 0) ? axes : [];
  const message = 'kernel is auto, which chooses for itself; write the kernel out to set a part of it';
  problems.push(...idle.map(({key, path}) => problemAt(key, [path], message)));
  return idle.length > 0;
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
  const asked = entry(written, 'retained');
  const clash = asked && (pattern.sparsities ? (entry(written, 'sparsity') ? bothGiven : undefined) : `${pattern.type} ${fixedShare()}`);
  if (clash) {
    problems.push(problemAt(asked.key, [...path, 'retained'], clash));
    return undefined;
  }
  const {sparsity, ...rest} = pattern.parameters;
  const taken = sparsity && !asked ? {sparsity, ...rest} : rest;
  const read = validate(objectOf<Parameters>({type: text('kind of sparsity'), ...taken}), written, path, problems);
  if (!read) return undefined;
  const {type: _, ...given} = read;
  const values = withoutUsual(pattern.parameters, given);
  const refusal = pattern.refuse?.(asked ? {...values, sparsity: pattern.sparsities!(values).from} : values);
  if (!refusal) return {type: pattern.type, values};
  problems.push(problemAt(entry(written, refusal.key)?.value.at ?? written.at, [...path, refusal.key], refusal.message));
  return undefined;
}

const bothGiven = 'stands beside a sparsity; expected one of the two';

function fixedShare(): string {
  const chosen = Object.values(patterns).flatMap((one) => (one.sparsities ? [one.type] : []));
  return `removes a share that its other parameters fix; expected a pattern whose sparsity can be chosen: ${chosen.join(', ')}`;
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
