import type {Point} from './study.ts';
import type {Svg} from './svg.ts';

/** A line of a figure's data, by column; units are in the names of the columns. */
export type Datum = {readonly [column: string]: string | number | undefined};

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
  /** Points that are not drawn, as there are too many for a picture. */
  readonly leftOut: (points: readonly Point[]) => number;
  /** The numbers behind the picture, of all points. */
  readonly data: (points: readonly Point[]) => readonly Datum[];
}

interface Parts<Row> {
  readonly title: string;
  readonly caption: string;
  readonly terms?: (rows: readonly Row[]) => readonly Term[];
  readonly rows: (points: readonly Point[]) => readonly Row[];
  /** So many rows are drawn, the first ones; by default all. */
  readonly most?: number;
  readonly plot: (rows: readonly Row[], frame: Frame) => Svg;
  readonly data: (rows: readonly Row[]) => readonly Datum[];
}

/** A figure is a function from rows to a plot. */
export function figure<Row>(name: string, {title, caption, terms, rows, plot, data, most = Infinity}: Parts<Row>): Figure {
  return {
    name,
    title,
    caption,
    terms: (points) => terms?.(rows(points).slice(0, most)) ?? [],
    leftOut: (points) => Math.max(0, rows(points).length - most),
    draw: (points, frame) => {
      const drawn = rows(points).slice(0, most);
      return drawn.length === 0 ? undefined : plot(drawn, frame);
    },
    data: (points) => data(rows(points)),
  };
}
