import {problemAt, type Problem} from './problem.ts';
import {unitsOf} from './units.ts';
import {scalar, type Scalar, type Written} from './written.ts';

/** `20..80 MiB step 20`, `log 1..64`, `0.5..0.9`: values from the first to the last, in the unit that stands behind. */
export interface Range {
  readonly at: Scalar;
  readonly from: number;
  readonly to: number;
  /** Added from value to value; on a logarithmic range, multiplied. */
  readonly step: number | undefined;
  readonly logarithmic: boolean;
  /** '' where the values have none. */
  readonly unit: string;
}

const number = String.raw`([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`;
const unit = String.raw`\s*([a-zA-Z][a-zA-Z/]*)?`;
const form = new RegExp(String.raw`^\s*(log\s+)?${number}${unit}\s*\.\.\s*${number}${unit}(?:\s+step\s+${number}${unit})?\s*$`);

/** A range, if that is what is written. */
export function rangeOf(written: Written): Range | undefined {
  if (written.kind !== 'scalar' || typeof written.value !== 'string') return undefined;
  const match = form.exec(written.value);
  if (!match) return undefined;
  const [, log, from, unitFrom, to, unitTo, step, unitStep] = match;
  return {
    at: written,
    from: Number(from),
    to: Number(to),
    step: step === undefined ? undefined : Number(step),
    logarithmic: log !== undefined,
    unit: sameUnit(unitFrom, unitTo, log === undefined ? unitStep : undefined) ?? mixed,
  };
}

const mixed = '?';

function sameUnit(...units: readonly (string | undefined)[]): string | undefined {
  const said = new Set(units.filter((one) => one !== undefined));
  return said.size > 1 ? undefined : ([...said][0] ?? '');
}

/** What keeps a range from being read, in a sentence; undefined: nothing. */
function refusal({from, to, step, logarithmic, unit: of}: Range): string | undefined {
  if (of === mixed) return 'has more than one unit; write it once, behind the last value: 20..80 MiB';
  if (from > to) return `runs backwards; expected ${to}..${from}`;
  if (logarithmic && from <= 0) return 'a logarithmic range begins above zero';
  if (step !== undefined && step <= (logarithmic ? 1 : 0)) return `got a step of ${step}, expected one above ${logarithmic ? 1 : 0}`;
  return undefined;
}

/** More values than any sweep has points. */
const most = 1e7;

/** The values of a range, its last included where a step leads there. `whole`: without a step, every whole number; on a log range, ×2. */
export function valuesOf(range: Range, whole: boolean, path: string, problems: Problem[]): readonly Written[] {
  const {from, to, logarithmic} = range;
  const step = range.step ?? (logarithmic ? 2 : whole ? 1 : undefined);
  const count = step === undefined ? 0 : (logarithmic ? Math.log(to / from) / Math.log(step) : (to - from) / step) + 1 + 1e-9;
  const wrong =
    refusal(range) ??
    (step === undefined ? `wants a step here, such as ${String(range.at.value)} step ${tidy((to - from) / 4)}` : undefined) ??
    (count > most ? `makes ${Math.round(count).toLocaleString('en')} values, expected at most ${most.toLocaleString('en')}` : undefined);
  if (wrong !== undefined || step === undefined) {
    problems.push(problemAt(range.at.at, [path], `the range "${String(range.at.value)}" ${wrong}`));
    return [];
  }
  return Array.from({length: Math.floor(count)}, (_, i) => written(range, tidy(logarithmic ? from * step ** i : from + i * step)));
}

/** The value at a share of the way, 0 … 1, through a range: along its steps where it has them, else anywhere. */
export function pick(range: Range, share: number, whole: boolean, path: string, problems: Problem[]): Written | undefined {
  const {from, to, logarithmic} = range;
  if (range.step !== undefined || (whole && !logarithmic)) {
    const values = valuesOf(range, whole, path, problems);
    return values[Math.min(values.length - 1, Math.floor(share * values.length))];
  }
  const wrong = refusal(range);
  if (wrong !== undefined) {
    problems.push(problemAt(range.at.at, [path], `the range "${String(range.at.value)}" ${wrong}`));
    return undefined;
  }
  const value = logarithmic ? from * (to / from) ** share : from + share * (to - from);
  if (whole) return written(range, Math.round(value));
  const sizes = unitsOf('B');
  // A part of a byte does not exist: sizes are picked in the unit below the one they are written in.
  const size = sizes.indexOf(range.unit);
  if (size > 0) return written({...range, unit: sizes[size - 1]!}, Math.round(value * 1024));
  return written(range, size === 0 ? Math.round(value) : Math.min(to, Math.max(from, Number(value.toPrecision(6)))));
}

function written({at, unit: of}: Range, value: number): Written {
  return scalar(of === '' ? value : `${value} ${of}`, at.at);
}

/** 0.30000000000000004 → 0.3 */
const tidy = (value: number): number => Number(value.toPrecision(12));
