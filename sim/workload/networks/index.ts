import {bertBase, bertLarge} from './bert.ts';
import type {Network} from './network.ts';
import {nmt} from './nmt.ts';
import {resnet18, resnet50} from './resnet.ts';
import {vgg16} from './vgg.ts';

/** Every network by its name, in the order in which tables list them. */
export const networks: {readonly [name: string]: Network} = Object.fromEntries(
  [vgg16, resnet18, resnet50, nmt, bertBase, bertLarge].map((network: Network) => [network.name, network]),
);
