import {patterns} from '../pattern/index.ts';
import type {Point} from '../point.ts';

/** ffn2 256×256×256, TVW 75 %, a100-pcie-80gb, gpu.l2.capacity 20 MiB */
export function nameOf({workload, pattern, gpu, axes}: Point): string {
  const what = 'trace' in workload ? workload.trace : `${workload.name} ${workload.m}×${workload.n}×${workload.k}`;
  const kind = patterns[pattern.type]?.label(pattern.values) ?? pattern.type;
  return [what, kind, gpu.name, ...Object.entries(axes).map(([path, value]) => `${path} ${value}`)].join(', ');
}
