import {box, choice, count, quantity, table, type BoxValues} from '../config/parameter.ts';
import {Servers} from '../engine/servers.ts';

/** The tensor core of a sub-core: a table of what it can multiply. */
export const tensorCore = box('tensorCore', 'the matrix pipe of a sub-core, an instruction at a time', {
  mma: table(
    {
      m: count('rows of the instruction', {max: 64, default: 16}),
      n: count('columns of the instruction', {max: 64, default: 8}),
      k: count('logical k of the instruction', {max: 512}),
      type: choice(
        ['f16', 'f16-acc16', 'bf16', 'tf32', 's8'],
        'of weights and activations; floats accumulate in f32, f16-acc16 in f16, integers in s32',
      ),
      sparse: choice(['dense', '2:4'], 'whether the 16-row operand is packed 2:4'),
      interval: quantity('clk', 'between issues to the pipe, from several warps', {min: 0.25}),
      warpInterval: quantity('clk', 'between issues from the same warp', {min: 0.25}),
      latency: quantity('clk', 'until the accumulator can be used again', {min: 1}),
    },
    'shapes the tensor core executes',
  ),
});

export type Mma = BoxValues<typeof tensorCore>['mma'][number];

/** Rows, columns and k of an instruction. */
export interface MmaShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** As PTX names shapes. */
export function mmaName({m, n, k}: MmaShape): string {
  return `m${m}n${n}k${k}`;
}

/** Multiply-adds of one instruction, zeros that 2:4 left out included. */
export function macs({m, n, k}: MmaShape): number {
  return m * n * k;
}

/** The table's row for an instruction; undefined: this GPU has no such instruction. */
export function findMma(values: BoxValues<typeof tensorCore>, shape: MmaShape, type: string, sparse: boolean): Mma | undefined {
  return values.mma.find((m) => mmaName(m) === mmaName(shape) && m.type === type && (m.sparse === '2:4') === sparse);
}

/** The matrix pipes of all sub-cores. */
export class TensorCores {
  readonly pipes: Servers;

  constructor(subcores: number) {
    this.pipes = new Servers(subcores);
  }

  utilisation(cycles: number): number {
    return this.pipes.busy.reduce((a, b) => a + b, 0) / (this.pipes.busy.length * cycles);
  }
}
