import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {figures} from '../../reports/figures/index.ts';
import {study} from '../../reports/study.ts';
import {explanationsOf, fivePatterns} from '../../reports/samples.ts';
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
  const {waterfalls, timelines} = explanationsOf(fivePatterns());
  for (const [name, lines] of Object.entries({waterfall: waterfalls, timeline: timelines}))
    await writeFile(join(directory, `${name}.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return directory;
}

test('the page is written beside the results, or where --out says', async (t) => {
  const directory = await results(t);
  const out = join(directory, 'deep', 'page.html');
  await report([directory], {});
  await report([directory, `${directory}/`], {out});
  t.is(await readFile(out, 'utf8'), await readFile(join(directory, 'report.html'), 'utf8'));
});

test('--svg, --png and --csv write every figure that has something to show, the same bytes each time', async (t) => {
  const directory = await results(t);
  const at = (name: string) => join(directory, name);
  for (const again of ['', '2']) await report([directory], {svg: at(`svg${again}`), png: at(`png${again}`), csv: at(`csv${again}`)});
  const points = study(fivePatterns(), explanationsOf(fivePatterns()));
  const names = figures.filter((f) => f.draw(points, {width: 900})).map((f) => f.name);
  t.true(names.length >= 12);
  const both = names.flatMap((name) => [name, `${name}-column`]);
  for (const [kind, expected] of Object.entries({svg: both, png: both, csv: [...names, 'points']})) {
    t.deepEqual((await readdir(at(kind))).toSorted(), expected.map((name) => `${name}.${kind}`).toSorted());
    for (const name of expected) {
      const [first, second] = await Promise.all(['', '2'].map((again) => readFile(join(at(`${kind}${again}`), `${name}.${kind}`))));
      t.true(first!.equals(second!), `${name}.${kind}`);
      if (kind === 'png') t.is(first!.toString('latin1', 1, 4), 'PNG');
    }
  }
});

test('--theme dark colours the PNG files for dark paper, and nothing else', async (t) => {
  const directory = await results(t);
  const at = (name: string) => join(directory, name);
  await report([directory], {png: at('light'), svg: at('svg-light'), theme: 'light'});
  await report([directory], {png: at('dark'), svg: at('svg-dark'), theme: 'dark'});
  const files = async (folder: string) => Promise.all((await readdir(at(folder))).toSorted().map((name) => readFile(join(at(folder), name))));
  const [bright, dark] = await Promise.all(['light', 'dark'].map(files));
  t.is(bright!.length, dark!.length);
  bright!.forEach((file, i) => t.false(file.equals(dark![i]!)));
  t.deepEqual(await files('svg-light'), await files('svg-dark'));
});

test('--watch shows what a run has so far, its last line half written, and ends with it', async (t) => {
  const directory = await results(t);
  const [done, partial] = ['results.jsonl', 'results.partial.jsonl'].map((name) => join(directory, name));
  const lines = (await readFile(done!, 'utf8')).trim().split('\n');
  await writeFile(partial!, `${lines.slice(0, 2).join('\n')}\n${lines[2]!.slice(0, 100)}`);
  const out = join(directory, 'report.html');
  const watching = report([directory], {watch: true});
  while (!(await readFile(out, 'utf8').catch(() => '')).includes('</html>')) await setTimeout(50);
  const early = await readFile(out, 'utf8');
  t.regex(early, /http-equiv="refresh"/);
  t.regex(early, /2 points/);
  await rm(partial!);
  await watching;
  t.notRegex(await readFile(out, 'utf8'), /http-equiv="refresh"/);
});

test('no directory, and a page that cannot be written, are told in a sentence', async (t) => {
  await t.throwsAsync(report([], {}), {instanceOf: BadReport, message: /name at least one results directory/});
  const directory = await results(t);
  await t.throwsAsync(report([directory], {out: directory}), {instanceOf: BadReport, message: /cannot be written: /});
});
