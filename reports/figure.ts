import type {Point} from './study.ts';
import type {Svg} from './svg.ts';

/** The room a figure is given, in px. */
export interface Frame {
  readonly width: number;
}

/** A word that a figure uses, and what it means there. */
export interface Term {
  readonly term: string;
  readonly meaning: string;
}

/** From results to one picture, and the words under it. Knows nothing of the simulator but its results. */
export interface Figure {
  /** Its file's name. */
  readonly name: string;
  readonly title: string;
  /** Defines what is shown. */
  readonly caption: string;
  readonly terms: (points: readonly Point[]) => readonly Term[];
  /** Undefined where the results hold nothing to draw. */
  readonly draw: (points: readonly Point[], frame: Frame) => Svg | undefined;
}

interface Parts<Row> {
  readonly title: string;
  readonly caption: string;
  readonly terms?: (rows: readonly Row[]) => readonly Term[];
  readonly rows: (points: readonly Point[]) => readonly Row[];
  readonly plot: (rows: readonly Row[], frame: Frame) => Svg;
}

/** A figure is a function from rows to a plot. */
export function figure<Row>(name: string, {title, caption, terms, rows, plot}: Parts<Row>): Figure {
  return {
    name,
    title,
    caption,
    terms: (points) => terms?.(rows(points)) ?? [],
    draw: (points, frame) => {
      const drawn = rows(points);
      return drawn.length === 0 ? undefined : plot(drawn, frame);
    },
  };
}
