import test from 'ava';
import {csv} from './csv.ts';

test('a header, a line a datum, and numbers in full', (t) => t.is(csv([{a: 1 / 3, b: 'x'}, {a: 2}]), 'a,b\n0.3333333333333333,x\n2,\n'));

test('whatever a name holds, it stays one field, and no formula', (t) => {
  t.is(csv([{name: 'a,"b"\nc'}]), 'name\n"a,""b""\nc"\n');
  t.is(csv([{name: '=cmd()'}]), 'name\n"\'=cmd()"\n');
});

test('no data are a file without lines', (t) => t.is(csv([]), '\n'));
