import pc from 'picocolors';

/** Colours where a person reads along; a pipe or a file gets plain text. */
export const colours = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);

/** What a page of text may be wide. */
export const pageWidth = 100;

/** Rows under a header, each column as wide as its widest cell up to `widest`, the last taking what is left of the page. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], widest = 34): string {
  const used = header.map((_, i) => i).filter((i) => rows.some((row) => row[i] !== ''));
  const widths = used.map((i) => Math.min(widest, Math.max(...[header, ...rows].map((row) => row[i]!.length))));
  widths[widths.length - 1] = Math.max(20, pageWidth - 2 - widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0));
  const lines = (row: readonly string[], style: (text: string) => string) => {
    const cells = used.map((i, at) => wrap(row[i]!, widths[at]!));
    const height = Math.max(...cells.map((cell) => cell.length));
    return Array.from({length: height}, (_, line) =>
      style(`  ${cells.map((cell, at) => (cell[line] ?? '').padEnd(widths[at]!)).join('  ')}`.trimEnd()),
    );
  };
  const head = header.some(Boolean) ? lines(header, colours.dim) : [];
  return [...head, ...rows.flatMap((row) => lines(row, String))].join('\n');
}

/** Text broken at spaces into lines of at most `width`; a longer word stands alone. */
export function wrap(text: string, width: number): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
