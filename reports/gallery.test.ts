import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {figures} from './figures/index.ts';
import {drawGallery, folder, fromElsewhere} from './gallery.ts';

test('the gallery shows every figure, as it is drawn today from the committed results', async (t) => {
  const drawn = await drawGallery();
  t.deepEqual(
    [...drawn.keys()].toSorted(),
    figures
      .map(({name}) => `${name}.svg`)
      .filter((name) => !fromElsewhere.includes(name.slice(0, -4)))
      .toSorted(),
  );
  for (const [name, content] of drawn) t.true(readFileSync(join(folder, name), 'utf8') === content, `${name} is stale: npm run gallery`);
});
