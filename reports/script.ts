/**
 * What the page does where scripts run: values under the pointer or the arrow keys, a filter over the table, one point told in
 * full, two compared. Plain JavaScript, since it runs in the reader's browser; texts of results only ever become text nodes.
 */
export const script = `
'use strict';
(() => {
const data = JSON.parse(document.getElementById('data').textContent);
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const make = (tag, text, className) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
};
const whole = (value) => String(Math.round(value)).replace(/\\B(?=(\\d{3})+$)/g, '\\u202f');
const number = (value) => (Number.isInteger(value) ? whole(value) : Math.abs(value) >= 1000 ? whole(value) : String(Number(value.toPrecision(4))));
const signed = (value, say) => (value > 0 ? '+' : value < 0 ? '\\u2212' : '') + say(Math.abs(value));
const percent = (share) => (100 * share).toFixed(1) + '\\u00a0%';

// Values: under the pointer, or of one mark after another by the arrow keys.
const tip = make('div', '', 'tip');
tip.setAttribute('role', 'status');
tip.hidden = true;
document.body.append(tip);
const valueOf = (mark) => {
  const title = mark.querySelector(':scope > title');
  if (title) {
    mark.dataset.tip = title.textContent;
    title.remove();
  }
  return mark.dataset.tip;
};
const show = (text, x, y) => {
  tip.textContent = text;
  tip.hidden = false;
  const {width, height} = tip.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(x + 12, innerWidth - width - 4)) + 'px';
  tip.style.top = (y + 20 + height > innerHeight ? y - height - 10 : y + 18) + 'px';
};
document.addEventListener('pointermove', ({target, clientX, clientY}) => {
  const text = target.closest && target.closest('svg') && valueOf(target);
  if (text) show(text, clientX, clientY);
  else tip.hidden = true;
});
for (const picture of $$('figure > svg')) {
  picture.setAttribute('tabindex', '0');
  let at = -1;
  picture.addEventListener('keydown', (event) => {
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
    if (event.key === 'Escape') tip.hidden = true;
    if (!step) return;
    const marks = $$('*', picture).filter((mark) => mark.dataset.tip !== undefined || mark.querySelector(':scope > title'));
    if (marks.length === 0) return;
    event.preventDefault();
    at = (at + step + marks.length) % marks.length;
    const {left, top, width, height} = marks[at].getBoundingClientRect();
    show(valueOf(marks[at]), left + width / 2, top + height / 2);
  });
  picture.addEventListener('blur', () => (tip.hidden = true));
}

// The filter: rows that hold every word.
const tools = $('#tools');
tools.hidden = false;
const rows = $$('#points tbody tr:not(.group)');
const texts = rows.map((row) => (row.textContent + ' ' + (data.points[row.dataset.point]?.group ?? '')).toLowerCase());
const filter = $('#filter');
const sift = () => {
  const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let left = 0;
  rows.forEach((row, i) => {
    row.hidden = !words.every((word) => texts[i].includes(word));
    if (!row.hidden) left++;
  });
  for (const heading of $$('#points tr.group')) heading.hidden = !$$('tr:not(.group)', heading.parentNode).some((row) => !row.hidden);
  $('#left').textContent = words.length > 0 ? left + ' of ' + rows.length + ' points' : '';
};
filter.addEventListener('input', sift);

// One point in full, or two beside each other.
const [first, second] = [$('#first'), $('#second')];
data.points.forEach((point, i) => {
  for (const select of [first, second]) {
    const option = make('option', point.group ? point.name + ', ' + point.group : point.name);
    option.value = i;
    select.append(option);
  }
});
const table = (heads, lines, numbers) => {
  const made = make('table');
  const head = make('tr');
  heads.forEach((text, i) => head.append(make('th', text, numbers.includes(i) ? 'n' : 't')));
  made.append(make('thead'));
  made.firstChild.append(head);
  const body = make('tbody');
  for (const line of lines) {
    const row = make('tr');
    line.forEach((cell, i) => row.append(cell instanceof Node ? cell : make(i === 0 ? 'th' : 'td', cell, numbers.includes(i) ? 'n' : 't')));
    body.append(row);
  }
  made.append(body);
  const scroll = make('div', undefined, 'scroll');
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', heads[0]);
  scroll.append(made);
  return scroll;
};
const bar = (value, most, fill) => {
  const cell = make('td', undefined, 'bar');
  const filled = make('div');
  filled.style.width = (100 * Math.abs(value)) / Math.max(1, most) + '%';
  filled.style.background = fill;
  cell.append(filled);
  return cell;
};
const ledgerOf = (point) => data.reasons.map((reason, i) => ({...reason, cycles: point.ledger[i]}));
const one = (point) => {
  const lines = ledgerOf(point).filter((r) => r.cycles > 0).sort((a, b) => b.cycles - a.cycles);
  const most = Math.max(...lines.map((r) => r.cycles));
  return [
    make('p', point.sentence),
    table(
      ['Reason', 'SM cycles', 'Share', '', 'Meaning'],
      [
        ...lines.map((r) => [r.name, whole(r.cycles), percent(r.cycles / point.cycles), bar(r.cycles, most, r.fill), r.meaning]),
        ['all', whole(point.cycles), '', '', ''],
      ],
      [1, 2],
    ),
    table(['Metric', 'Value', 'Unit', 'Meaning'], data.metrics.flatMap((m, i) => (point.metrics[i] === null ? [] : [[m.name, number(point.metrics[i]), m.unit, m.meaning]])), [1]),
  ];
};
const two = (a, b) => {
  const causes = ledgerOf(a).map((r, i) => ({...r, after: b.ledger[i], change: b.ledger[i] - r.cycles}));
  const ranked = causes.filter((c) => c.change !== 0).sort((x, y) => Math.abs(y.change) - Math.abs(x.change));
  const most = Math.max(1, ...ranked.map((c) => Math.abs(c.change)));
  const names = [...new Set([...Object.keys(a.parameters), ...Object.keys(b.parameters)])].filter((n) => a.parameters[n] !== b.parameters[n]);
  const metrics = data.metrics.flatMap((m, i) => (a.metrics[i] === b.metrics[i] || a.metrics[i] === null || b.metrics[i] === null ? [] : [[m.name, number(a.metrics[i]), number(b.metrics[i]), m.unit]]));
  if (a.shape !== b.shape) return [make('p', 'These two do different work (' + a.shape + ' and ' + b.shape + '): cycles of one say nothing about the other.')];
  if (ranked.length + names.length + metrics.length === 0) return [make('p', 'The same result.')];
  return [
    make('p', number(a.time_us) + ' µs → ' + number(b.time_us) + ' µs: ' + (a.time_us / b.time_us).toFixed(2) + '× as fast; ' + whole(a.cycles) + ' → ' + whole(b.cycles) + ' SM cycles.'),
    table(['Parameter', 'Before', 'After'], names.map((n) => [n, a.parameters[n] ?? '–', b.parameters[n] ?? '–']), []),
    table(
      ['Cause', 'Change (SM cycles)', 'Before', 'After', '', 'Meaning'],
      [
        ...ranked.map((c) => [c.name, signed(c.change, whole), whole(c.cycles), whole(c.after), bar(c.change, most, c.fill), c.meaning]),
        ['all', signed(b.cycles - a.cycles, whole), whole(a.cycles), whole(b.cycles), '', ''],
      ],
      [1, 2, 3],
    ),
    table(['Metric', 'Before', 'After', 'Unit'], metrics, [1, 2]),
  ];
};
const render = () => {
  const [a, b] = [data.points[first.value], second.value === '' ? undefined : data.points[second.value]];
  $('#told').replaceChildren(...(b ? two(a, b) : one(a)));
};
for (const select of [first, second]) select.addEventListener('change', render);
for (const row of rows) {
  const name = $('th', row);
  const button = make('button', name.textContent, 'pick');
  button.type = 'button';
  button.title = 'Show this point in full';
  button.addEventListener('click', () => {
    first.value = row.dataset.point;
    second.value = '';
    render();
    $('#told').scrollIntoView({block: 'nearest'});
  });
  name.replaceChildren(button);
}
$('#point').hidden = false;
render();
})();
`;
