import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {figures} from './figures/index.ts';
import {pointsOf, readRun} from './read.ts';
import {standalone} from './svg.ts';
import {widths} from './theme.ts';

/** Where the gallery lies: seen from dist/reports. */
export const folder = fileURLToPath(new URL('../../reports/gallery/', import.meta.url));

/** Committed results, and which figures are drawn of them; the quickstart's are those of all figures that others do not draw. */
const sources: {readonly [directory: string]: readonly string[]} = {
  tiles: ['sparsity', 'granularity', 'pareto', 'kept-rows'],
  sweep: ['sweep', 'tornado'],
};

/** Drawn of the validation, whose results are not committed: `tvwsim report DIR --svg reports/gallery` of such a run. */
export const fromElsewhere: readonly string[] = ['correlation'];

/** Every figure of the gallery as its file's content, by file name. */
export async function drawGallery(): Promise<ReadonlyMap<string, string>> {
  const elsewhere = [...Object.values(sources).flat(), ...fromElsewhere];
  const own = figures.map(({name}) => name).filter((name) => !elsewhere.includes(name));
  const files = new Map<string, string>();
  for (const [directory, names] of Object.entries({quickstart: own, ...sources})) {
    const points = pointsOf([await readRun(join(folder, directory))]);
    for (const figure of figures.filter(({name}) => names.includes(name))) {
      const picture = figure.draw(points, {width: widths.wide});
      if (!picture) throw new Error(`${figure.name} has nothing to draw of ${directory}`);
      files.set(`${figure.name}.svg`, standalone(picture));
    }
  }
  return files;
}
