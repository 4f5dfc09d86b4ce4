import {writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {csv} from '../../reports/csv.ts';
import {figures} from '../../reports/figures/index.ts';
import {drawable, page} from '../../reports/page.ts';
import {pointData} from '../../reports/point-data.ts';
import {BadReport, isRunning, pointsOf, readRun} from '../../reports/read.ts';
import {png, standalone} from '../../reports/svg.ts';
import {widths, type Theme} from '../../reports/theme.ts';
import {makeDirectory} from '../config/directory.ts';

export {BadReport};

export interface ReportOptions {
  /** Follows runs that are not done: the page is written again as points end, and loads itself anew. */
  readonly watch?: boolean;
  /** The page; by default report.html in the first directory. */
  readonly out?: string;
  /** A directory for the figures as SVG: NAME.svg as wide as a page, NAME-column.svg as a column of two. */
  readonly svg?: string;
  /** A directory for the figures as PNG. */
  readonly png?: string;
  /** What the PNG files are coloured for; a page and an SVG file go by their viewer. */
  readonly theme?: Theme;
  /** A directory for their data as CSV. */
  readonly csv?: string;
}

/** Reads results directories, writes one page about all of them, and prints its path. Throws BadReport where they cannot be read or written. */
export async function report(dirs: string[], options: ReportOptions): Promise<void> {
  if (dirs.length === 0) throw new BadReport('report: name at least one results directory, as `tvwsim run --out DIR` writes it');
  const distinct = dirs.filter((dir, i) => dirs.findIndex((other) => resolve(other) === resolve(dir)) === i);
  const out = options.out ?? join(distinct[0]!, 'report.html');
  if (options.watch) await follow(distinct, out);
  const runs = await Promise.all(distinct.map((dir) => readRun(dir, {drawn: true})));
  await put(out, page(runs));
  if ([options.svg, options.png, options.csv].some((directory) => directory !== undefined)) {
    const all = pointsOf(runs);
    const points = drawable(all);
    for (const figure of figures) {
      const picture = figure.draw(points, {width: widths.wide});
      const column = figure.draw(points, {width: widths.narrow});
      if (picture === undefined || column === undefined) continue;
      for (const [name, drawn] of [
        [figure.name, picture],
        [`${figure.name}-column`, column],
      ] as const) {
        if (options.svg !== undefined) await put(join(options.svg, `${name}.svg`), standalone(drawn));
        if (options.png !== undefined) await put(join(options.png, `${name}.png`), png(drawn, options.theme));
      }
      if (options.csv !== undefined) await put(join(options.csv, `${figure.name}.csv`), csv(figure.data(points)));
    }
    if (options.csv !== undefined) await put(join(options.csv, 'points.csv'), csv(pointData(all)));
  }
  console.log(out);
}

/** Seconds between two looks, and between two loads of the page. */
const interval = 2;

/** Writes the page again whenever there are more results, until the last run is done. */
async function follow(dirs: readonly string[], out: string): Promise<void> {
  for (let before = -1; ; await setTimeout(1000 * interval)) {
    const running = await Promise.all(dirs.map(isRunning));
    if (!running.includes(true)) return;
    // A run that ends between the two looks is read as done the next time.
    const runs = await Promise.all(dirs.map((dir, i) => readRun(dir, {running: running[i], drawn: true}))).catch(() => []);
    const points = runs.reduce((sum, {results}) => sum + results.length, 0);
    if (points === before || points === 0) continue;
    before = points;
    await put(out, page(runs, {refresh: interval}));
    console.log(`${points} ${points === 1 ? 'point' : 'points'} so far: ${out}`);
  }
}

async function put(file: string, content: string | Uint8Array): Promise<void> {
  try {
    makeDirectory(dirname(file));
    await writeFile(file, content);
  } catch (error) {
    throw new BadReport(`${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
