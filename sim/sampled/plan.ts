import type {Launch} from '../trace/trace.ts';
import type {Part} from './excerpt.ts';

/** Which of a launch's CTAs are played, and which of their K tiles. */
export interface Excerpts {
  /** Each is played by itself. */
  readonly plays: readonly (readonly Part[])[];
  /** All CTAs are in each of them: only main loops are shorter. */
  readonly whole: boolean;
}

/** Up to this many waves all of them are played: the first and the last are not like those between. */
const fewWaves = 3;
/** Main loops shorter than this are played in full: filling the pipeline is too large a part of them. */
const shortLoop = 12;
/** The least main loop that is past the filling of its pipeline at half its length. */
const leastSteps = 12;

/**
 * Chooses what to play so that about `lines` lines move, at `perStep` a K tile. A few waves: all of them, with three shorter main
 * loops. Many: one and two waves from the middle and the last, partial one, with two shorter main loops; three lengths of
 * stretch from the middle where main loops are short as they are. Undefined: that would not be less than to play it all.
 */
export function plan({grid}: Launch, slots: number, perStep: number, lines: number): Excerpts | undefined {
  if (grid.kernel) return undefined; // when a kernel of another stream arrives is not seen in a part of them
  const waves = grid.ctas / slots;
  const tail = grid.ctas % slots;
  const longest = grid.steps.reduce((most, steps) => Math.max(most, steps), 1);
  const mean = grid.steps.reduce((sum, steps) => sum + steps, 0) / grid.ctas;
  const wave = (slots * perStep * mean) / longest;
  const all = {first: 0, waves: 0, tail: grid.ctas};
  const length = (part: number): number => Math.floor(lines / (wave * part));
  let plays: {readonly of: Span; readonly steps: number}[];
  if (waves <= fewWaves) {
    const steps = length(2.25 * waves);
    plays = [1, 0.75, 0.5].map((share) => ({of: all, steps: Math.round(steps * share)}));
  } else {
    const middle = (count: number): Span => ({first: Math.max(0, Math.floor((waves - count) / 2)), waves: count, tail});
    const steps = Math.max(leastSteps, length((3 + (2 * tail) / slots) * 1.5));
    if (longest <= shortLoop || steps > 0.6 * longest) {
      const most = Math.min(Math.floor(waves), Math.max(4, Math.floor((length(1) / longest + 5) / 3 - tail / slots)));
      plays = [most, most - 2, most - 3].map((count) => ({of: middle(count), steps: longest}));
    } else plays = [1, 0.5].flatMap((share) => [1, 2].map((count) => ({of: middle(count), steps: Math.round(steps * share)})));
  }
  if (plays.some(({steps}) => steps < leastSteps / 2)) return undefined;
  const parts = plays.map(({of, steps}) => cut(grid, slots, of, steps / longest));
  const played = parts.reduce((sum, some) => sum + some.reduce((own, part) => own + part.steps, 0), 0);
  return played > worthwhile * mean * grid.ctas ? undefined : {plays: parts, whole: waves <= fewWaves};
}

/** Playing more than this share of all K tiles is not worth an error. */
const worthwhile = 0.5;

/** Waves from the `first` on, and the CTAs of the end. */
interface Span {
  readonly first: number;
  readonly waves: number;
  readonly tail: number;
}

/**
 * The CTAs of a span with the same share of each main loop, so that long and short ones stay in proportion. One wave's K tiles
 * follow another's: what L2 keeps from wave to wave is not left to so short a stretch, but laid there beforehand.
 */
function cut(grid: Launch['grid'], slots: number, span: Span, share: number): readonly Part[] {
  const ctas = [
    ...Array.from({length: span.waves * slots}, (_, i) => span.first * slots + i),
    ...Array.from({length: span.tail}, (_, i) => grid.ctas - span.tail + i),
  ];
  const waves = Math.ceil(ctas.length / slots);
  return ctas.map((cta, i) => {
    const all = grid.steps[cta]!;
    const steps = Math.max(Math.min(all, 1), Math.round(all * share));
    const turn = waves > 1 ? Math.floor(i / slots) / (waves - 1) : 0.5;
    return {cta, from: Math.floor((all - steps) * turn), steps};
  });
}
