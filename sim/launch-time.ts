import type {GpuValues} from './gpu/parameters.ts';
import type {Launch, Trace} from './trace/trace.ts';

/** What a trace's kernels take beside their CTAs, in nanoseconds: `kernels` themselves, and with the gaps between them, `all`. */
export function launchTime(
  {launches}: Pick<Trace, 'launches'>,
  {launchGap, nullKernel, packedKernel}: GpuValues['host'],
): {readonly kernels: number; readonly all: number} {
  // What adds the partial sums of split-K comes from the same library as what leaves them.
  const packed = launches.filter((launch, i) => isPacked(launch) || (adds(launch) && i > 0 && isPacked(launches[i - 1]!)));
  const kernels = launches.length * nullKernel + packed.length * packedKernel;
  return {kernels, all: kernels + launches.length * launchGap};
}

/** Whether a kernel adds partial sums. */
function adds({operands}: Launch): boolean {
  return operands[0]?.name === 'partial';
}

/** Whether a kernel multiplies packed weights by activations as they lie, as the vendor's library for such weights does. */
function isPacked({operands}: Launch): boolean {
  return operands.some(({name}) => name === 'metadata') && !operands.some(({gather}) => gather);
}
