import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {chromium, type Browser, type Page} from 'playwright-core';
import {figures} from './figures/index.ts';
import {page as pageOf} from './page.ts';
import {explanationsOf, sweep} from './samples.ts';
import {study} from './study.ts';

/** The page in a real browser, opened from disk with the network off. Without a browser the tests say so and pass. */
const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/opt/google/chrome/chrome'];
const executablePath = places.find((place) => place !== undefined && existsSync(place));

const drawn = figures.filter((f) => f.draw(study(sweep(), explanationsOf(sweep())), {width: 900})).map((f) => f.name);
let browser: Browser | undefined;
let folder = '';
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tvwsim-browser-'));
  await writeFile(join(folder, 'report.html'), pageOf([{directory: 'out', results: sweep(), record: undefined, ...explanationsOf(sweep())}]));
  const evil = `</script><script>document.title='obeyed'</script>"'&😀${'x'.repeat(300)}`;
  const named = sweep().map((r) => ({
    ...r,
    workload: `${evil}${r.workload}`,
    gpu: evil,
    experiment: evil,
    pattern: {...r.pattern, label: `${evil}${r.pattern.label}`},
    ledger: {...r.ledger, [evil]: 0},
  }));
  await writeFile(join(folder, 'evil.html'), pageOf([{directory: evil, results: named, record: undefined, ...explanationsOf(named)}]));
  if (executablePath) browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
});
test.after.always(async () => {
  await browser?.close();
  await rm(folder, {recursive: true});
});

/** A test in a tab of its own; it fails for any error on the console and any request but the page itself. */
const inBrowser = test.macro(
  async (
    t,
    options: {readonly width?: number; readonly javaScriptEnabled?: boolean; readonly file?: string},
    act: (t: ExecutionContext, page: Page) => Promise<void>,
  ) => {
    if (!browser) {
      t.log(`not run: no browser at CHROMIUM=, ${places.slice(1).join(', ')}`);
      t.pass();
      return;
    }
    const {width = 1280, javaScriptEnabled = true, file = 'report.html'} = options;
    const context = await browser.newContext({viewport: {width, height: 900}, offline: true, javaScriptEnabled});
    const page = await context.newPage();
    const errors: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
    page.on('pageerror', (error) => void errors.push(error.message));
    page.on('request', (request) => void requests.push(request.url()));
    await page.goto(`file://${join(folder, file)}`);
    await act(t, page);
    t.deepEqual(errors, []);
    t.is(requests.length, 1);
    await context.close();
  },
);

test('every figure is there, and drawn', inBrowser, {}, async (t, page) => {
  t.deepEqual(await page.$$eval('figure', (all) => all.map((f) => f.id)), drawn);
  const heights = await page.$$eval('figure > svg.wide', (all) => all.map((svg) => svg.getBoundingClientRect().height));
  t.true(heights.every((height) => height > 60));
});

test('pointing at a bar shows its value; the arrow keys go from bar to bar', inBrowser, {}, async (t, page) => {
  await page.hover('#speedup svg.wide rect >> nth=-1');
  t.regex(await page.textContent('.tip').then(String), /µs/);
  await page.focus('#ledger svg.wide');
  await page.keyboard.press('ArrowRight');
  const first = await page.textContent('.tip');
  await page.keyboard.press('ArrowRight');
  t.not(await page.textContent('.tip'), first);
  t.regex(String(first), /cycles/);
  await page.keyboard.press('Escape');
  t.false(await page.isVisible('.tip'));
});

test('the filter leaves the rows that hold every word', inBrowser, {}, async (t, page) => {
  const seen = () =>
    page.$$eval('#points tbody tr:not(.group)', (rows) => rows.filter((row) => !(row as unknown as {hidden: boolean}).hidden).length);
  t.is(await seen(), 20);
  await page.fill('#filter', 'tvw 87.5 qkvo');
  t.is(await seen(), 2);
  t.is(await page.textContent('#left'), '2 of 20 points');
  await page.fill('#filter', 'nothing like it');
  t.is(await seen(), 0);
});

test('a point that is clicked is told in full, and two are compared', inBrowser, {}, async (t, page) => {
  await page.click('#points tbody tr:not(.group) >> nth=3 >> button');
  t.regex(String(await page.textContent('#told')), /^TVW 75 %: .*tensor_active/);
  await page.selectOption('#second', {index: 1});
  const told = String(await page.textContent('#told'));
  t.regex(told, /pattern\.type/);
  t.regex(told, /Change \(SM cycles\)/);
  await page.selectOption('#second', {index: 16});
  t.regex(String(await page.textContent('#told')), /different work/);
});

test('all that can be worked can be reached by the keyboard', inBrowser, {}, async (t, page) => {
  const reached = new Set<string>();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate('document.activeElement.id || document.activeElement.className || document.activeElement.tagName'));
  }
  for (const name of ['first', 'second', 'filter', 'pick', 'scroll', 'SUMMARY']) t.true(reached.has(name), `${name} in ${[...reached].join(' ')}`);
});

for (const width of [400, 1600]) {
  test(`at ${width} px nothing is wider than the window`, inBrowser, {width}, async (t, page) => {
    t.true((await page.evaluate<number>('document.documentElement.scrollWidth')) <= width);
    t.true(await page.isVisible(width < 720 ? '#speedup svg.narrow' : '#speedup svg.wide'));
  });
}

for (const width of [400, 720, 1600]) {
  test(`at ${width} px no text of a figure is cut off, and none lies on another`, inBrowser, {width}, async (t, page) => {
    const flaws = await page.evaluate<string[]>(`[...document.querySelectorAll('figure > svg')].flatMap((svg) => {
      const texts = [...svg.querySelectorAll('text')]
        .map((text) => ({says: svg.parentElement.id + ': ' + text.textContent.slice(0, 60), box: text.getBoundingClientRect()}))
        .filter(({box}) => box.width > 0);
      const cut = texts.filter(({box}) => box.left < -1 || box.right > innerWidth + 1).map(({says}) => says + ' is cut off');
      const over = texts.flatMap(({says, box}, i) => texts.slice(i + 1).flatMap((other) => {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        return across > 1.5 && down > 4 ? [says + ' lies on ' + other.says] : [];
      }));
      return [...cut, ...over];
    })`);
    t.deepEqual(flaws, []);
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [400, 1600]) {
    test(`what a figure writes stands out from what it lies on by 4.5 to 1, ${colorScheme}, at ${width} px`, inBrowser, {width}, async (t, page) => {
      await page.emulateMedia({colorScheme});
      await page.setViewportSize({width, height: await page.evaluate<number>('document.documentElement.scrollHeight')});
      const low = await page.evaluate<string[]>(`(() => {
        const parts = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return {rgb: [r, g, b], a}; };
        const over = (front, a, back) => front.map((v, i) => v * a + back[i] * (1 - a));
        const light = (rgb) => {
          const [r, g, b] = rgb.map((v) => { const s = v / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const paper = parts(getComputedStyle(document.body).backgroundColor).rgb;
        // What lies under the middle of a text, from the paper up; a halo is paper.
        const under = (text) => {
          const style = getComputedStyle(text);
          if (style.stroke !== 'none' && parseFloat(style.strokeWidth) > 2) return paper;
          const {left, top, width, height} = text.getBoundingClientRect();
          const marks = document.elementsFromPoint(left + width / 2, top + height / 2).filter((el) => /^(rect|path|circle)$/.test(el.tagName));
          return marks.toReversed().reduce((back, mark) => {
            const {fill, fillOpacity, opacity} = getComputedStyle(mark);
            if (fill === 'none') return back;
            const {rgb, a} = parts(fill);
            return over(rgb, a * Number(fillOpacity) * Number(opacity), back);
          }, paper);
        };
        return [...document.querySelectorAll('figure > svg text')].filter((text) => text.getBoundingClientRect().width > 0).flatMap((text) => {
          const style = getComputedStyle(text);
          const back = under(text);
          const {rgb, a} = parts(style.fill);
          const [x, y] = [light(over(rgb, a * Number(style.fillOpacity), back)), light(back)];
          const ratio = (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
          return ratio < 4.5 ? [text.closest('figure').id + ': ' + text.textContent.slice(0, 40) + ' ' + ratio.toFixed(2)] : [];
        });
      })()`);
      t.deepEqual([...new Set(low)], []);
    });
  }

  test(`text stands out from a ${colorScheme} page by 4.5 to 1`, inBrowser, {}, async (t, page) => {
    await page.emulateMedia({colorScheme});
    const low = await page.evaluate<string[]>(`(() => {
      const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((v) => { const s = v / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
      const light = (text) => { const [r, g, b] = rgb(text); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const paper = light(getComputedStyle(document.body).backgroundColor);
      return [...document.querySelectorAll('main p, main td, main th, main h1, main h2, figcaption, label, summary, button, li, code')].flatMap((el) => {
        const ink = light(getComputedStyle(el).color);
        const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
        return ratio < 4.5 ? [el.tagName + ' ' + ratio.toFixed(2)] : [];
      });
    })()`);
    t.deepEqual([...new Set(low)], []);
  });
}

test(
  'without scripts the page is complete: figures, table, and nothing that does not work',
  inBrowser,
  {javaScriptEnabled: false},
  async (t, page) => {
    t.is(await page.locator('figure').count(), drawn.length);
    t.is(await page.locator('#points tbody tr:not(.group)').count(), 20);
    t.false(await page.isVisible('#tools'));
    t.false(await page.isVisible('#point'));
  },
);

for (const width of [400, 1280]) {
  test(`names that are markup are read, not obeyed, and break no page of ${width} px`, inBrowser, {width, file: 'evil.html'}, async (t, page) => {
    t.not(await page.title(), 'obeyed');
    t.true((await page.evaluate<number>('document.documentElement.scrollWidth')) <= width);
    await page.selectOption('#second', {index: 2});
    t.regex(String(await page.textContent('#told')), /SM cycles/);
    t.true((await page.textContent('h1'))!.includes('<script>'));
  });
}
