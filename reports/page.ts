import {createHash} from 'node:crypto';
import type {Figure} from './figure.ts';
import {figures} from './figures/index.ts';
import {brief, plain, whole} from './format.ts';
import {html, Html} from './html.ts';
import {errorsSection, totalsSection} from './overall.ts';
import {pageData} from './page-data.ts';
import {provenance} from './provenance.ts';
import {pointsOf, type Run} from './read.ts';
import {script} from './script.ts';
import {groupsOf, type Point} from './study.ts';
import {style} from './style.ts';
import {summary} from './summary.ts';
import {markupOf} from './svg.ts';
import {table} from './table.ts';
import {widths} from './theme.ts';

/** A figure holds so many bars and stays a figure; the table holds all. */
const most = 100;
/** The table and the chooser hold so many points; a file of data holds all. */
const listed = 2000;

/** The whole report: one page that needs nothing but itself. The same runs give the same bytes. `refresh`: it is loaded anew after so many seconds. */
export function page(runs: readonly Run[], {refresh}: {readonly refresh?: number} = {}): string {
  const points = pointsOf(runs);
  const drawn = drawable(points);
  const sections = figures.flatMap((figure) => section(figure, drawn, points.length) ?? []);
  const title = `${experiments(points)}: tvwsim report`;
  const shown = points.slice(0, listed);
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        ${refresh === undefined ? undefined : html`<meta http-equiv="refresh" content="${refresh}" />`}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <p class="kicker">tvwsim report</p>
            <h1>${experiments(points)}</h1>
            <p class="scope">${scope(points)}</p>
          </header>
          <section class="summary">${summary(points).map((sentence) => html`<p>${sentence}</p> `)}</section>
          ${totalsSection(points)} ${errorsSection(points)}
          ${sections.map(
            (body, i) =>
              html`<figure id="${body.name}">
                <h2>${body.title}</h2>
                ${body.pictures}
                <figcaption><b>Figure ${i + 1}.</b> ${body.caption}${body.terms}</figcaption>
              </figure> `,
          )}
          ${chooser}
          <section id="points">
            <h2>All points</h2>
            ${filter}${
              shown.length < points.length
                ? html`<p class="note">
                    The first ${whole(shown.length)} of ${whole(points.length)} points; <code>tvwsim report --csv DIR</code> writes all of them to
                    points.csv.
                  </p>`
                : undefined
            }
            ${table(shown)}
            <p class="note">
              Time: of one kernel, launch gap included. Speed-up: over dense on the same GPU and settings. Loads skipped: share of the dense kernel’s
              global loads that was not made. Register compression: bytes of the condensed weight tiles without n:m over bytes as stored. Tensor
              active: share of the SM cycles. DRAM: read and written.
            </p>
          </section>
          ${provenance(runs)}
        </main>
        ${scripts(shown)}
      </body>
    </html> `.markup;
}

/** Kept from the formatter's hands: the policy's hash is of these very bytes. */
const scripts = (points: readonly Point[]): Html =>
  new Html(`<script type="application/json" id="data">${pageData(points)}</script><script>${script}</script>`);

/** One point in full, or two compared: for readers whose browser runs scripts. */
const chooser = html`<section id="point" hidden>
  <h2>One point in full, or two compared</h2>
  <p class="tools">
    <label
      >Point
      <select id="first"></select
    ></label>
    <label
      >compared with
      <select id="second">
        <option value="">nothing</option>
      </select></label
    >
  </p>
  <div id="told" aria-live="polite"></div>
</section> `;

const filter = html`<p class="tools" id="tools" hidden>
  <label>Filter <input id="filter" type="search" placeholder="words a row must hold" autocomplete="off" /></label>
  <span id="left" role="status"></span>
</p> `;

/** The points that the figures show: whole groups, from the first, as long as there is room. */
export function drawable(points: readonly Point[]): readonly Point[] {
  let room = most;
  return groupsOf(points).flatMap((members, i) => {
    room -= members.length;
    return room >= 0 ? members : i === 0 ? members.slice(0, most) : [];
  });
}

function section(figure: Figure, points: readonly Point[], all: number) {
  const wide = figure.draw(points, {width: widths.wide});
  const narrow = figure.draw(points, {width: widths.narrow});
  if (!wide || !narrow) return undefined;
  for (const picture of [wide, narrow]) picture.setAttribute('aria-label', figure.title);
  wide.setAttribute('class', 'wide');
  narrow.setAttribute('class', 'narrow');
  const leftOut = figure.leftOut(points);
  const left =
    leftOut > 0
      ? ` The first are shown; ${leftOut} more are in the file that --csv writes.`
      : points.length < all
        ? ` Shown are the first ${points.length} of ${all} points; the table holds all.`
        : '';
  const terms = figure.terms(points);
  return {
    name: figure.name,
    title: figure.title,
    pictures: new Html(`${markupOf(wide)}\n${markupOf(narrow)}`),
    caption: `${figure.caption}${left}`,
    terms:
      terms.length > 0
        ? html`<span class="terms">${terms.map(({term, meaning}) => html` <span><code>${term}</code>: ${meaning}.</span>`)}</span>`
        : undefined,
  };
}

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)];
const experiments = (points: readonly Point[]): string => brief(distinct(points.map(({result}) => plain(result.experiment))).join(', '), 120);

/** What was simulated, in a line: workload, GPU, type, fidelity, points. */
function scope(points: readonly Point[]): string {
  const of = (say: (point: Point) => string): string => {
    const values = distinct(points.map(say));
    return values.length > 4 ? `${values.slice(0, 3).join(', ')} and ${values.length - 3} more` : values.join(', ');
  };
  return [
    of(({result: r}) => `${brief(r.workload)} (M ${whole(r.m)}, N ${whole(r.n)}, K ${whole(r.k)})`),
    of((p) => brief(p.result.gpu)),
    of((p) => p.result.dtype),
    `fidelity ${of((p) => p.result.fidelity)}`,
    points.length === 1 ? '1 point' : `${points.length} points`,
  ].join(' · ');
}
