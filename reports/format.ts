/** Numbers and texts as a reader wants them; all pure, none asks the machine for its language. */

const narrow = '\u202f';

/** 138402 → '138 402', grouped by narrow no-break spaces. */
export function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, narrow);
}

/** Three significant digits, never an exponent: 98.1, 1.24, 1 240. */
export function three(value: number): string {
  if (value === 0 || Math.abs(value) >= 1000) return whole(value);
  return Number(value.toPrecision(3)).toFixed(Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

/** With its sign, a true minus: +1.24, −138 402; what rounds to nothing has none. */
export function signed(value: number, say: (value: number) => string): string {
  const text = say(Math.abs(value));
  return `${/[1-9]/.test(text) ? (value < 0 ? '−' : '+') : ''}${text}`;
}

export const micros = (us: number): string => `${three(us)}\u00a0µs`;
export const times = (ratio: number): string => `${ratio.toFixed(2)}×`;
/** A share of one as a percentage; what is there at all is never rounded to nothing. */
export const percent = (share: number): string => (share > 0 && share < 0.005 ? '<\u20091\u00a0%' : `${(100 * share).toFixed(0)}\u00a0%`);

/** A decimal unit that keeps the largest of the values at or above one. */
export function scaleOf(largest: number, unit: string): {readonly by: number; readonly unit: string} {
  const [by, prefix] = ([[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const).find(([s]) => largest >= s) ?? [1, '']; // prettier-ignore
  return {by, unit: `${prefix}${unit}`};
}

/** 826e6 → '826 MB'. */
export function bytes(value: number): string {
  const {by, unit} = scaleOf(Math.abs(value), 'B');
  return `${three(value / by)}\u00a0${unit}`;
}

/**
 * A name fit to be shown: what XML forbids (control characters, halves of a surrogate pair) and what turns the
 * reading direction of its surroundings (bidi controls) become visible replacement characters.
 */
export function plain(text: string): string {
  return text.replace(/(?![\t\n\r])[\p{Cc}\p{Surrogate}\p{Bidi_Control}\ufffe\uffff]/gu, '\ufffd');
}

/** A long list with its runs counted: [8, 8, 8, 8, 8, 7, 7] → [5×8, 2×7]; any other value as it is. */
export function shortList(value: string): string {
  const [, inner] = /^\[(.*)\]$/.exec(value) ?? [];
  const runs: {of: string; times: number}[] = [];
  const all = inner?.split(', ') ?? [];
  for (const of of all) {
    const last = runs.at(-1);
    if (last?.of === of) last.times++;
    else runs.push({of, times: 1});
  }
  return all.length > 4 ? `[${runs.map((run) => (run.times > 1 ? `${run.times}×${run.of}` : run.of)).join(', ')}]` : value;
}

/** About how wide a text is set, in px: sans serif, on the wide side, since the reader's font is not known. */
export function widthOf(text: string, size: number): number {
  let ems = 0;
  for (const character of text)
    ems += character > '\u2e80' ? 1.2 : /[\s.,:;|'il·]/.test(character) ? 0.36 : /[A-ZmwµM%×]/.test(character) ? 0.8 : 0.64;
  return ems * size;
}

/** The text, or its beginning and its end around an ellipsis, in `room` px: what tells long names apart often stands at their end. */
export function fit(text: string, room: number, size: number): string {
  return shortened(text, (candidate) => widthOf(candidate, size) <= room);
}

/**
 * Headings over panels of `room` px, broken at the dots between their parts, a part shortened only where it needs more than a
 * line of its own. All have as many lines, so that the panels stand level.
 */
export function headings(texts: readonly string[], room: number, size: number): readonly string[] {
  const all = texts.map((text) => {
    const lines: string[] = [];
    for (const part of text.split(' · ')) {
      const longer = lines.length > 0 ? `${lines.at(-1)} · ${part}` : part;
      if (lines.length > 0 && widthOf(longer, size) <= room) lines[lines.length - 1] = longer;
      else lines.push(fit(part, room, size));
    }
    return lines;
  });
  const most = Math.max(0, ...all.map((lines) => lines.length));
  return all.map((lines) => [...Array<string>(most - lines.length).fill('\u00a0'), ...lines].join('\n'));
}

/** The same for running text, in characters. */
export function brief(text: string, characters = 72): string {
  return shortened(plain(text), (candidate) => candidate.length <= characters);
}

function shortened(text: string, fits: (candidate: string) => boolean): string {
  if (fits(text)) return text;
  const characters = Array.from(text);
  const cut = (kept: number) =>
    `${characters.slice(0, Math.ceil(kept / 2)).join('')}…${kept > 1 ? characters.slice(-Math.floor(kept / 2)).join('') : ''}`;
  let kept = Math.min(characters.length - 1, 200);
  while (kept > 1 && !fits(cut(kept))) kept--;
  return cut(kept);
}
