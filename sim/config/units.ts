/** Physical units a configuration may use; each family has one base unit in which the simulator computes. */
const families = {
  B: {B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30},
  'B/s': {'B/s': 1, 'MB/s': 1e6, 'GB/s': 1e9, 'TB/s': 1e12},
  'B/clk': {'B/clk': 1},
  Hz: {Hz: 1, MHz: 1e6, GHz: 1e9},
  clk: {clk: 1},
  ns: {ns: 1, us: 1e3, ms: 1e6},
  W: {W: 1},
  pJ: {pJ: 1, nJ: 1e3},
} as const;

/** A base unit: B, B/s, B/clk, Hz, clk (SM cycles), ns, W, pJ. */
export type Unit = keyof typeof families;

export function unitsOf(unit: Unit): readonly string[] {
  return Object.keys(families[unit]);
}

/** Reads '40 MiB' into base units. Returns the noun phrase of what was expected when it cannot. */
export function parseQuantity(text: unknown, unit: Unit): number | {expected: string} {
  const expected = `a number with a unit (${unitsOf(unit).join(', ')})`;
  if (typeof text !== 'string') return {expected};
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S+)\s*$/.exec(text);
  const scale = match && (families[unit] as Record<string, number>)[match[2]!];
  if (!match || typeof scale !== 'number') return {expected};
  return Number(match[1]) * scale;
}

/** Writes a base-unit value with the largest unit that keeps it at or above one: 41943040 B → '40 MiB'. */
export function formatQuantity(value: number, unit: Unit): string {
  const scales = Object.entries(families[unit]).reverse();
  const [name, scale] = scales.find(([, s]) => Math.abs(value) >= s) ?? scales.at(-1)!;
  return `${Number((value / scale).toPrecision(6))} ${name}`;
}

/** Writes a share as a percentage: 0.875 → '87.5 %'. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
