import {OrderedMap} from './immutable.ts';
import type {Path, Place} from './problem.ts';

/**
 * A document as it was written: plain values, each with the place it stands at. Files that extend each other, --set and sweeps
 * are laid over one another in this form, so that whatever turns out wrong is reported where the user wrote it.
 */
export type Written = Scalar | Sequence | Mapping;

export interface Scalar {
  readonly kind: 'scalar';
  readonly at: Place;
  readonly value: string | number | boolean | null;
}

export interface Sequence {
  readonly kind: 'list';
  readonly at: Place;
  readonly items: readonly Written[];
}

export interface Mapping {
  readonly kind: 'mapping';
  readonly at: Place;
  readonly entries: OrderedMap<string, Entry>;
}

export interface Entry {
  /** Where the key stands. */
  readonly key: Place;
  readonly value: Written;
}

export function scalar(value: Scalar['value'], at: Place): Scalar {
  return {kind: 'scalar', at, value};
}

/** The values without their places. */
export function plain(written: Written): unknown {
  if (written.kind === 'scalar') return written.value;
  if (written.kind === 'list') return written.items.map(plain);
  return Object.fromEntries(written.entries.map(({value}) => plain(value)));
}

/** As it would be written on one line: [128, 128, 32]. */
export function oneLine(written: Written): string {
  if (written.kind === 'scalar') return String(written.value);
  if (written.kind === 'list') return `[${written.items.map(oneLine).join(', ')}]`;
  return `{${[...written.entries].map(([key, {value}]) => `${key}: ${oneLine(value)}`).join(', ')}}`;
}

/** What stands at a key of a mapping; nothing where there is no such key, or no mapping. */
export function entry(written: Written | undefined, key: string): Entry | undefined {
  return written?.kind === 'mapping' ? written.entries.get(key) : undefined;
}

export function at(written: Written | undefined, path: Path): Written | undefined {
  return path.reduce<Written | undefined>(
    (found, step) => (typeof step === 'number' ? (found?.kind === 'list' ? found.items[step] : undefined) : entry(found, step)?.value),
    written,
  );
}

/** The place of what stands at a path, or of the nearest thing around it that does exist. */
export function placeOf(written: Written, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const found = at(written, path.slice(0, length));
    if (found) return found.at;
  }
  return written.at;
}

/** One value, or several in a list. */
export function listed(written: Written | undefined): readonly Written[] {
  return written?.kind === 'list' ? written.items : written ? [written] : [];
}

/** Lays one document over another: mappings merge key by key, anything else is replaced. */
export function overlay(base: Mapping, over: Mapping): Mapping;
export function overlay(base: Written | undefined, over: Written): Written;
export function overlay(base: Written | undefined, over: Written): Written {
  if (base?.kind !== 'mapping' || over.kind !== 'mapping') return over;
  const entries = base.entries.mergeWith((below, above) => ({key: above.key, value: overlay(below.value, above.value)}), over.entries);
  return {...over, entries};
}

/** The document with a value laid over what stands at a path of keys; `key` is where that path is written. */
export function put(into: Written, path: readonly string[], value: Written, key: Place): Written {
  const over = path.reduceRight<Written>((inner, name) => ({kind: 'mapping', at: key, entries: OrderedMap([[name, {key, value: inner}]])}), value);
  // The outermost mapping keeps its own place: what is missing there is missing in the file, not at --set.
  return {...overlay(into, over), at: path.length > 0 ? into.at : value.at};
}

export function without(written: Mapping, ...keys: readonly string[]): Mapping {
  return {...written, entries: written.entries.deleteAll(keys)};
}
