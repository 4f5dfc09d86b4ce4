import {createHash} from 'node:crypto';
import test from 'ava';
import {parseHTML} from 'linkedom';
import {figures} from './figures/index.ts';
import {drawable, page} from './page.ts';
import type {Run} from './read.ts';
import {explanationsOf, fivePatterns, sweep, unmeasured} from './samples.ts';
import {study} from './study.ts';

const yaml = 'name: quickstart\ngpu: a100-pcie-80gb\n';
const record = {
  experiment_file: 'quickstart.yaml',
  yaml,
  command: 'tvwsim run quickstart.yaml --out q',
  version: '0.1.0',
  node: 'v20.20.2',
  date: '2026-11-20',
};
const runOf = (results: Run['results'], known = true): Run => ({
  directory: 'out/q',
  results,
  record: known ? record : undefined,
  ...explanationsOf(results),
});

interface Element {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

function parsed(markup: string): (selector: string) => readonly Element[] {
  const document = parseHTML(markup).document as unknown as Element;
  return (selector) => [...document.querySelectorAll(selector)];
}

/** Texts as they are read, with plain spaces. */
const read = (elements: readonly Element[]) => elements.map((e) => e.textContent.replace(/[\s\u202f]+/g, ' ').trim());

test('a page opens with what came out, in sentences', (t) => {
  const [first, why, second] = read(parsed(page([runOf(fivePatterns())]))('.summary p'));
  t.regex(
    first!,
    /^On a100-pcie-80gb, TVW 87\.5 % runs ffn2 in 64\.3 µs: 3\.91× dense\. 80 % of the dense kernel’s global loads were never made; the weights in registers are packed 1\.78×\. /,
  );
  t.regex(
    first!,
    /at work in 20 % of the SM cycles; it is bound by DRAM, at 68 % of the peak; the largest loss, 20 %, is long_scoreboard: data from L2 or DRAM were outstanding\.$/,
  );
  t.regex(
    why!,
    /^By ablation against dense, what makes it faster is pruned rows and columns \(−101 µs\), n:m multiplications .*; what holds it back is waves and tail \(\+/,
  );
  t.is(second, 'Against the same dense kernel: TVW 75 % 2.56×, TW 75 % 2.29×, 2:4 1.59×.');
});

test('every figure stands in the page, numbered, at two widths, over a caption', (t) => {
  const find = parsed(page([runOf(sweep())]));
  const points = study(sweep(), explanationsOf(sweep()));
  const drawn = figures.filter((f) => f.draw(points, {width: 900})).map((f) => f.name);
  t.true(drawn.length > 14);
  t.deepEqual(
    find('figure').map((f) => f.getAttribute('id')),
    drawn,
  );
  t.is(find('figure > svg.wide').length, drawn.length);
  t.is(find('figure > svg.narrow').length, drawn.length);
  read(find('figcaption')).forEach((caption, i) => t.true(caption.startsWith(`Figure ${i + 1}. `)));
});

test('the table holds every point with its numbers', (t) => {
  const rows = read(parsed(page([runOf(fivePatterns())]))('#points tbody tr'));
  t.is(rows.length, 5);
  t.regex(rows[3]!, /^TVW 75 % ?98\.1 ?2\.56× ?135 360 ?1 410 ?55 % ?1\.78× ?34 % ?0\.0882 ?128×128×64, 3 stages ?–$/);
  t.regex(rows[2]!, /the last wave is 39 % full$/);
});

test('layers of a network are added up in a table of their own, and where there are none there is no table', (t) => {
  const layered = (network: string) =>
    fivePatterns({workload: `${network}/ffn`}).map((r) => ({...r, network, count: 12, digest: `${network}${r.digest}`}));
  const rows = read(parsed(page([{...runOf(fivePatterns()), results: [...layered('bert'), ...layered('nmt')]}]))('#networks tbody tr'));
  t.is(rows[0], 'bert: 12 GEMMs, 1 simulated');
  t.regex(rows[3]!, /^TW 75 % ?1\.32 ?2\.29×/);
  t.is(rows[12], 'Mean speed-up of 2 networks');
  t.regex(rows[15]!, /^TW 75 % ?2\.29×/);
  t.is(parsed(page([runOf(fivePatterns())]))('#networks').length, 0);
});

test('what was measured is compared in a table, and where nothing was there is none', (t) => {
  const rows = read(parsed(page([runOf(fivePatterns())]))('#errors tbody tr'));
  t.regex(rows[0]!, /^all ?5 ?4\.8/);
  t.true(rows.some((row) => row.startsWith('TVW 75 % over dense')));
  t.is(parsed(page([{...runOf(fivePatterns()), results: unmeasured(fivePatterns())}]))('#errors').length, 0);
});

test('a figure with too many bars shows whole groups and says what it left out', (t) => {
  const many = Array.from({length: 30}, (_, i) => fivePatterns({axes: {'gpu.l2.capacity': `${i + 1} MiB`}})).flat();
  t.is(drawable(study(many)).length, 100);
  const find = parsed(page([runOf(many)]));
  t.regex(read(find('figcaption'))[0]!, /Shown are the first 100 of 150 points; the table holds all\./);
  t.is(find('#points tbody tr:not(.group)').length, 150);
});

test('of very many points the table and the chooser hold the first, and the page says where all are', (t) => {
  const many = Array.from({length: 500}, (_, i) => fivePatterns({axes: {'gpu.l2.capacity': `${i + 1} KiB`}})).flat();
  const markup = page([{...runOf(fivePatterns()), results: many}]);
  const find = parsed(markup);
  t.is(find('#points tbody tr:not(.group)').length, 2000);
  t.regex(read(find('#points .note'))[0]!, /^The first 2 000 of 2 500 points; tvwsim report --csv DIR writes all of them to points\.csv\.$/);
  t.true(markup.length < 15e6);
});

test('the page tells how to make it again', (t) => {
  const find = parsed(page([runOf(fivePatterns())]));
  t.deepEqual(
    find('pre').map((e) => e.textContent),
    [record.command, yaml],
  );
  t.deepEqual(
    read(find('.digests code')),
    fivePatterns().map((r) => r.digest),
  );
  t.regex(read(find('.provenance p'))[0]!, /^5 results from out\/q, made by tvwsim 0\.1\.0, Node v20\.20\.2, 2026-11-20\.$/);
});

test('without run.json the page says that it does not know', (t) =>
  t.regex(page([runOf(fivePatterns(), false)]), /There is no run\.json beside them/));

test('the page asks for nothing, and runs its own script and no other', (t) => {
  const markup = page([runOf(sweep())]);
  t.notRegex(markup.replace(/<script.*<\/script>/s, ''), /https?:|url\(|@import|<script|<link|<img|<iframe|src=|href=/);
  const [, json, code] = /<script type="application\/json" id="data">(.*?)<\/script>\s*<script>(.*)<\/script>/s.exec(markup)!;
  const hash = createHash('sha256').update(code!).digest('base64');
  t.true(markup.includes(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-${hash}&#39;`));
  t.is((JSON.parse(json!) as {points: unknown[]}).points.length, 20);
  t.notRegex(code!, /innerHTML|eval|fetch|XMLHttp|import\(/);
});

test('without scripts nothing is there that only scripts can work', (t) => {
  const find = parsed(page([runOf(sweep())]));
  t.true(find('input, select').length > 0);
  for (const selector of ['#tools', '#point']) t.not(find(selector)[0]!.getAttribute('hidden'), null);
});

test('the same results give the same page', (t) => t.is(page([runOf(sweep())]), page([runOf(sweep())])));

test('names are shown, whatever is in them, and never obeyed', (t) => {
  const evil = `</title></style><script>alert(1)</script><img src=x onerror="alert(2)">'&😀\u0000\u202e${'x'.repeat(300)}`;
  const results = fivePatterns({workload: evil, gpu: evil, axes: {[evil]: evil}}).map((r) => ({
    ...r,
    experiment: evil,
    dtype: evil,
    pattern: {...r.pattern, label: `${evil}${r.pattern.type}`},
    ledger: {...r.ledger, tensor_active: 0, [evil]: r.ledger['tensor_active']!},
    warnings: [evil],
  }));
  const markup = page([{...runOf(results), directory: evil, record: {...record, yaml: evil, command: evil, experiment_file: evil}}]);
  t.notRegex(markup, /<img/);
  t.is([...markup.matchAll(/<script/g)].length, 2);
  t.false(['\u0000', '\u202e'].some((c) => markup.includes(c)));
  const find = parsed(markup);
  t.is(find('script').length, 2);
  t.is(find('img').length, 0);
  t.true(find('pre').every((e) => e.textContent.includes('<script>alert(1)</script>')));
  t.true(find('svg title').some((e) => e.textContent.includes('<script>alert(1)</script>')));
});
