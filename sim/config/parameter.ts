import * as z from 'zod';
import {boundsOf, formatQuantity, parseQuantity, unitsOf, type Unit} from './units.ts';

// A command reads a few values and ends: compiling a schema takes longer than following it.
z.config({jitless: true});

/**
 * A parameter is declared once, beside the thing it describes. The schema, its error messages, `tvwsim describe` and the
 * check of sweep axes all come from that declaration. Every message of a schema is the noun phrase of what was expected
 * there, or, for an unknown key, the known ones: `validate.ts` puts it into a sentence.
 */
export interface Parameter<T> {
  readonly kind: 'count' | 'number' | 'fraction' | 'quantity' | 'choice' | 'list' | 'table' | 'text' | 'mapping' | 'form';
  readonly doc: string;
  /** What a user may write, as a noun phrase: 'a whole number from 1 to 8', 'a number with a unit (B, KiB, MiB, GiB)'. */
  readonly accepts: string;
  readonly unit?: Unit;
  readonly default?: T;
  /** May be left out, and is nothing then. */
  readonly optional?: true;
  /** What being left out means; whoever writes it says the same, and it is left out of what is read. */
  readonly usual?: T;
  /** The parameters inside, of a mapping or of each row of a table. */
  readonly members?: Parameters;
  readonly schema: Schema<T>;
  /** A method, so that a parameter of a narrower type is a Parameter<unknown> too. */
  format(value: T): string;
}

/** What reads a value, made when the first is read: threads that simulate read none. */
export type Schema<T> = () => z.ZodType<T>;

export type Parameters = {readonly [name: string]: Parameter<unknown>};
/** The plain values that a set of parameters reads into. */
export type Values<P extends Parameters> = {readonly [K in keyof P as undefined extends ValueOf<P[K]> ? never : K]: ValueOf<P[K]>} & {
  readonly [K in keyof P as undefined extends ValueOf<P[K]> ? K : never]?: ValueOf<P[K]>;
};
type ValueOf<P> = P extends Parameter<infer T> ? T : never;

interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly default?: number;
}

const unbounded = 2 ** 31 - 1;

/** A whole number; with `step`, a multiple of it. */
export function count(doc: string, {step = 1, min = step, max = unbounded, ...rest}: Range & {readonly step?: number} = {}): Parameter<number> {
  const noun = step === 1 ? 'a whole number' : `a multiple of ${step}`;
  const accepts = `${noun} ${max === unbounded ? `of at least ${min}` : `from ${min} to ${max}`}`;
  return numeric(
    'count',
    doc,
    accepts,
    bounded(noun, min, max, String, (v) => Number.isInteger(v) && v % step === 0),
    rest,
  );
}

/** A dimensionless number. */
export function number(doc: string, {min = 0, max = Infinity, ...rest}: Range = {}): Parameter<number> {
  const accepts = `a number ${max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`}`;
  return numeric('number', doc, accepts, bounded('a number', min, max, String, Number.isFinite), rest);
}

/** A share: at least `min`, and below 1. */
export function fraction(doc: string, {min = 0, ...rest}: Omit<Range, 'max'> = {}): Parameter<number> {
  const accepts = `a share from ${min} to below 1`;
  return numeric('fraction', doc, accepts, (v) => (v >= min && v < 1 ? undefined : accepts), rest);
}

/** A number with a unit, read into base units: bytes, bytes per second, hertz, SM cycles, nanoseconds … */
export function quantity(unit: Unit, doc: string, {min, max, ...rest}: Range = {}): Parameter<number> {
  const bounds = boundsOf(unit);
  const format = (v: number) => formatQuantity(v, unit);
  const noun = `a number with a unit (${unitsOf(unit).join(', ')})`;
  const range = [...(min === undefined ? [] : [`of at least ${format(min)}`]), ...(max === undefined ? [] : [`at most ${format(max)}`])];
  const accepts = [noun, range.join(' and ')].filter(Boolean).join(' ');
  const wrong = bounded('a value', min ?? bounds.min, max ?? bounds.max, format, Number.isFinite);
  const whole = (v: number) => (bounds.whole && !Number.isInteger(v) ? `a whole number of ${bounds.whole}` : undefined);
  const schema = once(() =>
    z.unknown().transform((text, context): number => {
      const value = parseQuantity(text, unit);
      const expected = typeof value === 'number' ? (wrong(value) ?? whole(value)) : value.expected;
      if (typeof value === 'number' && expected === undefined) return value;
      context.addIssue({code: 'custom', message: expected ?? accepts});
      return z.NEVER;
    }),
  );
  return {kind: 'quantity', doc, accepts, unit, schema, format, ...rest};
}

export function choice<const T extends string>(options: readonly T[], doc: string, rest: {readonly default?: NoInfer<T>} = {}): Parameter<T> {
  const accepts = options.length === 1 ? options[0]! : `one of ${options.join(', ')}`;
  const schema = once(() => z.enum(options, {error: accepts}) as unknown as z.ZodType<T>);
  return {kind: 'choice', doc, accepts, schema, format: String, ...rest};
}

/** A list of values of one parameter, of a fixed or any length. */
export function list<T>(
  of: Parameter<T>,
  doc: string,
  {length, ...rest}: {readonly length?: number; readonly default?: readonly T[]} = {},
): Parameter<readonly T[]> {
  const accepts = `a list of ${length ?? 'one or more'}, each ${of.accepts}`;
  const schema = once(() => {
    const array = z.array(of.schema(), accepts);
    return (length ? array.length(length, accepts) : array.min(1, accepts)) as unknown as z.ZodType<readonly T[]>;
  });
  return {kind: 'list', doc, accepts, schema, format: (v) => `[${v.map((one) => of.format(one)).join(', ')}]`, ...rest};
}

/** A list of rows with the same columns. */
export function table<P extends Parameters>(columns: P, doc: string): Parameter<readonly Values<P>[]> {
  const accepts = `a list of one or more {${Object.keys(columns).join(', ')}}`;
  const row = objectOf(columns);
  const schema = once(() => z.array(row(), accepts).min(1, accepts) as unknown as z.ZodType<readonly Values<P>[]>);
  return {kind: 'table', doc, accepts, members: columns, schema, format: (rows) => `[${rows.map((row) => formatAll(columns, row)).join(', ')}]`};
}

/** Parameters under a name of their own. */
export function mapping<P extends Parameters>(members: P, doc: string): Parameter<Values<P>> {
  return {kind: 'mapping', doc, accepts: mappingOf(members), members, schema: objectOf(members), format: (v) => formatAll(members, v)};
}

/** The same parameter, which may be left out; then it means `usual`, if that is given. */
export function optional<T>(parameter: Parameter<T>, usual?: T): Parameter<T | undefined> {
  return {...parameter, optional: true, ...(usual !== undefined && {usual})} as Parameter<T | undefined>;
}

/** Values without those that say what leaving them out would. */
export function withoutUsual<V extends {readonly [name: string]: unknown}>(parameters: Parameters, values: V): V {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => value === undefined || value !== parameters[name]?.usual)) as V;
}

/** A text; one with the default '' may be empty. */
export function text(doc: string, rest: {readonly default?: string} = {}): Parameter<string> {
  const schema = once(() => z.string('a text').min(rest.default === '' ? 0 : 1, 'a text that is not empty'));
  return {kind: 'text', doc, accepts: 'a text', schema, format: String, ...rest};
}

/** Something with a grammar of its own, which is read elsewhere. */
export function form(accepts: string, doc: string, rest: {readonly default?: unknown} = {}): Parameter<unknown> {
  const schema = once(() => z.unknown().refine((value) => value !== undefined, accepts));
  return {kind: 'form', doc, accepts, schema, format: (v) => (typeof v === 'string' ? v : JSON.stringify(v)), ...rest};
}

/** The strict object schema of a set of parameters: unknown keys are errors, those with a default may be left out. */
export function objectOf<P extends Parameters>(parameters: P): Schema<Values<P>> {
  return once(() => {
    const shape = Object.entries(parameters).map(([name, p]) => [name, orDefault(p)] as const);
    const names = Object.keys(parameters).join(', ');
    const error = ({code}: {readonly code?: string}) => (code === 'unrecognized_keys' ? names : mappingOf(parameters));
    return z.strictObject(Object.fromEntries(shape), {error}) as unknown as z.ZodType<Values<P>>;
  });
}

/** The same parameters, every one of which must be written. */
export function required<P extends Parameters>(parameters: P): P {
  const strict = ({default: _default, ...parameter}: Parameter<unknown>) => parameter;
  return Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, strict(parameter)])) as unknown as P;
}

/** The parameter at the end of a path of names, or the name at which the path leaves what is known. */
export function parameterAt(
  parameters: Parameters,
  path: readonly string[],
): Parameter<unknown> | {readonly lost: number; readonly known: readonly string[]} {
  let members: Parameters | undefined = parameters;
  let found: Parameter<unknown> | undefined;
  for (const [i, name] of path.entries()) {
    found = members && Object.hasOwn(members, name) ? members[name] : undefined;
    if (!found) return {lost: i, known: Object.keys(members ?? {})};
    members = found.kind === 'mapping' ? found.members : undefined;
  }
  return found ?? {lost: 0, known: Object.keys(parameters)};
}

/** A named box of hardware with its parameters. */
export interface Box<P extends Parameters> {
  readonly name: string;
  readonly doc: string;
  readonly parameters: P;
}

export function box<P extends Parameters>(name: string, doc: string, parameters: P): Box<P> {
  return {name, doc, parameters};
}

export type BoxValues<B> = B extends Box<infer P> ? Values<P> : never;

function once<T>(make: () => z.ZodType<T>): Schema<T> {
  let schema: z.ZodType<T> | undefined;
  return () => (schema ??= make());
}

function formatAll(parameters: Parameters, values: {readonly [name: string]: unknown}): string {
  return `{${Object.entries(parameters)
    .map(([name, parameter]) => `${name}: ${parameter.format(values[name])}`)
    .join(', ')}}`;
}

function mappingOf(parameters: Parameters): string {
  return `a mapping of ${Object.keys(parameters).join(', ')}`;
}

/** A default is a value in base units, not a text with a unit: `default` puts it in without reading it. */
function orDefault(p: Parameter<unknown>): z.ZodType {
  if (p.optional) return p.schema().optional();
  return p.default === undefined ? p.schema() : p.schema().default(p.default);
}

/** Says of a number what was expected instead, or nothing when it is right. */
function bounded(noun: string, min: number, max: number, format: (v: number) => string, valid: (v: number) => boolean) {
  return (v: number): string | undefined => {
    if (!valid(v)) return noun;
    if (v < min) return `${noun} of at least ${format(min)}`;
    return v > max ? `${noun} of at most ${format(max)}` : undefined;
  };
}

function numeric(
  kind: Parameter<number>['kind'],
  doc: string,
  accepts: string,
  wrong: (v: number) => string | undefined,
  rest: {readonly default?: number},
): Parameter<number> {
  const schema = once(() =>
    z.unknown().transform((v, context): number => {
      const expected = v === undefined ? accepts : wrong(typeof v === 'number' ? v : NaN);
      if (typeof v === 'number' && expected === undefined) return v;
      context.addIssue({code: 'custom', message: expected ?? accepts});
      return z.NEVER;
    }),
  );
  return {kind, doc, accepts, schema, format: String, ...rest};
}
