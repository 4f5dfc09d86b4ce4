import {createHash} from 'node:crypto';
import test from 'ava';
import {experiment, read} from './config/given.ts';
import {canonicalJson, pointDigest} from './point.ts';

test('the order of keys does not change the digest, a value does', (t) => {
  const digest = (text: string) => pointDigest(read({'e.yaml': text}).points[0]!);
  const lines = experiment({seed: '3'}).trimEnd().split('\n');
  t.is(digest(`${lines.join('\n')}\n`), digest(`${lines.reverse().join('\n')}\n`));
  t.not(digest(experiment({seed: '3'})), digest(experiment({seed: '4'})));
});
test('equal quantities in other units are equal points', (t) => {
  const gpu = (capacity: string) =>
    pointDigest(read({'e.yaml': experiment({gpu: `{extends: a100-pcie-80gb, name: x, l2: {capacity: ${capacity}}}`})}).points[0]!);
  t.is(gpu('20 MiB'), gpu('20480 KiB'));
});
test('canonical JSON sorts the keys at every depth and keeps the order of lists', (t) => {
  t.is(canonicalJson({b: [{d: 1, c: 2}, 3], a: null}), '{"a":null,"b":[{"c":2,"d":1},3]}');
});
test('a point’s digest is that of its canonical JSON', (t) => {
  const point = read({'e.yaml': experiment({sweep: '{gpu.l2.capacity: [20 MiB, 40 MiB]}'})}).points[1]!;
  t.is(pointDigest(point), createHash('sha256').update(canonicalJson(point)).digest('hex'));
});
