import {count} from '../../config/parameter.ts';
import {im2col, type Convolution, type Layer} from '../layer.ts';
import type {Network} from './network.ts';

const parameters = {batch: count('images at a time', {default: 1})};

/** Output side and width of the four stages; He et al. 2015, table 1. */
const stages = [
  {side: 56, width: 64},
  {side: 28, width: 128},
  {side: 14, width: 256},
  {side: 7, width: 512},
] as const;

interface Block {
  /** Of its input and of its output. */
  readonly sides: readonly [number, number];
  readonly from: number;
  readonly width: number;
}

/** Two 3 × 3. */
const basic = {
  expansion: 1,
  convolutions: ({sides: [, side], from, width}: Block): readonly Omit<Convolution, 'name'>[] => [
    {pixels: side * side, window: 9, from, to: width},
    {pixels: side * side, window: 9, from: width, to: width},
  ],
};

/** 1 × 1, 3 × 3 with the stride (torchvision's v1.5), 1 × 1. */
const bottleneck = {
  expansion: 4,
  convolutions: ({sides: [before, side], from, width}: Block): readonly Omit<Convolution, 'name'>[] => [
    {pixels: before * before, window: 1, from, to: width},
    {pixels: side * side, window: 9, from: width, to: width},
    {pixels: side * side, window: 1, from: width, to: 4 * width},
  ],
};

function resnet(name: string, {expansion, convolutions}: typeof basic, repeats: readonly number[]): Network<typeof parameters> {
  const layers = (batch: number): readonly Layer[] => {
    let [before, from] = [56, 64];
    const body = stages.flatMap(({side, width}, stage) =>
      Array.from({length: repeats[stage]!}, (_, i) => {
        const shape: Block = {sides: [before, side], from, width};
        const parts = convolutions(shape).map((c, at): Convolution => ({name: `layer${stage + 1}.${i}.conv${at + 1}`, ...c}));
        const changes = i === 0 && (side !== before || from !== width * expansion);
        const shortcut = {name: `layer${stage + 1}.${i}.downsample`, pixels: side * side, window: 1, from, to: width * expansion};
        [before, from] = [side, width * expansion];
        return [...parts, ...(changes ? [shortcut] : [])];
      }).flat(),
    );
    return [
      {...im2col({name: 'conv1', pixels: 112 * 112, window: 49, from: 3, to: 64}, batch), protected: true},
      ...body.map((c) => im2col(c, batch)),
      {name: 'fc', m: batch, n: 1000, k: from, protected: true},
    ];
  };
  return {
    name,
    doc: `${name.replace('resnet', 'ResNet')} on 224 × 224 images, convolutions by im2col; the first convolution and the classifier stay dense`,
    parameters,
    label: ({batch}) => `${name}-b${batch}`,
    layers: ({batch}) => layers(batch),
  };
}

export const resnet18 = resnet('resnet-18', basic, [2, 2, 2, 2]);
export const resnet50 = resnet('resnet-50', bottleneck, [3, 4, 6, 3]);
