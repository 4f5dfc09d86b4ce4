import {problemAt, type Place, type Problem} from './problem.ts';
import {parseQuantity, unitNames, type Unit} from './units.ts';

/** What a name in an expression stands for: a value in base units, or nothing where the point has no such thing. */
export type ValueOf = (name: string) => number | string | undefined;

/** True, false, or undefined: it is about something that is not there. */
export type Condition = (valueOf: ValueOf) => boolean | undefined;

/** What is known of a name before any point is: its unit, or why there is no such name. */
export type NameOf = (name: string) => {readonly unit: Unit | undefined} | {readonly refusal: string};

type Value = number | string | boolean | undefined;

interface Term {
  readonly unit: Unit | undefined;
  readonly of: (valueOf: ValueOf) => Value;
}

/**
 * Reads a condition such as `gpu.l2.capacity >= 2 * 20 MiB and (seed = 1 or not fidelity = 'bound')`: comparisons of names,
 * numbers with or without a unit and quoted texts, with + − * /, and, or, not and brackets.
 */
export function parseCondition(text: string, place: Place, nameOf: NameOf, problems: Problem[]): Condition | undefined {
  const tokens = tokensOf(text);
  let next = 0;
  const peek = () => tokens[next];
  const take = (...words: readonly string[]): string | undefined => (words.includes(tokens[next] ?? '\0') ? tokens[next++] : undefined);
  const refuse = (message: string): never => {
    throw new Refusal(message);
  };

  const either = (): Term =>
    chain(both, ['or'], (a, b) => (a === true || b === true ? true : a === undefined || b === undefined ? undefined : false));
  const both = (): Term =>
    chain(not, ['and'], (a, b) => (a === false || b === false ? false : a === undefined || b === undefined ? undefined : true));
  const not = (): Term => {
    if (!take('not')) return comparison();
    const inner = not();
    return {unit: undefined, of: (values) => negated(inner.of(values))};
  };
  const comparison = (): Term => {
    const left = sum();
    const sign = take('<', '<=', '>', '>=', '=', '==', '!=');
    if (!sign) return left;
    const right = sum();
    sameUnit(left, right, sign);
    return {unit: undefined, of: (values) => compared(sign, left.of(values), right.of(values))};
  };
  const sum = (): Term => chain(product, ['+', '-'], (a, b, sign) => calculated(a, b, (x, y) => (sign === '+' ? x + y : x - y)), sameUnit);
  const product = (): Term => chain(factor, ['*', '/'], (a, b, sign) => calculated(a, b, (x, y) => (sign === '*' ? x * y : x / y)));
  const factor = (): Term => {
    if (take('(')) {
      const inner = either();
      return take(')') ? inner : refuse(`lacks a closing bracket`);
    }
    const token = tokens[next++] ?? refuse('ends too soon');
    if (/^['"]/.test(token)) return {unit: undefined, of: () => token.slice(1, -1)};
    if (/^[\d.]/.test(token)) return literal(token);
    if (!/^[a-zA-Z_]/.test(token)) return refuse(`did not expect "${token}"`);
    const known = nameOf(token);
    return 'refusal' in known ? refuse(known.refusal) : {unit: known.unit, of: (values) => values(token)};
  };
  const literal = (token: string): Term => {
    if (Number.isFinite(Number(token))) return {unit: undefined, of: () => Number(token)};
    for (const unit of unitNames) {
      const value = parseQuantity(token, unit);
      if (typeof value === 'number') return {unit, of: () => value};
    }
    return refuse(`no such unit: "${token}"`);
  };
  const sameUnit = (a: Term, b: Term, sign: string): void => {
    if (a.unit && b.unit && a.unit !== b.unit) refuse(`${a.unit} ${sign} ${b.unit}: these are different things`);
  };
  function chain(of: () => Term, signs: readonly string[], join: (a: Value, b: Value, sign: string) => Value, check?: typeof sameUnit): Term {
    let term = of();
    for (let sign = take(...signs); sign !== undefined; sign = take(...signs)) {
      const [a, b, by] = [term, of(), sign];
      check?.(a, b, by);
      term = {unit: check ? (a.unit ?? b.unit) : undefined, of: (values) => join(a.of(values), b.of(values), by)};
    }
    return term;
  }

  try {
    const {of} = either();
    if (peek() !== undefined) refuse(`did not expect "${peek()}"`);
    return (values) => {
      const value = of(values);
      return typeof value === 'number' || typeof value === 'string' ? Boolean(value) : value;
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.push(problemAt(place, [], `"${text}": ${error.message}`));
    return undefined;
  }
}

class Refusal extends Error {}

/** Names have dots and dashes inside (`gpu.l2.capacity`, `tvw.energy`, `dram__bytes_read.sum`); a dash between spaces is a minus. */
function tokensOf(text: string): readonly string[] {
  const number = String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:\s*(?!and\b|or\b)[a-zA-Z]+(?:\/[a-zA-Z]+)?)?`;
  return text.match(new RegExp(String.raw`'[^']*'|"[^"]*"|${number}|[a-zA-Z_][\w.]*|<=|>=|==|!=|\S`, 'g')) ?? [];
}

const negated = (value: Value): Value => (value === undefined ? undefined : !value);

function calculated(a: Value, b: Value, by: (x: number, y: number) => number): Value {
  return typeof a === 'number' && typeof b === 'number' ? by(a, b) : undefined;
}

function compared(sign: string, a: Value, b: Value): Value {
  if (a === undefined || b === undefined) return undefined;
  if (sign === '=' || sign === '==') return a === b;
  if (sign === '!=') return a !== b;
  return sign === '<' ? a < b : sign === '<=' ? a <= b : sign === '>' ? a > b : a >= b;
}
