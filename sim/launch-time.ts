import type {GpuValues} from './gpu/parameters.ts';
import type {Launch, Trace} from './trace/trace.ts';

/** What a trace's kernels take beside their CTAs, in nanoseconds: `kernels` themselves, and with the gaps between them, `all`. */
export function launchTime(
  {launches}: Pick<Trace, 'launches'>,
  {launchGap, nullKernel, packedKernel}: GpuValues['host'],
): {readonly kernels: number; readonly all: number} {
  const kernels = launches.reduce((sum, launch) => sum + nullKernel + (isPacked(launch) ? packedKernel : 0), 0);
  return {kernels, all: kernels + launches.length * launchGap};
}

/** Whether a kernel multiplies packed weights by activations as they lie, as the vendor's library for such weights does. */
function isPacked({operands}: Launch): boolean {
  return operands.some(({name}) => name === 'metadata') && !operands.some(({gather}) => gather);
}
