import type {Datum} from './figure.ts';
import {plain} from './format.ts';

/** Data as CSV (RFC 4180, but for line feeds alone): a header, numbers in full, texts quoted where need be. */
export function csv(data: readonly Datum[]): string {
  const columns = [...new Set(data.flatMap((datum) => Object.keys(datum)))];
  const lines = data.map((datum) => columns.map((column) => cell(datum[column])).join(','));
  return [columns.map(cell).join(','), ...lines, ''].join('\n');
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = plain(value);
  // Spreadsheets take such a text for a formula.
  const harmless = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\n\r']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
