import type {Grid} from './trace.ts';

/** Where one CTA's view of one operand lies; offsets and limits as in Grid. */
export interface View {
  readonly base: number;
  readonly pitch: number;
  readonly rows: number;
  readonly bytes: number;
  readonly indexStart?: number;
}

/** A CTA to be: its weight tile, K tiles, and its view of every operand in the launch's order. */
export interface CtaPlan {
  readonly tile: number;
  readonly steps: number;
  readonly views: readonly View[];
}

/** Lays the plans of `ctas` CTAs out as the arrays a launch carries. */
export function gridOf(ctas: number, operands: number, plan: (cta: number) => CtaPlan): Grid {
  const grid: Grid = {
    ctas,
    steps: new Int32Array(ctas),
    tile: new Int32Array(ctas),
    base: new Float64Array(ctas * operands),
    pitch: new Float64Array(ctas * operands),
    rows: new Int32Array(ctas * operands),
    bytes: new Int32Array(ctas * operands),
    indexStart: new Int32Array(ctas * operands),
  };
  for (let cta = 0; cta < ctas; cta++) {
    const {tile, steps, views} = plan(cta);
    grid.tile[cta] = tile;
    grid.steps[cta] = steps;
    views.forEach((view, operand) => {
      const at = operand * ctas + cta;
      grid.base[at] = view.base;
      grid.pitch[at] = view.pitch;
      grid.rows[at] = view.rows;
      grid.bytes[at] = view.bytes;
      grid.indexStart[at] = view.indexStart ?? 0;
    });
  }
  return grid;
}

/**
 * The walk over a grid of `slow` × `fast` CTA tiles: bands of `swizzle` tiles of the slow side are walked together along the
 * fast side, so that `swizzle` + 1 operand tiles serve 2 · `swizzle` CTAs. Calls back with (slow, fast) in launch order.
 */
export function walk(slow: number, fast: number, swizzle: number, visit: (slow: number, fast: number) => void): void {
  for (let band = 0; band < slow; band += swizzle) {
    const end = Math.min(slow, band + swizzle);
    for (let f = 0; f < fast; f++) for (let s = band; s < end; s++) visit(s, f);
  }
}
