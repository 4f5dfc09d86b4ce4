import {OrderedMap} from './immutable.ts';
import {Composer, LineCounter, Parser, isAlias, isMap, isScalar, isSeq, type Document, type Node} from 'yaml';
import {fileProblem, problemAt, type Place, type Problem} from './problem.ts';
import {readText, shown} from './source.ts';
import {seen} from './validate.ts';
import {scalar, type Entry, type Mapping, type Written} from './written.ts';
import {badAlias, deepest, nestedTooDeep} from './yaml-limits.ts';

/** Reads a YAML file whose top level is a mapping. What is wrong goes to `problems`; nothing is returned unless it can be used. */
export function readYaml(file: string, problems: Problem[]): {readonly text: string; readonly top: Mapping} | undefined {
  const name = shown(file);
  const read = readText(file);
  if ('failure' in read) {
    problems.push(fileProblem(name, read.failure));
    return undefined;
  }
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const {line, col} = lines.linePos(offset);
    return {file: name, line: Math.max(line, 1), column: Math.max(col, 1)};
  };
  const top = parse(read.text, lines, place, problems);
  if (top?.kind === 'mapping') return {text: read.text, top};
  if (top === null) problems.push(fileProblem(name, 'is empty'));
  if (top) problems.push(problemAt(top.at, [], `got ${seen(top)}, expected a mapping at the top level (KEY: VALUE, a line each)`));
  return undefined;
}

/** Reads a value given on the command line; everything in it stands at `place`. */
export function readValue(text: string, place: Place, problems: Problem[]): Written | undefined {
  const value = parse(text, new LineCounter(), () => place, problems);
  return value === null ? scalar(null, place) : value;
}

/** null: there is nothing in it. undefined: it cannot be read, which is reported. */
function parse(text: string, lines: LineCounter, place: (offset: number) => Place, problems: Problem[]): Written | null | undefined {
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const tooDeep = nestedTooDeep(tokens);
  if (tooDeep !== undefined) {
    problems.push(problemAt(place(tooDeep), [], `nested more than ${deepest} levels deep`));
    return undefined;
  }
  const [document, second] = [...new Composer({strict: true, uniqueKeys: true}).compose(tokens, true, text.length)] as [
    Document.Parsed,
    Document.Parsed?,
  ];
  if (second) problems.push(problemAt(place(second.range[0]), [], 'a second document begins here; a file holds one'));
  const faults = [...document.errors, ...document.warnings];
  // One bracket too many is reported by the parser at every token that follows; only what it said first tells anything.
  const first = faults.find(({code}) => !(code in sentences));
  for (const {code, message, pos} of faults.filter((fault) => fault === first || fault.code in sentences)) {
    problems.push(problemAt(place(pos[0]), [], sentences[code]?.(text.slice(...pos)) ?? `not valid YAML: ${message.replace(/\s+/g, ' ')}`));
  }
  if (faults.length > 0 || second) return undefined;
  if (!document.contents || (isScalar(document.contents) && document.contents.source === '')) return null;
  const bomb = badAlias(document);
  if (bomb) {
    problems.push(problemAt(place(bomb.offset), [], bomb.message));
    return undefined;
  }
  return convert(document.contents, {document, place, problems}, []);
}

interface Reading {
  readonly document: Document.Parsed;
  readonly place: (offset: number) => Place;
  readonly problems: Problem[];
}

function convert(node: unknown, reading: Reading, path: readonly (string | number)[]): Written {
  const {document, place, problems} = reading;
  const at = place((node as Node | null)?.range?.[0] ?? 0);
  if (isAlias(node)) return convert(node.resolve(document), reading, path);
  if (isSeq(node)) return {kind: 'list', at, items: node.items.map((item, i) => convert(item, reading, [...path, i]))};
  if (!isMap(node)) return scalar(isScalar(node) ? (node.value as string | number | boolean | null) : null, at);
  const entries: [string, Entry][] = [];
  for (const pair of node.items) {
    const key = isAlias(pair.key) ? pair.key.resolve(document) : pair.key;
    const here = place((pair.key as Node | null)?.range?.[0] ?? 0);
    if (!isScalar(key)) problems.push(problemAt(here, path, 'a key must be a name'));
    else
      entries.push([
        String(key.value),
        {key: here, value: pair.value === null ? scalar(null, here) : convert(pair.value, reading, [...path, String(key.value)])},
      ]);
  }
  return {kind: 'mapping', at, entries: OrderedMap(entries)};
}

const sentences: {readonly [code: string]: (source: string) => string} = {
  DUPLICATE_KEY: () => 'this key is written twice',
  TAB_AS_INDENT: () => 'indented with a tab; YAML wants spaces',
  TAG_RESOLVE_FAILED: (source) => `no tags are known here, got ${source}`,
};
