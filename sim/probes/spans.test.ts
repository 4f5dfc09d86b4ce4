import test from 'ava';
import {Spans} from './spans.ts';

const told = ({start, end, what}: Spans) => start.map((from, i) => `${from}–${end[i]} ${what[i]}`);
const spans = (left = 100) => {
  const room = {left, leftOut: 0};
  return {room, row: new Spans(room)};
};

test('what goes on is one span, unless each is to be seen', (t) => {
  const {row} = spans();
  row.put(0, 1, 'issue');
  row.put(1, 2, 'issue');
  row.put(2, 10, 'MMA', true);
  row.put(10, 18, 'MMA', true);
  row.put(18, 18, 'nothing');
  t.deepEqual(told(row), ['0–2 issue', '2–10 MMA', '10–18 MMA']);
});

test('a warp that goes on before its pipe is done cuts the span short', (t) => {
  const {row} = spans();
  row.put(0, 10, 'MMA');
  row.endBy(7);
  row.put(7, 8, 'issue');
  t.deepEqual(told(row), ['0–7 MMA', '7–8 issue']);
});

test('what a cycle is charged to in the end takes the place of what it was charged to before', (t) => {
  const {row} = spans();
  row.put(0, 10, 'barrier');
  row.put(10, 20, 'wait');
  row.replace(4, 6, 'tensor_active');
  t.deepEqual(told(row), ['0–4 barrier', '4–6 tensor_active', '6–10 barrier', '10–20 wait']);
  row.replace(8, 25, 'selected');
  t.deepEqual(told(row), ['0–4 barrier', '4–6 tensor_active', '6–8 barrier', '8–25 selected']);
});

test('spans beyond the room are counted, not kept', (t) => {
  const {row, room} = spans(2);
  for (const what of ['a', 'b', 'c', 'd']) row.put(told(row).length * 10, told(row).length * 10 + 5, what);
  t.is(told(row).length, 2);
  t.is(room.leftOut, 2);
});
