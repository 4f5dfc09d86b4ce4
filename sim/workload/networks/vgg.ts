import {count} from '../../config/parameter.ts';
import {im2col, type Layer} from '../layer.ts';
import type {Network} from './network.ts';

const parameters = {batch: count('images at a time', {default: 1})};

/** Output side, and the channels of the convolutions there, each 3 × 3 with stride 1; Simonyan and Zisserman, configuration D. */
const blocks: readonly (readonly [side: number, channels: readonly number[]])[] = [
  [224, [64, 64]],
  [112, [128, 128]],
  [56, [256, 256, 256]],
  [28, [512, 512, 512]],
  [14, [512, 512, 512]],
];

const classifier: readonly (readonly [name: string, from: number, to: number])[] = [
  ['fc6', 25088, 4096],
  ['fc7', 4096, 4096],
  ['fc8', 4096, 1000],
];

/** Layers and which of them are pruned: clevercool/TileSparsity, Pruning/VGG/pruning.py. */
export const vgg16: Network<typeof parameters> = {
  name: 'vgg-16',
  doc: 'VGG-16 on 224 × 224 images, convolutions by im2col; the first convolution and the three fully connected layers stay dense',
  parameters,
  label: ({batch}) => `vgg-16-b${batch}`,
  layers: ({batch}) => [...convolutions(batch), ...classifier.map(([name, k, n]): Layer => ({name, m: batch, n, k, protected: true}))],
};

function convolutions(batch: number): readonly Layer[] {
  let from = 3;
  return blocks.flatMap(([side, channels], block) =>
    channels.map((to, i): Layer => {
      const layer = im2col({name: `conv${block + 1}_${i + 1}`, pixels: side * side, window: 9, from, to}, batch);
      const first = from === 3;
      from = to;
      return {...layer, protected: first};
    }),
  );
}
