import {counter} from './loop-parts.ts';
import {multiplyingWarps, type Kernel} from './kernel.ts';
import type {Op} from './op.ts';
import type {Operand} from './trace.ts';

/** A CTA's part of one tile: K tiles from `first`, `start` K tiles after its share begins. */
export interface Segment {
  /** Number of the tile in the kernel's walk. */
  readonly tile: number;
  readonly first: number;
  readonly steps: number;
  readonly start: number;
  /** Of a tile that is cut: its first part writes C when it has added the others' sums, which they leave in the workspace. */
  readonly role: 'whole' | 'owner' | 'peer';
  /** Place of its sums in the workspace, or of the first of its peers', and how many they are. */
  readonly place: number;
  readonly peers: number;
}

/**
 * Stream-K after whole waves (Osama et al., arXiv 2301.03598, its data-parallel hybrid): as many tiles as make up whole waves of `shares` CTAs
 * are left whole, which keeps those that read the same activations together; the K tiles of the rest are cut into `shares` equal parts,
 * whatever tiles they belong to. A share that goes on in the next tile is two CTAs here, which come in the order in which persistent CTAs
 * would begin with them, so that the second finds the slot that the first leaves. A tile's owner is the last of its parts to begin, and
 * does not wait: that its peers are done by then is taken for granted.
 */
export function segmentsOf(steps: readonly number[], shares: number): readonly Segment[] {
  const whole = steps.length - (steps.length % shares);
  const waves = steps.slice(0, whole).map((length, tile): Segment => ({tile, first: 0, steps: length, start: 0, role: 'whole', place: 0, peers: 0}));
  return [...waves, ...sharedOut(steps.slice(whole), shares).map((segment) => ({...segment, tile: whole + segment.tile}))];
}

function sharedOut(steps: readonly number[], shares: number): readonly Segment[] {
  const all = steps.reduce((a, b) => a + b, 0);
  const count = Math.max(1, Math.min(shares, all));
  const cut = (share: number): number => Math.floor((all * share) / count);
  const segments: Segment[] = [];
  let share = 0;
  let place = 0;
  let before = 0;
  steps.forEach((length, tile) => {
    const parts: {first: number; steps: number; start: number}[] = [];
    for (let at = before; at < before + length;) {
      while (cut(share + 1) <= at) share++;
      const end = Math.min(before + length, cut(share + 1));
      parts.push({first: at - before, steps: end - at, start: at - cut(share)});
      at = end;
    }
    if (length === 0) parts.push({first: 0, steps: 0, start: 0});
    const peers = parts.length - 1;
    parts.forEach((part, i) => {
      const role = peers === 0 ? 'whole' : i === 0 ? 'owner' : 'peer';
      segments.push({tile, ...part, role, place: role === 'peer' ? place + i - 1 : place, peers});
    });
    place += peers;
    before += length;
  });
  const later = ({role}: Segment): number => (role === 'owner' ? 1 : 0);
  return segments.sort((a, b) => a.start - b.start || later(a) - later(b));
}

/** float32 sums of one m16n8 accumulator, as a warp's lanes hold them: 16 B each. */
export const accumulatorBytes = 512;
/** Accumulators that are added at a time, in registers that the main loop no longer needs. */
const together = 8;
/** Additions of a warp for an accumulator: its 128 sums, 32 lanes at a time. */
const additions = 4;

/** Accumulators of a CTA, all warps together. */
export function accumulatorsOf(kernel: Kernel): number {
  const [along, across] = multiplyingWarps(kernel);
  return along * across * accumulatorsPerWarp(kernel);
}

function accumulatorsPerWarp(kernel: Kernel): number {
  const [along, across] = multiplyingWarps(kernel);
  return (kernel.tile[1]! / across / 16) * (kernel.tile[0]! / along / 8);
}

/** What stands around the epilogue: an owner adds what its peers left, up to `peers` of them; a peer leaves its sums as its registers hold them. */
export function fixUp(
  kernel: Kernel,
  operands: readonly Operand[],
  warp: number,
  peers: number,
): {readonly before: readonly Op[]; readonly after: readonly Op[]} {
  const own = accumulatorsPerWarp(kernel);
  const added = operands.findIndex(({name, part}) => name === 'partial' && part === 1);
  const left = operands.findIndex(({name, part}) => name === 'partial' && part !== 1);
  const row = (operand: number, peer: number, i: number) => ({
    operand,
    row: peer * accumulatorsOf(kernel) + warp * own + i,
    rows: 1,
    column: 0,
    bytes: accumulatorBytes,
    ahead: 0,
  });
  const before: Op[] = [];
  for (let peer = 0; peer < peers; peer++) {
    for (let first = 0; first < own; first += together) {
      const some = Array.from({length: Math.min(together, own - first)}, (_, i) => first + i);
      before.push(...some.map((i): Op => ({op: 'LDG', ...row(added, peer, i), to: i, set: counter.staging})));
      before.push({op: 'ALU', count: additions * some.length, wait: 1 << counter.staging});
    }
  }
  const after = Array.from({length: own}, (_, i): Op => ({op: 'STG', ...row(left, 0, i)}));
  return {before, after};
}
