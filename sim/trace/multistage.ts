import {deal} from './copies.ts';
import type {BlockOp} from './addresses.ts';
import {instructionK, type Kernel, type KernelShape} from './kernel.ts';
import type {LdgOp, LdgstsOp, MmaOp, Op, StgOp} from './op.ts';
import type {Operand, OperandName, Program, SharedTile} from './trace.ts';

/**
 * The multistage tensor-core GEMM of Ampere (CUTLASS's MmaMultistage): while one K tile is multiplied from registers, the
 * fragments of the next k-block come from shared memory and the tiles `stages` − 1 ahead are on their way from global memory.
 * It computes Cᵀ = Bᵀ·Aᵀ: weights are the MMA's left, 16-row operand, the one mma.sp lets be sparse.
 *
 * Four kernels come of two choices: weights dense or 2:4 with metadata, activation rows consecutive or gathered by an index.
 */
export interface Multistage {
  readonly operands: readonly Operand[];
  readonly programs: readonly Program[];
  readonly sharedMemoryBytes: number;
  readonly accumulators: {readonly down: number; readonly right: number};
}

/** Scoreboard counters: fragments of even and odd k-blocks, row indices, column indices, the epilogue's staging. */
const counter = {fragments: [0, 1], rowIndex: 2, columnIndex: 3, staging: 4} as const;

/** Bytes of one row or column number. */
const indexBytes = 4;

export function multistage(kernel: Kernel, shape: KernelShape): Multistage {
  const tile = layTile(kernel, shape);
  const warps = kernel.warps[0]! * kernel.warps[1]!;
  const at = (name: OperandName): number => tile.operands.findIndex((o) => o.name === name);
  const copied = (['activation', 'weight', 'metadata'] as const).filter((name) => at(name) >= 0);
  const dealt = copied.map((name) => deal(at(name), tile.copyRows[name]!, tile.operands[at(name)]!.shared!.rowBytes, warps));
  const out = outputTile(kernel, shape);
  const stores = deal(at(out.name), out.rows, out.rowBytes, warps);

  const programs = Array.from({length: warps}, (_, warp): Program => {
    const copies = dealt.flatMap((blocks) => blocks[warp]!);
    const gather = shape.gathered ? rowIndexLoad(at('index'), copies, at('activation')) : undefined;
    const load = (ahead: number): Op[] => copyOps(copies, ahead, gather ? 1 << counter.rowIndex : 0);
    const index = (ahead: number): Op[] => (gather ? [{...gather, ahead}] : []);
    const last = kernel.stages - 1;
    const prologue: Op[] = [];
    for (let s = 0; s < last + (gather ? kernel.indexAhead : 0); s++) prologue.push(...index(s));
    for (let s = 0; s < last; s++) prologue.push(...load(s), {op: 'COMMIT'});
    const fragments = fragmentsOf(kernel, shape, warp, tile);
    prologue.push({op: 'DEPBAR', groups: last - 1}, {op: 'BAR'}, ...fragments.load(0, 0, 0));

    const steps: Op[] = [];
    const blocks = fragments.blocks;
    for (let b = 0; b < blocks; b++) {
      const next = (b + 1) % blocks;
      const around: Op[] = [...fragments.load(next, next === 0 ? 1 : 0, next & 1)];
      if (b === 0) {
        if (kernel.indexAhead === 0) around.push(...index(last));
        around.push(...load(last));
        if (kernel.indexAhead > 0) around.push(...index(last + kernel.indexAhead));
      }
      if (b === blocks - 1) around.push(...arithmetic(loopOverhead));
      steps.push(...interleave(fragments.multiply(b), around));
      if (b === blocks - 2) steps.push({op: 'COMMIT'}, {op: 'DEPBAR', groups: last - 1}, {op: 'BAR'});
    }
    return {
      ops: [...prologue, ...steps, ...epilogue(kernel, shape, stores[warp]!, at('scatter'), out)],
      body: prologue.length,
      epilogue: prologue.length + steps.length,
    };
  });
  const staging = kernel.tile[0]! * kernel.tile[1]! * out.elementBytes;
  const {down, right} = fragmentGrid(kernel);
  return {operands: tile.operands, programs, sharedMemoryBytes: Math.max(tile.stageBytes * kernel.stages, staging), accumulators: {down, right}};
}

/** Loop counter, stage pointers and branch of one K tile, in instructions of a warp; CUTLASS SASS has 8 to 12. */
const loopOverhead = 8;
/** Pointer arithmetic of a copy: one add; a gathered row takes a 64-bit multiply-add as well. */
const addressOps = {straight: 1, gathered: 2};

/** The operands of the kernel, and the stage of shared memory their K tiles share. */
function layTile(kernel: Kernel, shape: KernelShape) {
  const [m, n, k] = kernel.tile as [number, number, number];
  const e = shape.elementBytes;
  const stored = shape.sparse ? k / 2 : k;
  let stageBytes = 0;
  const share = (rows: number, rowBytes: number): SharedTile => {
    const offset = stageBytes;
    stageBytes += Math.ceil((rows * rowBytes) / 128) * 128;
    return {offset, stageBytes: 0, rowBytes};
  };
  const byRow = shape.activations === 'm-contiguous';
  const activationRows = byRow ? k : m;
  const operands: Operand[] = [
    {
      name: 'activation',
      rowsPerStep: byRow ? k : 0,
      bytesPerStep: byRow ? 0 : k * e,
      ...(shape.gathered && {gather: 'row' as const}),
      shared: share(activationRows, byRow ? m * e : k * e),
    },
    {name: 'weight', rowsPerStep: 0, bytesPerStep: stored * e, shared: share(n, stored * e)},
  ];
  const copyRows: Partial<Record<OperandName, number>> = {activation: activationRows, weight: n};
  if (shape.sparse) {
    const rows = k / 32;
    operands.push({name: 'metadata', rowsPerStep: rows, bytesPerStep: 0, shared: share(rows, n * 4)});
    copyRows.metadata = rows;
  }
  if (shape.gathered) {
    operands.push({name: 'index', rowsPerStep: 0, bytesPerStep: k * indexBytes});
    operands.push({name: 'scatter', rowsPerStep: 0, bytesPerStep: 0});
  }
  operands.push({name: outputTile(kernel, shape).name, rowsPerStep: 0, bytesPerStep: 0, ...(shape.gathered && {gather: 'column' as const})});
  return {operands: operands.map((o) => (o.shared ? {...o, shared: {...o.shared, stageBytes}} : o)), stageBytes, copyRows};
}

/** The block of C a CTA writes: finished values, or float32 partial sums under split-K. Its rows follow the activations' layout. */
export function outputTile(kernel: Kernel, shape: KernelShape) {
  const [m, n] = kernel.tile as [number, number, number];
  const elementBytes = kernel.splitK > 1 ? 4 : shape.elementBytes;
  const byColumn = shape.activations === 'm-contiguous';
  return {
    name: kernel.splitK > 1 ? ('partial' as const) : ('output' as const),
    elementBytes,
    rows: byColumn ? n : m,
    rowBytes: (byColumn ? m : n) * elementBytes,
  };
}

/** One load of the row numbers that this warp's gathered copies follow: its rows lie together. */
function rowIndexLoad(operand: number, copies: readonly BlockOp[], activation: number): LdgOp | undefined {
  const rows = copies.filter((c) => c.operand === activation && c.column === 0);
  if (rows.length === 0) return undefined;
  const first = rows[0]!.row;
  const end = rows.at(-1)!.row + rows.at(-1)!.rows;
  return {op: 'LDG', operand, row: 0, rows: 1, column: first * indexBytes, bytes: (end - first) * indexBytes, ahead: 0, set: counter.rowIndex};
}

function copyOps(copies: readonly BlockOp[], ahead: number, gatherWait: number): Op[] {
  const addresses = copies.length * (gatherWait ? addressOps.gathered : addressOps.straight);
  return [...arithmetic(addresses, gatherWait), ...copies.map((block): LdgstsOp => ({op: 'LDGSTS', ...block, ahead}))];
}

/** Integer instructions, two at a time: short enough for the tensor pipe not to notice them between two MMAs. */
function arithmetic(count: number, wait = 0): Op[] {
  return Array.from({length: Math.ceil(count / 2)}, (_, i): Op => ({
    op: 'ALU',
    count: Math.min(2, count - 2 * i),
    ...(wait > 0 && i === 0 && {wait}),
  }));
}

function fragmentGrid(kernel: Kernel): {readonly down: number; readonly right: number} {
  return {down: kernel.tile[1]! / kernel.warps[1]! / 16, right: kernel.tile[0]! / kernel.warps[0]! / 8};
}

/** The loads from shared memory and the MMAs of one warp's k-blocks. */
function fragmentsOf(kernel: Kernel, shape: KernelShape, warp: number, tile: ReturnType<typeof layTile>) {
  const {down, right} = fragmentGrid(kernel);
  const ki = instructionK(shape);
  const e = shape.elementBytes;
  const blocks = kernel.tile[2]! / ki;
  const firstToken = (warp % kernel.warps[0]!) * right * 8;
  const firstWeight = Math.floor(warp / kernel.warps[0]!) * down * 16;
  const weight = tile.operands.findIndex((o) => o.name === 'weight');
  const metadata = tile.operands.findIndex((o) => o.name === 'metadata');
  const perActivation = ki / 8;
  /** Matrix registers: two sets of fragments, weights then activations. */
  const set = down * 4 + right * perActivation;
  const byRow = shape.activations === 'm-contiguous';

  const load = (block: number, ahead: number, parity: number): Op[] => {
    const wait = counter.fragments[parity as 0 | 1];
    const ops: Op[] = [];
    const base = parity * set;
    const matrices = {transposed: false, ahead, set: wait};
    for (let i = 0; i < down; i++) {
      const column = (block * ki * e) / (shape.sparse ? 2 : 1);
      ops.push({op: 'LDSM', operand: weight, row: firstWeight + i * 16, column, down: 2, right: 2, first: 'down', ...matrices, to: base + i * 4});
    }
    // Four matrices an instruction: one 8-token fragment of four k-octets under mma.sp, two fragments of two k-octets otherwise.
    const tokensPerLoad = 4 / perActivation;
    for (let j = 0; j < right; j += tokensPerLoad) {
      const to = base + down * 4 + j * perActivation;
      const token = firstToken + j * 8;
      const k = block * ki;
      if (byRow) {
        ops.push({
          op: 'LDSM',
          operand: 0,
          row: k,
          column: token * e,
          down: perActivation,
          right: tokensPerLoad,
          first: 'down',
          ...matrices,
          transposed: true,
          to,
        });
      } else {
        ops.push({op: 'LDSM', operand: 0, row: token, column: k * e, down: tokensPerLoad, right: perActivation, first: 'right', ...matrices, to});
      }
    }
    if (shape.sparse) {
      for (let i = 0; i < down; i += 2) {
        ops.push({
          op: 'LDS',
          operand: metadata,
          row: (block * ki) / 32,
          column: (firstWeight + i * 16) * 4,
          ahead,
          to: parity * (down / 2) + i / 2,
          set: wait,
        });
      }
    }
    return ops;
  };

  const multiply = (block: number): MmaOp[] => {
    const parity = block & 1;
    const ops: MmaOp[] = [];
    for (let j = 0; j < right; j++) {
      // Serpentine, so that neighbours share a fragment, as CUTLASS orders them.
      for (let s = 0; s < down; s++) {
        const i = j & 1 ? down - 1 - s : s;
        ops.push({
          op: 'MMA',
          sparse: shape.sparse,
          k: ki,
          accumulator: i * right + j,
          weights: parity * set + i * 4,
          activations: parity * set + down * 4 + j * perActivation,
          metadata: shape.sparse ? parity * (down / 2) + (i >> 1) : -1,
          half: i & 1,
          wait: 1 << counter.fragments[parity as 0 | 1],
        });
      }
    }
    return ops;
  };
  return {blocks, load, multiply};
}

/** Spreads loads and copies evenly among the MMAs, as the compiler schedules them, so that the tensor pipe stays fed. */
function interleave(multiplies: readonly Op[], others: readonly Op[]): Op[] {
  const ops: Op[] = [];
  let placed = 0;
  multiplies.forEach((mma, i) => {
    ops.push(mma);
    const due = Math.min(others.length, Math.ceil(((i + 1) * others.length) / Math.max(1, multiplies.length - 1)));
    while (placed < due) ops.push(others[placed++]!);
  });
  return [...ops, ...others.slice(placed)];
}

/** Accumulators go through shared memory so that whole lines are written; under TW each output column to its original place. */
function epilogue(kernel: Kernel, shape: KernelShape, stores: readonly BlockOp[], scatter: number, out: ReturnType<typeof outputTile>): Op[] {
  const {down, right} = fragmentGrid(kernel);
  const warpTileBytes = down * 16 * right * 8 * out.elementBytes;
  const ops: Op[] = [{op: 'DEPBAR', groups: 0}, {op: 'BAR'}];
  if (shape.gathered && stores.length > 0) {
    const first = stores[0]!.row;
    const end = stores.at(-1)!.row + stores.at(-1)!.rows;
    ops.push({
      op: 'LDG',
      operand: scatter,
      row: 0,
      rows: 1,
      column: first * indexBytes,
      bytes: (end - first) * indexBytes,
      ahead: 0,
      set: counter.columnIndex,
    });
  }
  ops.push({op: 'STS', load: false, wavefronts: Math.ceil(warpTileBytes / 128), set: counter.staging}, {op: 'BAR'});
  for (const block of stores) {
    const wavefronts = Math.ceil((block.rows * block.bytes) / 128);
    ops.push({op: 'STS', load: true, wavefronts, set: counter.staging});
    const wait = (1 << counter.staging) | (shape.gathered ? 1 << counter.columnIndex : 0);
    ops.push({op: 'STG', ...block, ahead: 0, wait} satisfies StgOp);
  }
  return ops;
}
