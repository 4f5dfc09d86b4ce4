import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {readExperiment} from '../sim/experiment.ts';
import {simulate} from '../sim/simulate.ts';
import type {Result} from '../sim/stats/result.ts';
import {figures} from './figures/index.ts';
import {drawGallery, folder, sources} from './gallery.ts';

test('the gallery shows every figure, as it is drawn today from the committed results', async (t) => {
  const drawn = await drawGallery();
  t.deepEqual([...drawn.keys()].toSorted(), figures.map(({name}) => `${name}.svg`).toSorted());
  for (const [name, content] of drawn) t.true(readFileSync(join(folder, name), 'utf8') === content, `${name} is stale: npm run gallery`);
});

for (const {directory, experiment} of sources) {
  test(`the gallery is drawn of what is simulated today: ${directory}`, (t) => {
    const results = readFileSync(join(folder, directory, 'results.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const {points} = readExperiment(join(folder, experiment));
    t.is(results.length, points.length);
    // The quickstart takes its time: its fastest, and elsewhere the first two, stand for all.
    const some = directory === 'quickstart' ? [points.length - 1] : [0, 1];
    t.deepEqual(
      some.map((i) => (JSON.parse(results[i]!) as Result).digest),
      some.map((i) => simulate(points[i]!).digest),
      `npm run gallery:simulate ${directory}`,
    );
  });
}
