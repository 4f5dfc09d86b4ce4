import type {z} from 'zod';
import {objectOf} from '../config/parameter.ts';
import {problemAt, type Path, type Problem} from '../config/problem.ts';
import {seen, validate} from '../config/validate.ts';
import {entry, plain, type Mapping, type Written} from '../config/written.ts';
import type {Source} from './forms/form.ts';
import {forms} from './forms/index.ts';
import {layerParameters, refuseGemm, type Gemm} from './gemm.ts';

/** A trace file brings its pattern and kernel along. */
export interface TraceFile {
  readonly trace: string;
}

/** One GEMM as written, not yet read into values, with the pattern that the file it comes from gives it; or a trace. */
export type WorkloadItem = {readonly written: Mapping; readonly path: Path; readonly pattern?: Mapping} | TraceFile;

const gemmSchema = objectOf(layerParameters) as unknown as z.ZodType<Required<Omit<Gemm, 'weights'>> & {readonly weights: string}>;

/** What may stand in `workload:`, for messages. */
export const workloadForms = ['{name, m, n, k, count?}', ...forms.map(({shown}) => shown)].join(', ').replace(/, (?=[^,]*$)/, ' or ');

/** Reads one item of `workload:`, which may be many GEMMs. Files are looked for from `folder`. */
export function readWorkload(written: Written, where: Omit<Source, 'written'>): readonly WorkloadItem[] {
  const {path, problems} = where;
  // `network` is a form, and beside the name of a GEMM the network it belongs to.
  const form = entry(written, 'name') ? undefined : forms.find(({key}) => entry(written, key));
  if (written.kind === 'mapping' && form) return form.items({...where, written});
  if (written.kind === 'mapping' && Object.keys(layerParameters).some((name) => entry(written, name))) return [{written, path}];
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
  if (refusal === undefined) return gemm;
  problems.push(problemAt(written.at, path, refusal));
  return undefined;
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
