import {gpuParameters, type GpuValues} from '../config/gpu.ts';
import type {Parameter} from '../config/parameter.ts';
import {unitsOf} from '../config/units.ts';

/** A GPU with one parameter moved. */
export interface Moved {
  /** l2.capacity; of a table, every row of a column: tensorCore.mma.interval */
  readonly path: string;
  /** The value as it is, and as it is moved to, as they are written. */
  readonly from: string;
  readonly to: string;
  /** How much of itself was added: about ±`by`, as whole numbers allow. */
  readonly change: number;
  readonly gpu: GpuValues;
}

/** Every GPU that has one numeric parameter moved by a share of itself, `by` up or down (negative), within its range. */
export function moved(gpu: GpuValues, by: number): readonly Moved[] {
  return Object.entries(gpuParameters).flatMap(([box, {members = {}}]) => {
    const values = gpu[box as keyof GpuValues] as {readonly [name: string]: unknown};
    return Object.entries(members).flatMap(([name, parameter]) =>
      variants(parameter, values[name], by).flatMap(({column, value, change}) => {
        const path = [box, name, ...column].join('.');
        const shown = (one: unknown) => (column.length > 0 ? `×${Number((1 + change).toFixed(3))}` : parameter.format(one));
        return [
          {
            path,
            from: column.length > 0 ? '×1' : parameter.format(values[name]),
            to: shown(value),
            change,
            gpu: {...gpu, [box]: {...values, [name]: value}},
          },
        ];
      }),
    );
  });
}

interface Variant {
  /** Of a table, the name of the column. */
  readonly column: readonly string[];
  readonly value: unknown;
  readonly change: number;
}

/** What becomes of a parameter that is moved; nothing, if it has no number in it or would leave its range. */
function variants(parameter: Parameter<unknown>, value: unknown, by: number): readonly Variant[] {
  if (typeof value === 'number') {
    const to = scaled(parameter, value, by);
    return to === undefined ? [] : [{column: [], value: to, change: to / value - 1}];
  }
  if (!Array.isArray(value)) return [];
  if (parameter.kind === 'table') {
    const rows = value as readonly {readonly [column: string]: unknown}[];
    const columns = Object.entries(parameter.members ?? {}).filter(([, {kind}]) => kind === 'quantity');
    return columns.flatMap(([column, inside]) => {
      const cells = rows.map((row) => scaled(inside, row[column] as number, by));
      return cells.includes(undefined) ? [] : [{column: [column], value: rows.map((row, i) => ({...row, [column]: cells[i]})), change: by}];
    });
  }
  const numbers = value as readonly number[];
  const to = numbers.map((one) => (typeof one === 'number' ? whole(one, by) : NaN));
  const total = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
  if (!parameter.schema().safeParse(to).success || total(to) === total(numbers)) return [];
  return [{column: [], value: to, change: total(to) / total(numbers) - 1}];
}

function scaled(parameter: Parameter<unknown>, value: number, by: number): number | undefined {
  const {kind, unit} = parameter;
  const isWhole = kind === 'count' || unit === 'B';
  const to = isWhole ? whole(value, by) : value * (1 + by);
  const read = parameter.schema().safeParse(unit ? `${to} ${unitsOf(unit)[0]}` : to);
  return read.success && to !== value ? to : undefined;
}

/** At least one more, or less. */
function whole(value: number, by: number): number {
  const to = Math.round(value * (1 + by));
  return to === value && value !== 0 ? value + Math.sign(by) : to;
}
