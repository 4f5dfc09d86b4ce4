/** How a data type is stored, and what the tensor core's table calls it. tf32 lies in memory as fp32. */
export const elements: Readonly<Record<string, {readonly bytes: number; readonly mma: string}>> = {
  fp16: {bytes: 2, mma: 'f16'},
  'fp16-acc16': {bytes: 2, mma: 'f16-acc16'},
  bf16: {bytes: 2, mma: 'bf16'},
  int8: {bytes: 1, mma: 's8'},
  tf32: {bytes: 4, mma: 'tf32'},
};
