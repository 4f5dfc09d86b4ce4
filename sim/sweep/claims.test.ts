import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {Claims, lease, type Claim, type Holder} from './claims.ts';

function folder(t: ExecutionContext): string {
  const made = mkdtempSync(join(tmpdir(), 'tvwsim-'));
  t.teardown(() => rmSync(made, {recursive: true}));
  return made;
}
function run(t: ExecutionContext, directory: string): Claims {
  const claims = new Claims(directory);
  t.teardown(() => claims.close());
  return claims;
}
const isHeld = (got: ReturnType<Claims['take']>): boolean => 'holder' in got;
/** A claim of a run that is somewhere else, which gave its last sign so many seconds ago. */
function foreign(directory: string, name: string, seconds: number, holder: Partial<Holder> = {}): void {
  const path = join(directory, 'claims', name);
  writeFileSync(path, JSON.stringify({run: 'other', host: 'elsewhere', pid: 1, born: '1', ...holder}));
  const then = Date.now() / 1000 - seconds;
  utimesSync(path, then, then);
}

test('a point is one run’s until it is released', (t) => {
  const directory = folder(t);
  const [first, second] = [run(t, directory), run(t, directory)];
  const claim = first.take('p') as Claim;
  t.true(isHeld(second.take('p')));
  t.false(isHeld(second.take('q')));
  claim.release();
  t.false(isHeld(second.take('p')));
});

test('a run that ends gives up what it has, and leaves nothing behind', (t) => {
  const directory = folder(t);
  const [first, second] = [new Claims(directory), new Claims(directory)];
  first.take('p');
  first.close();
  t.false(isHeld(second.take('p')));
  second.close();
  t.false(existsSync(join(directory, 'claims')));
});

test('what a killed process has claimed is free at once', async (t) => {
  const directory = folder(t);
  const code = `const {Claims} = await import(${JSON.stringify(new URL('./claims.js', import.meta.url).href)});
    new Claims(${JSON.stringify(directory)}).take('p'); console.log('has it'); setInterval(() => 0, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
  await once(child.stdout, 'data');
  const mine = run(t, directory);
  t.true(isHeld(mine.take('p')));
  child.kill('SIGKILL');
  await once(child, 'exit');
  const claim = mine.take('p');
  t.false(isHeld(claim));
  (claim as Claim).release();
  const files = readdirSync(join(directory, 'claims'));
  t.deepEqual(
    files.filter((name) => !name.startsWith('run-')),
    [],
  );
});

test('a process that has the number of a dead one does not keep its claims', (t) => {
  const directory = folder(t);
  const mine = run(t, directory);
  const {holder} = run(t, directory).take('mine') && (mine.take('mine') as {holder: Holder});
  foreign(directory, 'p', 0, {...holder, run: 'older', born: '1'});
  t.is(isHeld(mine.take('p')), !existsSync('/proc/self/stat'));
});

test('a run of another machine keeps its claim until it has given no sign for a lease', (t) => {
  const directory = folder(t);
  const mine = run(t, directory);
  foreign(directory, 'p', lease.dead - 30);
  foreign(directory, 'q', lease.dead + 30);
  t.true(isHeld(mine.take('p')));
  t.false(isHeld(mine.take('q')));
});

test('of two runs that find the same dead claim one follows it', (t) => {
  const directory = folder(t);
  const [first, second] = [run(t, directory), run(t, directory)];
  foreign(directory, 'p', lease.dead + 30);
  const claim = first.take('p') as Claim;
  t.true(isHeld(second.take('p')));
  claim.release();
  t.false(isHeld(second.take('p')));
});

test('what another run was at when this one began is known', (t) => {
  const directory = folder(t);
  const first = run(t, directory);
  first.take('p');
  const second = run(t, directory);
  t.deepEqual(
    ['p', 'q'].map((name) => second.claimedBefore(name)),
    [true, false],
  );
});

test('a claim that nobody can read is free after a lease', (t) => {
  const directory = folder(t);
  const mine = run(t, directory);
  const path = join(directory, 'claims', 'p');
  writeFileSync(path, 'x');
  t.true(isHeld(mine.take('p')));
  utimesSync(path, 1, 1);
  t.false(isHeld(mine.take('p')));
});
