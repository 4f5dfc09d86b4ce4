import test from 'ava';
import {choice, count, fraction, list, mapping, objectOf, quantity, required, table, text, type Parameter, type Parameters} from './parameter.ts';

const read = (parameters: Parameters, value: unknown) => objectOf(parameters)().parse(value);
const messages = (parameter: Parameter<unknown>, value: unknown) => {
  const result = parameter.schema().safeParse(value);
  return result.success ? [] : result.error.issues.map(({message}) => message);
};

test('a quantity is read into base units, and a default needs no unit', (t) => {
  const parameters = {capacity: quantity('B', 'size'), latency: quantity('clk', 'wait', {default: 88})};
  t.deepEqual(read(parameters, {capacity: '1.5 KiB'}), {capacity: 1536, latency: 88});
});
test('a box without defaults wants every parameter', (t) => {
  const parameters = required({ways: count('associativity', {default: 16})});
  t.false(objectOf(parameters)().safeParse({}).success);
  t.deepEqual(read(parameters, {ways: 8}), {ways: 8});
});
test('a parameter may be stricter, or laxer, than its unit', (t) => {
  t.deepEqual(messages(quantity('B', 'line', {max: 128}), '1 KiB'), ['a value of at most 128 B']);
  t.deepEqual(messages(quantity('B', 'reserve', {min: 0}), '0 B'), []);
});
test('each message is the noun phrase of what was expected', (t) => {
  t.deepEqual(messages(count('n', {max: 8}), 9), ['a whole number of at most 8']);
  t.deepEqual(messages(count('n', {max: 8}), undefined), ['a whole number from 1 to 8']);
  t.deepEqual(messages(fraction('share'), 75), ['a share from 0 to below 1']);
  t.deepEqual(messages(choice(['warm', 'cold'], 'state'), 'hot'), ['one of warm, cold']);
  t.deepEqual(messages(list(count('n'), 'extents', {length: 2}), [1]), ['a list of 2, each a whole number of at least 1']);
  t.deepEqual(messages(text('name'), ''), ['a text that is not empty']);
});
test('values are written as they would be read', (t) => {
  const rows = table({shape: text('shape'), interval: quantity('clk', 'issue')}, 'instructions');
  t.is(rows.format([{shape: 'm16n8k16', interval: 2}]), '[{shape: m16n8k16, interval: 2 clk}]');
  t.is(mapping({capacity: quantity('B', 'size')}, 'cache').format({capacity: 40 * 2 ** 20}), '{capacity: 40 MiB}');
});
