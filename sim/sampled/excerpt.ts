import {gridOf, type View} from '../trace/grid.ts';
import type {Launch} from '../trace/trace.ts';

/** A stretch of a CTA's main loop: `steps` K tiles from tile `from` on. */
export interface Part {
  readonly cta: number;
  readonly from: number;
  readonly steps: number;
}

/**
 * The launch with these parts of its CTAs only, in this order, at the addresses where they lie in the whole. `sees`: operands
 * that a part has anything of; one it does not see asks for nothing.
 */
export function excerpt(launch: Launch, parts: readonly Part[], sees: (part: number, operand: number) => boolean = () => true): Launch {
  const {grid, operands} = launch;
  return {
    ...launch,
    grid: gridOf(parts.length, operands.length, (i) => {
      const {cta, from, steps} = parts[i]!;
      const views = operands.map(({rowsPerStep, bytesPerStep, gather, rowsPerEntry = 1, placeBytes}, o): View => {
        const at = o * grid.ctas + cta;
        const pitch = grid.pitch[at]!;
        const indexStart = grid.indexStart[at]!;
        if (!sees(i, o)) return {base: 0, pitch, rows: 0, bytes: 0, indexStart};
        const [row, byte] = [from * rowsPerStep, from * bytesPerStep];
        const left = (all: number, before: number, perStep: number) => (perStep > 0 ? Math.max(0, Math.min(all - before, steps * perStep)) : all);
        return {
          base: grid.base[at]! + (placeBytes ? 0 : byte) + (gather ? 0 : row * pitch),
          pitch,
          rows: left(grid.rows[at]!, row, rowsPerStep),
          bytes: left(grid.bytes[at]!, byte, bytesPerStep),
          indexStart: indexStart + (placeBytes ? byte / placeBytes : gather ? row / rowsPerEntry : 0),
        };
      });
      return {tile: grid.tile[cta]!, steps, views};
    }),
  };
}
