import {plain} from './format.ts';

/** Markup that may stand in a page as it is; any other text is escaped on its way in. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

type Part = string | number | Html | undefined | readonly Part[];

/** html`<p>${name}</p>`: what is interpolated is escaped unless it is itself Html. */
export function html(fixed: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(fixed.map((piece, i) => piece + (i < parts.length ? markupOf(parts[i]) : '')).join(''));
}

function markupOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'object') return part.map(markupOf).join('');
  return escaped(String(part));
}

const entities: {readonly [character: string]: string} = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'};

export function escaped(text: string): string {
  return plain(text).replace(/[&<>"']/g, (c) => entities[c]!);
}
