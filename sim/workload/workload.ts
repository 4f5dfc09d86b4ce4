import {resolve} from 'node:path';
import {objectOf, type Schema} from '../config/parameter.ts';
import {shown} from '../config/source.ts';
import {problemAt, type Path, type Problem} from '../config/problem.ts';
import {seen, validate} from '../config/validate.ts';
import {entry, plain, put, type Mapping, type Written} from '../config/written.ts';
import type {Source} from './forms/form.ts';
import {forms} from './forms/index.ts';
import {layerParameters, refuseGemm, type Gemm} from './gemm.ts';
import {readWeights, type WeightsFile} from './weights-file.ts';

/** A trace file brings its pattern and kernel along. */
export interface TraceFile {
  readonly trace: string;
}

/** One GEMM as written, not yet read into values, with the pattern that the file it comes from gives it; or a trace. */
export type WorkloadItem = {readonly written: Mapping; readonly path: Path; readonly pattern?: Mapping} | TraceFile;

const gemmSchema = objectOf(layerParameters) as unknown as Schema<
  Required<Omit<Gemm, 'weights' | 'importance'>> & Pick<Gemm, 'importance'> & {readonly weights: string}
>;

/** What may stand in `workload:`, for messages. */
export const workloadForms = ['{name, m, n, k, count?}', ...forms.map(({shown}) => shown)].join(', ').replace(/, (?=[^,]*$)/, ' or ');

/** Reads one item of `workload:`, which may be many GEMMs. Files are looked for from `folder`. */
export function readWorkload(written: Written, where: Omit<Source, 'written'>): readonly WorkloadItem[] {
  const {path, problems} = where;
  // `network` is a form, and beside the name of a GEMM the network it belongs to.
  const form = entry(written, 'name') ? undefined : forms.find(({key}) => entry(written, key));
  if (written.kind === 'mapping' && form) return form.items({...where, written});
  if (written.kind === 'mapping' && Object.keys(layerParameters).some((name) => entry(written, name)))
    return [{written: located(written, where.folder), path}];
  const [key, first] = written.kind === 'mapping' ? (written.entries.entries().next().value ?? []) : [];
  const got = key === undefined ? `got ${seen(written)}` : `no such form of workload`;
  problems.push(problemAt(first?.key ?? written.at, key === undefined ? path : [...path, key], `${got}; expected ${workloadForms}`));
  return [];
}

/** The GEMM of a mapping. */
export function gemmOf(written: Written, path: Path, problems: Problem[]): Gemm | undefined {
  const values = validate(gemmSchema, written, path, problems);
  if (!values) return undefined;
  const {network, weights, ...extents} = values;
  const gemm: Gemm = {...extents, ...(network !== '' && {network}), ...(weights === 'protected' && {weights})};
  const refusal = refuseGemm(gemm);
  if (refusal !== undefined) problems.push(problemAt(written.at, path, refusal));
  if (refusal !== undefined) return undefined;
  return gemm.importance ? withImportance({...gemm, importance: gemm.importance}, written, path, problems) : gemm;
}

/** The GEMM with the checksum of its weights: the file is read once before anything is run. */
function withImportance(gemm: Gemm & {readonly importance: WeightsFile}, written: Written, path: Path, problems: Problem[]): Gemm | undefined {
  const read = readWeights(gemm.importance, gemm);
  if ('sha256' in read) return {...gemm, importance: {...gemm.importance, sha256: read.sha256}};
  const file = entry(entry(written, 'importance')?.value, 'file')?.value.at ?? written.at;
  problems.push(problemAt(file, [...path, 'importance', 'file'], `${shown(gemm.importance.file)} ${read.failure}`));
  return undefined;
}

/** A file of weights is looked for from `folder`. */
function located(written: Mapping, folder: string): Mapping {
  const file = entry(entry(written, 'importance')?.value, 'file');
  if (file?.value.kind !== 'scalar' || typeof file.value.value !== 'string' || file.value.value === '') return written;
  const found = {...file.value, value: shown(resolve(folder, file.value.value))};
  return put(written, ['importance', 'file'], found, file.key) as Mapping;
}

/** Results are told apart by the layer's name. */
export function refuseNamesakes(items: readonly WorkloadItem[], problems: Problem[]): void {
  const seenNames = new Set<unknown>();
  for (const item of items) {
    if ('trace' in item) continue;
    const name = entry(item.written, 'name');
    if (!name) continue;
    const value = plain(name.value);
    if (seenNames.has(value))
      problems.push(
        problemAt(name.value.at, [...item.path, 'name'], `a second workload is called "${String(value)}"; results could not be told apart`),
      );
    seenNames.add(value);
  }
}
