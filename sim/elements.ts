/**
 * Energy of a multiply-add of int8 as a share of one of 16 bits, operands from registers. Of the 0.73 pJ that an A100 takes for one of
 * 16 bits (mma.sync on the PCIe board: arXiv 2402.13499) arithmetic is 0.59: a product of bf16 0.21 and a float32 sum 0.38 at 7 nm (Jouppi
 * et al., ISCA 2021). Of int8 it is 0.10: 0.07 and, for an int32 sum, 0.03. What is left brings operands, of which int8 has half the bits.
 */
const energyOfInt8 = (0.1 + (0.73 - 0.59) / 2) / 0.73;

/** How a data type is stored, what the tensor core's table calls it, and what a multiply-add takes beside one of 16 bits. tf32 lies in memory as fp32. */
export const elements: Readonly<Record<string, {readonly bytes: number; readonly mma: string; readonly energy: number}>> = {
  fp16: {bytes: 2, mma: 'f16', energy: 1},
  'fp16-acc16': {bytes: 2, mma: 'f16-acc16', energy: 1},
  bf16: {bytes: 2, mma: 'bf16', energy: 1},
  int8: {bytes: 1, mma: 's8', energy: energyOfInt8},
  // Assumed: as its 32 bits are to 16.
  tf32: {bytes: 4, mma: 'tf32', energy: 2},
};
