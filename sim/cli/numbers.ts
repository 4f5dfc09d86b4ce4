/** 1234567 → '1 234 567'. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** Bytes with three significant digits: 8123 → '7.93 KiB'. */
export function sized(bytes: number): string {
  const [unit, scale] = ([['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]] as const).find(([, s]) => bytes >= s) ?? ['B', 1]; // prettier-ignore
  return `${Number((bytes / scale).toPrecision(Math.max(3, String(Math.floor(bytes / scale)).length)))} ${unit}`;
}

/** 0.28125 → '28.1 %'. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** 19.6 M */
export function short(value: number): string {
  const [by, letter] = value >= 1e9 ? [1e9, ' G'] : value >= 1e6 ? [1e6, ' M'] : value >= 1e3 ? [1e3, ' k'] : [1, ''];
  return `${(value / by).toFixed(by === 1 ? 0 : 1)}${letter}`;
}
