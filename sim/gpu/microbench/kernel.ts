import {gridOf, type View} from '../../trace/grid.ts';
import type {Op} from '../../trace/op.ts';
import type {Operand, Trace} from '../../trace/trace.ts';

/** A kernel written by hand: every warp of every CTA runs `body`, `turns` times over, then `after`, and exits. */
export interface Loop {
  readonly body: readonly Op[] | ((warp: number) => readonly Op[]);
  readonly turns: number | ((cta: number) => number);
  readonly after?: readonly Op[] | ((warp: number) => readonly Op[]);
  readonly ctas?: number;
  readonly warps?: number;
  readonly operands?: readonly Operand[];
  readonly views?: (cta: number) => readonly View[];
  readonly rowIndex?: Uint32Array;
  readonly accumulators?: number;
  readonly registersPerThread?: number;
  readonly sharedMemoryBytes?: number;
}

const exit: Op = {op: 'ALU', count: 1};

export function kernel(loop: Loop): Trace {
  const {ctas = 1, warps = 1, operands = [], turns, after = []} = loop;
  const programs = Array.from({length: warps}, (_, warp) => {
    const body = of(loop.body, warp);
    return {ops: [...body, ...of(after, warp), exit], body: 0, epilogue: body.length};
  });
  const grid = gridOf(ctas, operands.length, (cta) => ({tile: 0, steps: of(turns, cta), views: loop.views?.(cta) ?? []}));
  return {
    name: 'microbenchmark',
    elementBytes: 2,
    rowIndex: loop.rowIndex ?? new Uint32Array(),
    columnIndex: new Uint32Array(),
    launches: [
      {
        name: 'loop',
        operands,
        programs,
        registersPerThread: loop.registersPerThread ?? 16,
        sharedMemoryBytes: loop.sharedMemoryBytes ?? 0,
        stages: 1,
        grid,
        accumulators: {down: loop.accumulators ?? 1, right: 1},
      },
    ],
  };
}

function of<T>(value: T | ((index: number) => T), index: number): T {
  return typeof value === 'function' ? (value as (index: number) => T)(index) : value;
}
