import {createRequire} from 'node:module';
import * as Plot from '@observablehq/plot';
import {Resvg} from '@resvg/resvg-js';
import {parseHTML} from 'linkedom';
import {plain} from './format.ts';
import {themes, type, variables, withoutVariables, type Theme} from './theme.ts';

/** The part of an SVG element that is used here; neither browser nor DOM typings are needed for it. */
export interface Svg {
  setAttribute(name: string, value: string): void;
  getAttribute(name: string): string | null;
  append(...children: readonly Svg[]): void;
  remove(): void;
  querySelector(selector: string): Svg | null;
  textContent: string | null;
  readonly outerHTML: string;
}

interface Maker {
  createElementNS(namespace: string, name: string): Svg;
}

const svgNamespace = 'http://www.w3.org/2000/svg';
const document = parseHTML('<!doctype html><html><body></body></html>').document as unknown as Maker;

type Attributes = {readonly [name: string]: string | number};

/** An SVG element; a string child becomes its text. */
export function element(name: string, attributes: Attributes, children: readonly Svg[] | string = []): Svg {
  const made = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (typeof children === 'string') made.textContent = children;
  else made.append(...children);
  return made;
}

/** Observable Plot, rendered here rather than in a browser. Its own style sheet is dropped: the page has one. */
export function plotted(options: Plot.PlotOptions): Svg {
  const svg = Plot.plot({...options, document: document as unknown as NonNullable<Plot.PlotOptions['document']>}) as unknown as Svg;
  svg.querySelector('style')?.remove();
  for (const [name, value] of Object.entries({'font-family': type.family, 'font-size': type.label, overflow: 'visible'}))
    svg.setAttribute(name, String(value));
  return svg;
}

/** A picture as text. Whatever names it shows, XML allows every character of it. */
export const markupOf = (svg: Svg): string => plain(svg.outerHTML);

export const heightOf = (svg: Svg): number => Number(svg.getAttribute('height'));

/** Pictures at their places, as one picture. */
export function placed(width: number, height: number, children: readonly {readonly x: number; readonly y: number; readonly svg: Svg}[]): Svg {
  for (const {x, y, svg} of children) {
    svg.setAttribute('x', String(x));
    svg.setAttribute('y', String(y));
  }
  const attributes = {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    fill: 'currentColor',
    'font-family': type.family,
    'font-size': type.label,
    role: 'img',
  };
  return element(
    'svg',
    attributes,
    children.map(({svg}) => svg),
  );
}

/** A picture as a file of its own: namespace, colours for light and dark viewers, and paper around it. */
export function standalone(picture: Svg): string {
  const style = `<style>${variables}svg{color:var(--ink)}text{white-space:pre}</style><rect x="${-margin}" y="${-margin}" width="100%" height="100%" fill="var(--paper)"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${opened(picture, '', style)}\n`;
}

/** A picture as PNG at twice its size, in the colours of a light or a dark page, with fonts that are the same on every machine. */
export function png(picture: Svg, theme: Theme = 'light'): Uint8Array {
  const fonts = createRequire(import.meta.url)
    .resolve('dejavu-fonts-ttf/package.json')
    .replace('package.json', 'ttf/');
  const font = {loadSystemFonts: false, fontFiles: [`${fonts}DejaVuSans.ttf`, `${fonts}DejaVuSans-Bold.ttf`], defaultFontFamily: 'DejaVu Sans'};
  const {ink, paper} = themes[theme];
  const coloured = withoutVariables(opened(picture, ` color="${ink}"`, ''), theme);
  return new Resvg(coloured, {font, background: paper, fitTo: {mode: 'zoom', value: 2}}).render().asPng();
}

const margin = 16;

/** The picture's markup with a margin, its namespace and something more at its beginning. */
function opened(picture: Svg, attributes: string, first: string): string {
  const [width, height] = [Number(picture.getAttribute('width')) + 2 * margin, heightOf(picture) + 2 * margin];
  const inner = markupOf(picture).replace(/^<svg[^>]*>/, '');
  const font = `fill="currentColor" font-family="${type.family}" font-size="${type.label}"`;
  return `<svg xmlns="${svgNamespace}" viewBox="${-margin} ${-margin} ${width} ${height}" width="${width}" height="${height}" ${font}${attributes}>${first}${inner}`;
}
