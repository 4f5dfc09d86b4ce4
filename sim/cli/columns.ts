import {colours, pageWidth, wrap} from './table.ts';

/** Rows under a header: names at the left, numbers at the right of their columns, and a last column of words in what is left of the page. */
export function columns(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const last = header.length - 1;
  const inWords = rows.some((row) => /[a-z]{3}/.test(row[last]!) && last > 0);
  const widths = header.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)));
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 2);
  const room = Math.max(20, pageWidth - before);
  const line = (row: readonly string[], style: (text: string) => string = String) =>
    (inWords ? wrap(row[last]!, room) : [row[last]!.padStart(widths[last]!)]).map((words, i) => {
      const cells = row
        .slice(0, last)
        .map((cell, c) => (i > 0 ? ' '.repeat(widths[c]!) : c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)));
      return style(`  ${[...cells, words].join('  ')}`.trimEnd());
    });
  return [...line(header, colours.dim), ...rows.flatMap((row) => line(row))].join('\n');
}
