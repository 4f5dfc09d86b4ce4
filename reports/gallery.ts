import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {figures} from './figures/index.ts';
import {pointsOf, readRun} from './read.ts';
import {standalone} from './svg.ts';
import {widths} from './theme.ts';

/** Where the gallery lies: seen from dist/reports. */
export const folder = fileURLToPath(new URL('../../reports/gallery/', import.meta.url));

/** Committed results of an experiment, and what is drawn of them. */
export interface Source {
  readonly directory: string;
  /** From the gallery. */
  readonly experiment: string;
  /** Beside the results, as `run` is asked for it. */
  readonly also: readonly ('waterfall' | 'timeline')[];
  /** Figures; absent: all that no other source draws. */
  readonly figures?: readonly string[];
  /** Of its results only the times are kept. */
  readonly timesOnly?: boolean;
}

export const sources: readonly Source[] = [
  {directory: 'quickstart', experiment: '../../experiments/quickstart.yaml', also: ['waterfall', 'timeline']},
  {directory: 'tiles', experiment: 'tiles.yaml', also: [], figures: ['sparsity', 'granularity', 'pareto', 'kept-rows']},
  {directory: 'sweep', experiment: 'sweep.yaml', also: [], figures: ['sweep', 'tornado']},
  {
    directory: 'validation',
    experiment: '../../experiments/validation/a100-pcie-80gb-sampled.yaml',
    also: [],
    figures: ['correlation'],
    timesOnly: true,
  },
];

/** Every figure of the gallery as its file's content, by file name. */
export async function drawGallery(): Promise<ReadonlyMap<string, string>> {
  const elsewhere = sources.flatMap((source) => source.figures ?? []);
  const others = figures.map(({name}) => name).filter((name) => !elsewhere.includes(name));
  const files = new Map<string, string>();
  for (const {directory, figures: names = others} of sources) {
    const points = pointsOf([await readRun(join(folder, directory))]);
    for (const figure of figures.filter(({name}) => names.includes(name))) {
      const picture = figure.draw(points, {width: widths.wide});
      if (!picture) throw new Error(`${figure.name} has nothing to draw of ${directory}`);
      files.set(`${figure.name}.svg`, standalone(picture));
    }
  }
  return files;
}
