import type {PanelFrame} from './rows.ts';
import type {Frame} from './figure.ts';
import {fit, widthOf} from './format.ts';
import type {Point} from './study.ts';
import {element, heightOf, placed, type Svg} from './svg.ts';
import {type} from './theme.ts';

/** What a colour stands for. */
export interface Key {
  readonly label: string;
  readonly fill: string;
  readonly opacity?: number;
}

interface Parts {
  /** The points whose names stand at the left, */
  readonly points?: readonly Point[];
  /** or whatever else does; without either there is no room for names. */
  readonly names?: readonly string[];
  readonly legend?: readonly Key[];
  /** Panels side by side where there is room for it; by default all of them. */
  readonly columns?: number;
  readonly panels: readonly ((frame: PanelFrame) => Svg)[];
}

const gap = 22;
const roomy = 600;

/** Lays out a figure: the legend, and under it the panels, beside one another or, on a narrow page, below. */
export function sheet({width}: Frame, {points = [], names = points.map((p) => p.name), legend = [], panels, columns = panels.length}: Parts): Svg {
  const longest = Math.max(0, ...names.map((name) => widthOf(name, type.label)));
  const gutter = longest === 0 ? 0 : Math.ceil(Math.min(longest + 14, width * (width < roomy ? (points.length > 0 ? 0.4 : 0.6) : 0.26)));
  const across = width < roomy ? 1 : columns;
  const body = Math.floor((width - gutter - gap * (across - 1)) / across);
  const keys = legend.length === 0 ? undefined : swatches(legend, width);
  const children: {x: number; y: number; svg: Svg}[] = keys ? [{x: 0, y: 0, svg: keys}] : [];
  let y = keys ? heightOf(keys) + 10 : 0;
  for (let first = 0; first < panels.length; first += across) {
    const row = panels
      .slice(first, first + across)
      .map((panel, i) => panel({width: body + (i === 0 ? gutter : 0), gutter: i === 0 ? gutter : 0, across: width}));
    // The first one last: its headings lie over the lines of the others.
    children.push(...row.map((svg, i) => ({x: i === 0 ? 0 : gutter + i * (body + gap), y, svg})).toReversed());
    y += Math.max(...row.map(heightOf)) + 8;
  }
  return placed(width, y, children);
}

const line = 20;
const box = 11;

/** Colours and their names, broken into lines. Plot's own legend is HTML, which no SVG file can hold. */
function swatches(keys: readonly Key[], width: number): Svg {
  let [x, y] = [0, 0];
  const drawn = keys.flatMap(({label, fill, opacity = 1}): Svg[] => {
    const text = fit(label, width - box - 6, type.small);
    const room = box + 6 + widthOf(text, type.small);
    if (x > 0 && x + room > width) [x, y] = [0, y + line];
    const at = x;
    x += room + 16;
    return [
      element('rect', {x: at, y: y + 4, width: box, height: box, fill, 'fill-opacity': opacity}),
      element('text', {x: at + box + 6, y: y + 13.5, 'font-size': type.small}, text),
    ];
  });
  return element('svg', {width, height: y + line, viewBox: `0 0 ${width} ${y + line}`, overflow: 'visible', fill: 'currentColor'}, drawn);
}
