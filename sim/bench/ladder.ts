/** A rung: one GEMM under one pattern, as an experiment's YAML. */
export interface Rung {
  readonly name: string;
  readonly yaml: string;
}

const patterns = {
  dense: '{type: dense}',
  '2:4': '{type: vw, n: 2, m: 4}',
  'TW 75 %': '{type: tw, sparsity: 0.75, granularity: 128}',
  'TVW 75 %': '{type: tvw, sparsity: 0.75, granularity: 128}',
};

interface Shape {
  readonly name: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** What cycle-stepped simulators are compared by: cubes; and a layer each of what is pruned: a transformer, a convolution. */
const shapes: readonly Shape[] = [
  ...[256, 512, 1024, 2048, 4096, 8192].map((size) => ({name: `${size}³`, m: size, n: size, k: size})),
  {name: 'BERT-base FFN2, 12800 tokens', m: 12800, n: 768, k: 3072},
  {name: 'ResNet-50 conv4 3×3, batch 8', m: 8 * 14 * 14, n: 256, k: 256 * 9},
];

/** The rungs of one fidelity. `full`: the largest as well, which take minutes. */
export function ladder(fidelity: string, full: boolean): readonly Rung[] {
  return shapes
    .filter(({m, n, k}) => full || m * n * k <= 2048 ** 3)
    .flatMap(({name, m, n, k}) =>
      Object.entries(patterns).map(([pattern, yaml]) => ({
        name: `${name} ${pattern}, ${fidelity}`,
        yaml: `name: bench\ngpu: a100-pcie-80gb\nworkload: [{name: a, m: ${m}, n: ${n}, k: ${k}}]\ndtype: fp16\npatterns: [${yaml}]\nfidelity: ${fidelity}\n`,
      })),
    );
}
