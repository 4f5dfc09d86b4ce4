import {createHash} from 'node:crypto';
import type {Gpu} from './config/gpu.ts';
import type {Settings} from './config/settings.ts';
import type {Kernel} from './trace/kernel.ts';
import type {Gemm} from './workload/gemm.ts';
import type {TraceFile} from './workload/workload.ts';

/** A kind of sparsity with its parameters; the type is a name in the registry of patterns. */
export interface PatternChoice {
  readonly type: string;
  readonly values: {readonly [parameter: string]: unknown};
}

/** One simulation: everything that decides its result, and nothing else. Plain JSON. */
export interface Point extends Settings {
  readonly experiment: string;
  readonly gpu: Gpu;
  readonly workload: Gemm | TraceFile;
  /** Of a trace file, which brings its own: {type: 'trace', values: {}}, and the kernel is 'auto'. */
  readonly pattern: PatternChoice;
  readonly kernel: 'auto' | Kernel;
  /** The GEMMs whose weights are ranked together; absent: each is by itself. */
  readonly layers?: readonly Gemm[];
  /** Where this point stands on the swept axes that touch it: {'gpu.l2.capacity': '20 MiB'}. */
  readonly axes: {readonly [path: string]: string};
  /** What a GPU took, where the experiment says; this and the next decide nothing. */
  readonly measured_us?: number;
  /** What a profiler counted there, by metric. */
  readonly measured_metrics?: {readonly [name: string]: number};
}

/** sha256, in hexadecimal, of a point's canonical JSON: equal points have equal digests, on any machine and whatever was measured. */
export function pointDigest(point: Point): string {
  const {measured_us: _, measured_metrics: __, ...decisive} = point;
  return createHash('sha256').update(canonicalParts(decisive)).digest('hex');
}

/** The canonical JSON of a point, or of some of its fields. */
export function canonicalParts(fields: Partial<Point>): string {
  const parts = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([name, part]: readonly [string, unknown]) => `${JSON.stringify(name)}:${canonicalPart(part)}`).join(',')}}`;
}

/** The points of a sweep share most of their parts. */
const texts = new WeakMap<object, string>();

function canonicalPart(part: unknown): string {
  if (typeof part !== 'object' || part === null) return JSON.stringify(part);
  const text = texts.get(part) ?? canonicalJson(part);
  texts.set(part, text);
  return text;
}

/** JSON with the keys of every object in order, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
