import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import type {z} from 'zod';
import {objectOf, text, type Parameters} from '../config/parameter.ts';
import {problemAt, type Path, type Problem} from '../config/problem.ts';
import {shown} from '../config/source.ts';
import {seen, validate} from '../config/validate.ts';
import {entry, plain, put, type Mapping, type Written} from '../config/written.ts';
import {readCsv} from './csv.ts';
import {gemmParameters, refuseGemm, type Gemm} from './gemm.ts';
import {readWeights, type WeightsFile} from './weights-file.ts';

/** A trace file brings its pattern and kernel along. */
export interface TraceFile {
  readonly trace: string;
}

/** One GEMM as written, not yet read into values, or a trace. */
export type WorkloadItem = {readonly written: Mapping; readonly path: Path} | TraceFile;

const gemmSchema = objectOf(gemmParameters) as z.ZodType<Gemm>;
const {weights: _, ...csvColumns} = gemmParameters;

/** What may stand in `workload:`, for messages. */
export const workloadForms = '{name, m, n, k, count?}, {csv: FILE} or {trace: FILE}';

/** Reads one item of `workload:`; a CSV file is as many as it has rows. Files are looked for from `folder`. */
export function readWorkload(written: Written, folder: string, path: Path, problems: Problem[]): readonly WorkloadItem[] {
  const form = forms.find(({key}) => entry(written, key));
  if (written.kind === 'mapping' && form) {
    const refuse = (message: string) => void problems.push(problemAt(entry(written, form.key)!.value.at, [...path, form.key], message));
    const named = validate(objectOf(form.parameters), written, path, problems) as {readonly [key: string]: string} | undefined;
    return named ? form.items(resolve(folder, named[form.key]!), problems, refuse) : [];
  }
  if (written.kind === 'mapping' && Object.keys(gemmParameters).some((name) => entry(written, name)))
    return [{written: located(written, folder), path}];
  const [key, first] = written.kind === 'mapping' ? (written.entries.entries().next().value ?? []) : [];
  const got = key === undefined ? `got ${seen(written)}` : `no such form of workload`;
  problems.push(problemAt(first?.key ?? written.at, key === undefined ? path : [...path, key], `${got}; expected ${workloadForms}`));
  return [];
}

/** The GEMM of a mapping. */
export function gemmOf(written: Written, path: Path, problems: Problem[]): Gemm | undefined {
  const gemm = validate(gemmSchema, written, path, problems);
  const refusal = gemm && refuseGemm(gemm);
  if (refusal !== undefined) problems.push(problemAt(written.at, path, refusal));
  return refusal !== undefined || !gemm?.weights ? gemm : withWeights({...gemm, weights: gemm.weights}, written, path, problems);
}

/** The GEMM with the checksum of its weights: the file is read once before anything is run. */
function withWeights(gemm: Gemm & {readonly weights: WeightsFile}, written: Written, path: Path, problems: Problem[]): Gemm | undefined {
  const read = readWeights(gemm.weights, gemm);
  if ('sha256' in read) return {...gemm, weights: {...gemm.weights, sha256: read.sha256}};
  const file = entry(entry(written, 'weights')?.value, 'file')?.value.at ?? written.at;
  problems.push(problemAt(file, [...path, 'weights', 'file'], `${shown(gemm.weights.file)} ${read.failure}`));
  return undefined;
}

/** A file of weights is looked for from `folder`. */
function located(written: Mapping, folder: string): Mapping {
  const file = entry(entry(written, 'weights')?.value, 'file');
  if (file?.value.kind !== 'scalar' || typeof file.value.value !== 'string' || file.value.value === '') return written;
  const found = {...file.value, value: shown(resolve(folder, file.value.value))};
  return put(written, ['weights', 'file'], found, file.key) as Mapping;
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

interface Form {
  readonly key: string;
  readonly parameters: Parameters;
  readonly items: (file: string, problems: Problem[], refuse: (message: string) => void) => readonly WorkloadItem[];
}

const forms: readonly Form[] = [
  {
    key: 'csv',
    parameters: {csv: text('a file with the columns name, m, n, k and optionally count')},
    items: (file, problems, refuse) => readCsv(file, csvColumns, problems, refuse).map((written) => ({written, path: []})),
  },
  {
    key: 'trace',
    parameters: {trace: text('a file that tvwsim trace generate wrote')},
    items: (file, _, refuse) => (existsSync(file) ? [{trace: shown(file)}] : (refuse(`${shown(file)} does not exist`), [])),
  },
];
