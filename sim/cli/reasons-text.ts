import {pageWidth, wrap} from './table.ts';

const few = 6;

/** What became of some points, each reason once and the points it holds for under it; of many the first, and where the others are told. */
export function reasonsText(points: readonly {readonly point: string; readonly reason: string}[], what: string, elsewhere: string): string {
  return [...new Set(points.map(({reason}) => reason))]
    .flatMap((reason) => {
      const names = points.filter((one) => one.reason === reason).map(({point}) => `  ${point}`);
      const more = names.length > few ? [`  and ${names.length - few + 1} more${elsewhere}`] : [];
      return [...wrap(`${what}: ${reason}`, pageWidth), ...names.slice(0, more.length > 0 ? few - 1 : few), ...more];
    })
    .join('\n');
}
