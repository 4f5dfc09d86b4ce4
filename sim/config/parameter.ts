import {z} from 'zod';
import {formatQuantity, parseQuantity, unitsOf, type Unit} from './units.ts';

/**
 * A parameter is declared once, beside the thing it describes. The schema, its error messages, `tvwsim describe` and the
 * check of sweep axes all come from that declaration.
 */
export interface Parameter<T> {
  readonly kind: 'count' | 'number' | 'fraction' | 'quantity' | 'choice' | 'list' | 'table' | 'text';
  readonly doc: string;
  /** What a user may write, as a noun phrase: 'a whole number from 1 to 8', 'a number with a unit (B, KiB, MiB, GiB)'. */
  readonly accepts: string;
  readonly unit?: Unit;
  readonly default?: T;
  readonly schema: z.ZodType<T>;
  /** A method, which may take its value apart, so that parameters of any type share one table. */
  format(value: T): string;
}

export type Parameters = {readonly [name: string]: Parameter<unknown>};
/** The plain values that a set of parameters reads into. */
export type Values<P extends Parameters> = {readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never};

interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly default?: number;
}

/** A whole number; with `step`, a multiple of it. */
export function count(doc: string, {step = 1, min = step, max = 2 ** 31 - 1, ...rest}: Range & {readonly step?: number} = {}): Parameter<number> {
  const noun = step === 1 ? 'a whole number' : `a multiple of ${step}`;
  const accepts = max === 2 ** 31 - 1 ? `${noun} of at least ${min}` : `${noun} from ${min} to ${max}`;
  return numeric('count', doc, accepts, (v) => Number.isInteger(v) && v % step === 0 && v >= min && v <= max, rest);
}

/** A dimensionless number. */
export function number(doc: string, {min = 0, max = Infinity, ...rest}: Range = {}): Parameter<number> {
  const accepts = max === Infinity ? `a number of at least ${min}` : `a number from ${min} to ${max}`;
  return numeric('number', doc, accepts, (v) => Number.isFinite(v) && v >= min && v <= max, rest);
}

/** A share: at least `min`, and below 1. */
export function fraction(doc: string, {min = 0, ...rest}: Omit<Range, 'max'> = {}): Parameter<number> {
  return numeric('fraction', doc, `a share from ${min} to below 1`, (v) => v >= min && v < 1, rest);
}

/** A number with a unit, read into base units: bytes, bytes per second, hertz, SM cycles, nanoseconds … */
export function quantity(unit: Unit, doc: string, {min = 0, max = Infinity, ...rest}: Range = {}): Parameter<number> {
  const bounds =
    max === Infinity
      ? min > 0
        ? ` of at least ${formatQuantity(min, unit)}`
        : ''
      : ` from ${formatQuantity(min, unit)} to ${formatQuantity(max, unit)}`;
  const accepts = `a number with a unit (${unitsOf(unit).join(', ')})${bounds}`;
  const schema = z.unknown().transform((text, context): number => {
    const value = parseQuantity(text, unit);
    if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) return value;
    context.addIssue({code: 'custom', message: accepts});
    return z.NEVER;
  });
  return {kind: 'quantity', doc, accepts, unit, schema, format: (v) => formatQuantity(v, unit), ...rest};
}

export function choice<const T extends string>(options: readonly T[], doc: string, rest: {readonly default?: T} = {}): Parameter<T> {
  const schema = z.enum(options as readonly [T, ...T[]]) as unknown as z.ZodType<T>;
  return {kind: 'choice', doc, accepts: `one of ${options.join(', ')}`, schema, format: String, ...rest};
}

/** A list of values of one parameter, of a fixed or any length. */
export function list<T>(
  of: Parameter<T>,
  doc: string,
  {length, ...rest}: {readonly length?: number; readonly default?: readonly T[]} = {},
): Parameter<readonly T[]> {
  const accepts = `a list of ${length ?? 'one or more'}, each ${of.accepts}`;
  const array = z.array(of.schema);
  const schema = (length ? array.length(length) : array.min(1)) as unknown as z.ZodType<readonly T[]>;
  return {kind: 'list', doc, accepts, schema, format: (v) => `[${v.map((value) => of.format(value)).join(', ')}]`, ...rest};
}

/** A list of rows with the same columns. */
export function table<P extends Parameters>(columns: P, doc: string): Parameter<readonly Values<P>[]> {
  const schema = z.array(objectOf(columns)).min(1) as unknown as z.ZodType<readonly Values<P>[]>;
  return {kind: 'table', doc, accepts: `rows of {${Object.keys(columns).join(', ')}}`, schema, format: (rows) => `${rows.length} rows`};
}

export function text(doc: string, rest: {readonly default?: string} = {}): Parameter<string> {
  return {kind: 'text', doc, accepts: 'a text', schema: z.string().min(1), format: String, ...rest};
}

/** The strict object schema of a set of parameters: unknown keys are errors, those with a default may be left out. */
export function objectOf<P extends Parameters>(parameters: P): z.ZodType<Values<P>> {
  const shape = Object.entries(parameters).map(
    ([name, p]) => [name, p.default === undefined ? p.schema : p.schema.prefault(p.default as never)] as const,
  );
  return z.strictObject(Object.fromEntries(shape)) as unknown as z.ZodType<Values<P>>;
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

function numeric(
  kind: Parameter<number>['kind'],
  doc: string,
  accepts: string,
  valid: (v: number) => boolean,
  rest: {readonly default?: number},
): Parameter<number> {
  const schema = z.unknown().transform((v, context): number => {
    if (typeof v === 'number' && valid(v)) return v;
    context.addIssue({code: 'custom', message: accepts});
    return z.NEVER;
  });
  return {kind, doc, accepts, schema, format: String, ...rest};
}
