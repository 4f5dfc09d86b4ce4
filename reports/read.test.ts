import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {schema} from '../sim/stats/result.ts';
import {BadReport, readRun} from './read.ts';
import {explanationsOf, fivePatterns} from './samples.ts';

const good = fivePatterns().map((r) => JSON.stringify(r));

async function holding(t: ExecutionContext, files: {readonly [name: string]: string}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tvwsim-read-'));
  t.teardown(() => rm(directory, {recursive: true}));
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return directory;
}

test('what was written is read, in order, with or without a last line feed', async (t) => {
  for (const end of ['\n', '']) {
    const {results, record} = await readRun(await holding(t, {'results.jsonl': good.join('\n') + end}));
    t.deepEqual(results, fivePatterns());
    t.is(record, undefined);
  }
});

test('a line separator within a name does not end the line', async (t) => {
  const odd = {...fivePatterns()[0]!, workload: 'a\u2028b'};
  const {results} = await readRun(await holding(t, {'results.jsonl': `${JSON.stringify(odd)}\n`}));
  t.is(results[0]!.workload, 'a\u2028b');
});

test('lines longer than a read of the disk are put together', async (t) => {
  const long = {...fivePatterns()[0]!, warnings: ['ß😀'.repeat(50_000)]};
  const {results} = await readRun(await holding(t, {'results.jsonl': `${JSON.stringify(long)}\n${good[1]}\n`}));
  t.is(results.length, 2);
  t.is(results[0]!.warnings[0], long.warnings[0]);
});

test('the account of the run is read where there is one', async (t) => {
  const record = {experiment_file: 'q.yaml', yaml: 'name: q\n', command: 'tvwsim run q.yaml', version: '0.1.0', node: 'v20.20.2'};
  const run = await readRun(await holding(t, {'results.jsonl': good[0]!, 'run.json': JSON.stringify(record)}));
  t.deepEqual(run.record, record);
});

const {waterfalls, timelines} = explanationsOf(fivePatterns());

test('waterfalls and timelines are read where they lie beside the results', async (t) => {
  const jsonl = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const run = await readRun(await holding(t, {'results.jsonl': good[0]!, 'waterfall.jsonl': jsonl(waterfalls), 'timeline.jsonl': jsonl(timelines)}));
  t.deepEqual([run.waterfalls, run.timelines], [waterfalls, timelines]);
});

const changed = (change: object) => JSON.stringify({...fivePatterns()[1]!, ...change});

/** A sentence, the files, and what the message must say. */
const bad: readonly (readonly [string, {readonly [name: string]: string}, RegExp])[] = [
  ['a directory without results says who writes them', {}, /results\.jsonl: not found; `tvwsim run/],
  ['an empty file holds no result', {'results.jsonl': ''}, /results\.jsonl: holds no result/],
  [
    'a line that is cut short is told from one that is wrong',
    {'results.jsonl': `${good[0]}\n${good[1]!.slice(0, 300)}`},
    /results\.jsonl:2: the last line is cut short/,
  ],
  ['what is not JSON is quoted', {'results.jsonl': `${good[0]}\npattern,time\n${good[1]}\n`}, /results\.jsonl:2: not JSON; .*pattern,time/],
  ['an empty line is named as one', {'results.jsonl': `${good[0]}\n\n`}, /results\.jsonl:2: not JSON; .*\(empty line\)/],
  [
    'a newer schema asks for a newer tvwsim',
    {'results.jsonl': `${good[0]}\n${changed({schema: schema + 1})}\n`},
    /results\.jsonl:2: schema 2 is newer than this tvwsim reads \(1\)/,
  ],
  ['a missing field is named', {'results.jsonl': `${changed({time_us: undefined})}\n`}, /results\.jsonl:1: not a result: time_us: /],
  [
    'a metric that is no number is named',
    {'results.jsonl': `${changed({metrics: {'tvw.sparsity': null}})}\n`},
    /results\.jsonl:1: not a result: metrics\.tvw\.sparsity: /,
  ],
  ['JSON that is no object is no result', {'results.jsonl': 'null\n'}, /results\.jsonl:1: not a result: the line: /],
  [
    'a ledger must add up',
    {'results.jsonl': `${changed({ledger: {idle: 7}})}\n`},
    /results\.jsonl:1: not a result: its ledger adds up to 7 cycles, not to \d+/,
  ],
  [
    'a waterfall whose bars do not add up is refused',
    {'results.jsonl': good[0]!, 'waterfall.jsonl': JSON.stringify({...waterfalls[0], bars: []})},
    /waterfall\.jsonl:1: .*do not add up/,
  ],
  [
    'a waterfall of a newer schema asks for a newer tvwsim',
    {'results.jsonl': good[0]!, 'waterfall.jsonl': JSON.stringify({...waterfalls[0], schema: 3})},
    /waterfall\.jsonl:1: schema 3 is newer/,
  ],
  [
    'a waterfall of an older schema asks for another run',
    {'results.jsonl': good[0]!, 'waterfall.jsonl': JSON.stringify({...waterfalls[0], schema: 1})},
    /waterfall\.jsonl:1: schema 1 is older .*run again with --waterfall/,
  ],
  [
    'a timeline with a list that is too short is refused',
    {'results.jsonl': good[0]!, 'timeline.jsonl': JSON.stringify({...timelines[0], end: []})},
    /timeline\.jsonl:1: .*differ in length/,
  ],
  [
    'SMs whose cycles are no numbers are refused',
    {'results.jsonl': JSON.stringify({...JSON.parse(good[0]!), ledger_by_sm: {reasons: ['tail'], rows: [['x']]}})},
    /results\.jsonl:1: not a result: ledger_by_sm\.rows: /,
  ],
  ['a spoilt run.json can be done without', {'results.jsonl': good[0]!, 'run.json': '{'}, /run\.json: not JSON; delete it/],
  [
    'an incomplete run.json says what it lacks',
    {'results.jsonl': good[0]!, 'run.json': '{}'},
    /run\.json: not the account of a run: experiment_file: /,
  ],
];

for (const [sentence, files, message] of bad) {
  test(sentence, async (t) => {
    const directory = await holding(t, files);
    await t.throwsAsync(readRun(directory), {instanceOf: BadReport, message});
  });
}

test('a page keeps the SMs of so many results apart, and every result; who asks for a point gets all of it', async (t) => {
  const many = Array.from({length: 2100}, (_, i) => JSON.stringify({...JSON.parse(good[0]!), digest: `${i}`})).join('\n');
  const directory = await holding(t, {'results.jsonl': many});
  const smsOf = async (drawn: boolean) => (await readRun(directory, {drawn})).results.map((r) => r.ledger_by_sm.rows.length);
  const [page, whole] = [await smsOf(true), await smsOf(false)];
  t.deepEqual([page.length, page[0], page.at(-1)], [2100, whole[0], 0]);
  t.true(whole.every((sms) => sms > 0));
});

test('a directory that is not there, or is a file, is refused by name', async (t) => {
  const directory = await holding(t, {'a.txt': ''});
  await t.throwsAsync(readRun(join(directory, 'none')), {instanceOf: BadReport, message: /none: no such directory/});
  await t.throwsAsync(readRun(join(directory, 'a.txt')), {instanceOf: BadReport, message: /a\.txt: not a directory/});
});
