/**
 * Physical units a configuration may use; each family has one base unit in which the simulator computes. `min` and `max` are
 * what is physically sensible: they catch a slip of the prefix, a parameter may be stricter. A part of a byte does not exist.
 */
const families = {
  B: {units: {B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30}, min: 1, max: 2 ** 40, whole: 'bytes'},
  'B/s': {units: {'B/s': 1, 'MB/s': 1e6, 'GB/s': 1e9, 'TB/s': 1e12}, min: 1, max: 1e15, whole: undefined},
  'B/clk': {units: {'B/clk': 1}, min: 2 ** -10, max: 2 ** 20, whole: undefined},
  Hz: {units: {Hz: 1, MHz: 1e6, GHz: 1e9}, min: 1, max: 1e11, whole: undefined},
  clk: {units: {clk: 1}, min: 0, max: 1e9, whole: undefined},
  ns: {units: {ns: 1, us: 1e3, ms: 1e6}, min: 0, max: 1e9, whole: undefined},
  W: {units: {W: 1}, min: 0, max: 1e5, whole: undefined},
  pJ: {units: {pJ: 1, nJ: 1e3}, min: 0, max: 1e9, whole: undefined},
} as const;

/** A base unit: B, B/s, B/clk, Hz, clk (SM cycles), ns, W, pJ. */
export type Unit = keyof typeof families;

export const unitNames = Object.keys(families) as readonly Unit[];

export function unitsOf(unit: Unit): readonly string[] {
  return Object.keys(families[unit].units);
}

/** The bounds of a unit, in its base unit. */
export function boundsOf(unit: Unit): {readonly min: number; readonly max: number; readonly whole: string | undefined} {
  return families[unit];
}

/** Reads '40 MiB' into base units. Returns the noun phrase of what was expected when it cannot. */
export function parseQuantity(text: unknown, unit: Unit): number | {expected: string} {
  const expected = `a number with a unit (${unitsOf(unit).join(', ')})`;
  if (typeof text !== 'string') return {expected};
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-zA-Z]\S*)\s*$/.exec(text);
  const scale = match && Object.entries(families[unit].units).find(([name]) => name === match[2])?.[1];
  return match && scale ? Number(match[1]) * scale : {expected};
}

/** Writes a base-unit value with the largest unit that keeps it at or above one: 41943040 B → '40 MiB'. */
export function formatQuantity(value: number, unit: Unit): string {
  const scales = Object.entries<number>(families[unit].units).reverse();
  const [name, scale] = scales.find(([, s]) => Math.abs(value) >= s) ?? scales.at(-1)!;
  return `${Number((value / scale).toPrecision(6))} ${name}`;
}

/** Writes a share as a percentage: 0.875 → '87.5 %'. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
