import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {figures} from '../../reports/figures/index.ts';
import {fivePatterns} from '../../reports/samples.ts';
import {BadReport, report} from './report.ts';

async function results(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tvwsim-report-'));
  t.teardown(() => rm(directory, {recursive: true}));
  await writeFile(
    join(directory, 'results.jsonl'),
    fivePatterns()
      .map((r) => `${JSON.stringify(r)}\n`)
      .join(''),
  );
  return directory;
}

test('the page is written beside the results, or where --out says', async (t) => {
  const directory = await results(t);
  const out = join(directory, 'deep', 'page.html');
  await report([directory], {});
  await report([directory, `${directory}/`], {out});
  t.is(await readFile(out, 'utf8'), await readFile(join(directory, 'report.html'), 'utf8'));
});

test('--svg and --png write every figure as a file, the same bytes each time', async (t) => {
  const directory = await results(t);
  const [svg, png, again] = ['svg', 'png', 'again'].map((name) => join(directory, name));
  await report([directory], {svg: svg!, png: png!});
  await report([directory], {png: again!});
  const names = figures.map((f) => f.name).toSorted();
  t.deepEqual(
    (await readdir(svg!)).toSorted(),
    names.map((name) => `${name}.svg`),
  );
  t.deepEqual(
    (await readdir(png!)).toSorted(),
    names.map((name) => `${name}.png`),
  );
  for (const name of names) {
    const picture = await readFile(join(png!, `${name}.png`));
    t.is(picture.toString('latin1', 1, 4), 'PNG');
    t.true(picture.equals(await readFile(join(again!, `${name}.png`))));
  }
});

test('no directory, and a page that cannot be written, are told in a sentence', async (t) => {
  await t.throwsAsync(report([], {}), {instanceOf: BadReport, message: /name at least one results directory/});
  const directory = await results(t);
  await t.throwsAsync(report([directory], {out: directory}), {instanceOf: BadReport, message: /cannot be written: /});
});
