import {writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {figures} from '../../reports/figures/index.ts';
import {drawable, page} from '../../reports/page.ts';
import {BadReport, readRun} from '../../reports/read.ts';
import {study} from '../../reports/study.ts';
import {png, standalone} from '../../reports/svg.ts';
import {widths} from '../../reports/theme.ts';
import {makeDirectory} from '../config/directory.ts';

export {BadReport};

export interface ReportOptions {
  /** The page; by default report.html in the first directory. */
  readonly out?: string;
  /** A directory for the figures as SVG. */
  readonly svg?: string;
  /** A directory for the figures as PNG. */
  readonly png?: string;
}

/** Reads results directories, writes one page about all of them, and prints its path. Throws BadReport where they cannot be read or written. */
export async function report(dirs: string[], options: ReportOptions): Promise<void> {
  if (dirs.length === 0) throw new BadReport('report: name at least one results directory, as `tvwsim run --out DIR` writes it');
  const distinct = dirs.filter((dir, i) => dirs.findIndex((other) => resolve(other) === resolve(dir)) === i);
  const runs = await Promise.all(distinct.map(readRun));
  const out = options.out ?? join(distinct[0]!, 'report.html');
  await put(out, page(runs));
  if (options.svg !== undefined || options.png !== undefined) {
    const points = drawable(study(runs.flatMap((run) => run.results)));
    for (const figure of figures) {
      const picture = figure.draw(points, {width: widths.wide});
      if (picture === undefined) continue;
      if (options.svg !== undefined) await put(join(options.svg, `${figure.name}.svg`), standalone(picture));
      if (options.png !== undefined) await put(join(options.png, `${figure.name}.png`), png(picture));
    }
  }
  console.log(out);
}

async function put(file: string, content: string | Uint8Array): Promise<void> {
  try {
    makeDirectory(dirname(file));
    await writeFile(file, content);
  } catch (error) {
    throw new BadReport(`${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
