import {Addresses, blockOf, type BlockOp} from '../trace/addresses.ts';
import type {LdgOp, LdgstsOp, Op, StgOp} from '../trace/op.ts';
import type {Launch, Program, Trace} from '../trace/trace.ts';
import {Coalescer} from './coalescer.ts';
import type {GpuValues} from './parameters.ts';
import {launchOccupancy} from './sm.ts';
import type {Topology} from './topology.ts';

/** The tags of an L2, as far as they are passed through without time. */
interface Touched {
  touch(sm: number, line: number, sectors: number, write: boolean): void;
}

/**
 * Leaves the L2 as the same kernels before this run would have: their own accesses go through the tags, in the order of waves
 * and K tiles, without time. A library timed over back-to-back repeats finds it so; what does not fit has been evicted again.
 * `enough`: bytes after which nothing is left of what was there before; waves that come earlier are spared.
 */
export function replay(trace: Trace, topology: Topology, values: GpuValues, l2: Touched, enough = Infinity): void {
  const waves = trace.launches.flatMap((launch) => {
    const size = topology.sms * launchOccupancy(values.sm, launch).ctas;
    return Array.from({length: Math.ceil(launch.grid.ctas / size)}, (_, i): Wave => {
      const first = i * size;
      return {launch, first, end: Math.min(launch.grid.ctas, first + size)};
    });
  });
  let from = waves.length;
  for (let left = enough; left > 0 && from > 0;) left -= bytesOf(waves[--from]!, topology);
  const walks = new Map<Launch, Walk>();
  for (const wave of waves.slice(from)) {
    const walk = walks.get(wave.launch) ?? new Walk(trace, wave.launch, topology, l2);
    walks.set(wave.launch, walk);
    walk.pass(wave);
  }
}

/** CTAs that are on the GPU together: `first` … `end` of a launch. */
interface Wave {
  readonly launch: Launch;
  readonly first: number;
  readonly end: number;
}

/** Fewest bytes that a wave's main loops read into the partitions: of rows that are gathered others may want the same. */
function bytesOf({launch, first, end}: Wave, {partitions, sms, partitionOfSm, dispatchOrder}: Topology): number {
  const {grid} = launch;
  const seen = new Set<number>();
  let bytes = 0;
  accessesOf(launch).forEach(({loop}, operand) => {
    const perStep = loop.reduce((sum, {block}) => sum + block.rows * block.bytes, 0);
    if (perStep === 0) return;
    seen.clear();
    for (let cta = first; cta < end; cta++) {
      const at = operand * grid.ctas + cta;
      const key = grid.base[at]! * partitions + partitionOfSm[dispatchOrder[(cta - first) % sms]!]!;
      // A tile may be larger than what there is to read.
      if (!seen.has(key)) bytes += Math.min(perStep * grid.steps[cta]!, grid.rows[at]! * grid.bytes[at]!);
      seen.add(key);
    }
  });
  return bytes;
}

interface Access {
  readonly block: BlockOp;
  readonly stored: boolean;
}

/** What all warps of a CTA access of each operand, in a K tile and at the end. */
function accessesOf({operands, programs}: Launch): {readonly loop: readonly Access[]; readonly end: readonly Access[]}[] {
  return operands.map((_, operand) => {
    const of = (part: (p: Program) => readonly Op[]): Access[] =>
      programs.flatMap((p) =>
        part(p)
          .filter((op) => isAccess(op))
          .filter((op) => op.operand === operand)
          .map((op) => ({block: blockOf(op), stored: op.op === 'STG'})),
      );
    return {loop: of((p) => p.ops.slice(p.body, p.epilogue)), end: of((p) => p.ops.slice(p.epilogue))};
  });
}

/** Passes a launch's waves through the tags. */
class Walk {
  private readonly launch: Launch;
  private readonly topology: Topology;
  private readonly l2: Touched;
  private readonly addresses: Addresses;
  private readonly lines = new Coalescer();
  private readonly accesses: ReturnType<typeof accessesOf>;
  /** CTAs of a wave share operand tiles: within one K tile the second touch of a tile in a partition changes nothing. */
  private readonly touchedAt = new Map<number, number>();
  private turn = 0;

  constructor(trace: Trace, launch: Launch, topology: Topology, l2: Touched) {
    this.launch = launch;
    this.topology = topology;
    this.l2 = l2;
    this.addresses = new Addresses(trace, launch);
    this.accesses = accessesOf(launch);
  }

  pass({first, end}: Wave): void {
    const {steps} = this.launch.grid;
    const {dispatchOrder, sms} = this.topology;
    const smOf = (cta: number): number => dispatchOrder[(cta - first) % sms]!;
    let most = 0;
    for (let cta = first; cta < end; cta++) most = Math.max(most, steps[cta]!);
    for (let step = 0; step < most; step++) {
      this.turn++;
      for (let cta = first; cta < end; cta++) if (step < steps[cta]!) this.touch(cta, smOf(cta), 'loop', step);
    }
    this.turn++;
    for (let cta = first; cta < end; cta++) this.touch(cta, smOf(cta), 'end', 0);
  }

  private touch(cta: number, sm: number, part: 'loop' | 'end', step: number): void {
    const {lines, l2, addresses, touchedAt, topology, turn} = this;
    const {grid} = this.launch;
    for (let operand = 0; operand < this.accesses.length; operand++) {
      const list = this.accesses[operand]![part];
      if (list.length === 0) continue;
      const view = grid.base[operand * grid.ctas + cta]! + grid.indexStart[operand * grid.ctas + cta]! / 2 ** 32;
      const key = view * topology.partitions + topology.partitionOfSm[sm]!;
      if (touchedAt.get(key) === turn) continue;
      touchedAt.set(key, turn);
      for (const {block, stored} of list) {
        lines.coalesce(addresses, addresses.resolve(block, cta, step));
        for (let l = 0; l < lines.count; l++) l2.touch(sm, lines.line[l]!, lines.sectors[l]!, stored);
      }
    }
  }
}

function isAccess(op: Op): op is LdgstsOp | LdgOp | StgOp {
  return op.op === 'LDGSTS' || op.op === 'LDG' || op.op === 'STG';
}
