import type {BlockOp} from '../trace/addresses.ts';
import {deal} from '../trace/copies.ts';
import type {Op} from '../trace/op.ts';
import type {Launch, Operand, Trace} from '../trace/trace.ts';

/** What copies are added to every K tile of the first launch: `rows` rows from places of their own. */
interface Addition {
  readonly like: Operand['name'];
  readonly rows: number;
  readonly rowBytes: number;
  readonly operand: Omit<Operand, 'name' | 'rowsPerStep' | 'bytesPerStep' | 'shared'>;
  /** Where the rows of a CTA lie. */
  readonly view: (cta: number) => {readonly base: number; readonly pitch: number; readonly bytes: number; readonly indexStart: number};
}

/**
 * The first launch with `rows` more rows of activations copied in every K tile: those its weight tile has pruned, over and
 * over if they are fewer. Undefined where activations do not lie row by row, so that no row can be copied alone.
 */
export function withMoreActivations(trace: Trace, rows: number, k: number): Trace | undefined {
  const launch = trace.launches[0]!;
  const {operands, grid} = launch;
  const own = operands.findIndex((o) => o.name === 'activation');
  if (own < 0 || operands[own]!.rowsPerStep === 0) return undefined;
  const most = grid.steps.reduce((a, b) => Math.max(a, b), 0) * rows;
  const index = new Uint32Array(trace.rowIndex.length + most);
  index.set(trace.rowIndex);
  const kept = new Set(trace.rowIndex.subarray(grid.indexStart[own * grid.ctas]!, grid.indexStart[own * grid.ctas]! + grid.rows[own * grid.ctas]!));
  const pruned = Array.from({length: k}, (_, row) => row).filter((row) => !kept.has(row));
  const order = pruned.length > 0 ? pruned : Array.from({length: k}, (_, row) => row);
  for (let i = 0; i < most; i++) index[trace.rowIndex.length + i] = order[i % order.length]!;
  const at = (cta: number) => own * grid.ctas + cta;
  const rowBytes = operands[own]!.shared!.rowBytes;
  const more = added(launch, {
    like: 'activation',
    rows,
    rowBytes,
    operand: {gather: 'row'},
    view: (cta) => ({base: grid.base[at(cta)]!, pitch: grid.pitch[at(cta)]!, bytes: grid.bytes[at(cta)]!, indexStart: trace.rowIndex.length}),
  });
  return {...trace, launches: [more, ...trace.launches.slice(1)], rowIndex: index};
}

/** The first launch with `rows` more lines of weights copied in every K tile, from behind everything else in memory. */
export function withMoreWeights(trace: Trace, rows: number): Trace {
  const launch = trace.launches[0]!;
  const {operands, grid} = launch;
  const own = operands.findIndex((o) => o.name === 'weight');
  const most = grid.steps.reduce((a, b) => Math.max(a, b), 0) * rows;
  const end = Math.ceil(endOf(trace) / lineBytes) * lineBytes;
  // CTAs that share their weights share these too.
  const streams = new Map<number, number>();
  for (let cta = 0; cta < grid.ctas; cta++) {
    const base = grid.base[own * grid.ctas + cta]!;
    if (!streams.has(base)) streams.set(base, end + streams.size * most * lineBytes);
  }
  const more = added(launch, {
    like: 'weight',
    rows,
    rowBytes: lineBytes,
    operand: {},
    view: (cta) => ({base: streams.get(grid.base[own * grid.ctas + cta]!)!, pitch: lineBytes, bytes: lineBytes, indexStart: 0}),
  });
  return {...trace, launches: [more, ...trace.launches.slice(1)]};
}

/** Bytes a row of added weights has. */
export const lineBytes = 128;

function added(launch: Launch, {like, rows, rowBytes, operand, view}: Addition): Launch {
  const {operands, programs, grid} = launch;
  const model = operands.find((o) => o.name === like)!;
  const number = operands.length;
  const dealt = deal(number, rows, rowBytes, programs.length);
  const most = grid.steps.reduce((a, b) => Math.max(a, b), 0) * rows;
  const views = Array.from({length: grid.ctas}, (_, cta) => view(cta));
  const float = (old: Float64Array, values: readonly number[]) => Float64Array.from([...old, ...values]);
  const int = (old: Int32Array, values: readonly number[]) => Int32Array.from([...old, ...values]);
  return {
    ...launch,
    operands: [...operands, {...operand, name: like, rowsPerStep: rows, bytesPerStep: 0, shared: model.shared!}],
    programs: programs.map(({ops, body, epilogue}, warp) => {
      const loop = withCopies(ops.slice(body, epilogue), dealt[warp]!, launch.stages - 1);
      return {ops: [...ops.slice(0, body), ...loop, ...ops.slice(epilogue)], body, epilogue: body + loop.length};
    }),
    grid: {
      ...grid,
      base: float(
        grid.base,
        views.map((v) => v.base),
      ),
      pitch: float(
        grid.pitch,
        views.map((v) => v.pitch),
      ),
      rows: int(
        grid.rows,
        views.map(() => most),
      ),
      bytes: int(
        grid.bytes,
        views.map((v) => v.bytes),
      ),
      indexStart: int(
        grid.indexStart,
        views.map((v) => v.indexStart),
      ),
    },
  };
}

/** The loop with more copies among its own, so that they join the same group; or, where tiles go through registers, more loads and stores. */
function withCopies(loop: readonly Op[], blocks: readonly BlockOp[], ahead: number): readonly Op[] {
  const after = (kind: Op['op'], more: readonly Op[], ops: readonly Op[]): readonly Op[] => {
    const at = ops.findLastIndex((op) => op.op === kind) + 1;
    return [...ops.slice(0, at), ...more, ...ops.slice(at)];
  };
  const stage = loop.find((op) => op.op === 'STAGE');
  const load = loop.find((op) => op.op === 'LDG' && op.to !== undefined);
  if (!stage || load?.op !== 'LDG') {
    const copies = blocks.map((block): Op => ({op: 'LDGSTS', ...block, ahead}));
    return after('LDGSTS', copies, loop);
  }
  const loads = blocks.map((block): Op => ({op: 'LDG', ...block, ahead, set: load.set}));
  const stores = blocks.map((block): Op => ({...stage, ...block, ahead}));
  return after('STAGE', stores, after('LDG', loads, loop));
}

/** The first byte behind everything a trace touches. */
function endOf({launches, rowIndex, columnIndex}: Trace): number {
  const largest = (index: Uint32Array) => index.reduce((a, b) => Math.max(a, b), 0);
  const rows = {row: largest(rowIndex) + 1, column: largest(columnIndex) + 1};
  let end = 0;
  for (const {operands, grid} of launches)
    operands.forEach(({gather}, o) => {
      for (let at = o * grid.ctas; at < (o + 1) * grid.ctas; at++)
        end = Math.max(end, grid.base[at]! + (gather ? rows[gather] : grid.rows[at]!) * grid.pitch[at]! + grid.bytes[at]!);
    });
  return end;
}
