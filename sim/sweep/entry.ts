import {createHash} from 'node:crypto';
import type {Result} from '../stats/result.ts';

/** Who an entry says it is: the point's digest, the simulator's version, and the sha256 of the result as it is written. */
interface Label {
  readonly point: string;
  readonly version: string;
  readonly sha256: string;
}

/** A result as a file of one line of JSON: the result's own keys, behind an `entry` by which damage is told. */
export function encodeEntry(point: string, version: string, result: Result): string {
  const body = JSON.stringify(result).slice(1);
  const label: Label = {point, version, sha256: digest(body)};
  return `{"entry":${JSON.stringify(label)},${body}\n`;
}

/** The line that results.jsonl has for an entry; undefined: it is damaged, or not what was asked for. */
export function decodeEntry(text: string, point: string, version: string): string | undefined {
  const read = parse(text);
  return read && read.label.point === point && read.label.version === version ? read.line : undefined;
}

/** The same for an entry of any point and version; undefined: it is damaged. */
export function decodeAny(text: string): string | undefined {
  return parse(text)?.line;
}

function parse(text: string): {readonly label: Label; readonly line: string} | undefined {
  const [, label, body] = /^\{"entry":(\{"point":"\w+","version":"[^"]*","sha256":"\w+"\}),(.*)\n$/s.exec(text) ?? [];
  if (label === undefined || body === undefined) return undefined;
  const read = JSON.parse(label) as Label;
  return read.sha256 === digest(body) ? {label: read, line: `{${body}`} : undefined;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
