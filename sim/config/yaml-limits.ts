import {visit, type Alias, type CST, type Document} from 'yaml';

/** More references than a person writes: beyond that, a file is built to unfold into gigabytes. */
const maxAliasCount = 100;

/** More levels than a person writes. The YAML composer recurses, and a few hundred levels further it takes the process down. */
export const deepest = 64;

/** Where parsed text is nested deeper than can be composed; undefined: nowhere. */
export function nestedTooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open: (readonly [CST.Token, number])[] = tokens.map((token) => [token, 0]);
  for (let next = open.pop(); next; next = open.pop()) {
    const [token, depth] = next;
    if (depth > deepest) return token.offset;
    open.push(...inside(token).map((inner) => [inner, depth + 1] as const));
  }
  return undefined;
}

/** The first alias that names nothing or unfolds too far, or the last one where only all of them together do. */
export function badAlias(document: Document.Parsed): {readonly offset: number; readonly message: string} | undefined {
  const aliases: Alias[] = [];
  visit(document, {Alias: (_, alias) => void aliases.push(alias)});
  if (aliases.length === 0) return undefined;
  const options = {maxAliasCount, mapAsMap: true};
  const bad = (alias: Alias, message: string) => ({offset: alias.range?.[0] ?? 0, message: `*${alias.source} ${message}`});
  const lost = aliases.find((alias) => alias.resolve(document) === undefined);
  if (lost) return bad(lost, 'refers to nothing');
  if (unfolds(() => document.toJS(options) as unknown)) return undefined;
  const bomb = aliases.find((alias) => !unfolds(() => alias.toJS(document, options) as unknown)) ?? aliases.at(-1)!;
  return bad(bomb, `unfolds without end, or into more than ${maxAliasCount} references`);
}

function inside(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({key, value}) => [key, value].filter((inner) => inner != null));
}

function unfolds(toJS: () => unknown): boolean {
  try {
    return !holdsItself(toJS());
  } catch {
    return false;
  }
}

function holdsItself(value: unknown, around: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const inner = value instanceof Map ? [...value.values()] : Object.values(value);
  return around.includes(value) || inner.some((one) => holdsItself(one, [...around, value]));
}
