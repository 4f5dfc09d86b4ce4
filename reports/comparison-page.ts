import type {Comparison} from './compare.ts';
import {micros, signed, three, times, whole} from './format.ts';
import {html, Html} from './html.ts';
import {reasonOf} from './reasons.ts';
import {style} from './style.ts';

export interface Titled extends Comparison {
  readonly title: string;
}

/** Comparisons as a page of its own, which needs nothing but itself. */
export function comparisonPage(before: string, after: string, comparisons: readonly Titled[]): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${before} against ${after}: tvwsim diff</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <p class="kicker">tvwsim diff</p>
            <h1>${before} → ${after}</h1>
          </header>
          ${comparisons.map(section)}
        </main>
      </body>
    </html> `.markup;
}

function section(comparison: Titled): Html {
  const {title, before, after, isSame, parameters, causes, metrics} = comparison;
  if (isSame)
    return html`<section>
      <h2>${title}</h2>
      <p>The same result: digest <code>${before.digest}</code>.</p>
    </section> `;
  return html`<section>
    <h2>${title}</h2>
    <p>
      ${micros(before.time_us)} → ${micros(after.time_us)}: ${times(before.time_us / after.time_us)} as fast; ${whole(before.cycles)} →
      ${whole(after.cycles)} SM cycles at ${whole(before.clock_mhz)} → ${whole(after.clock_mhz)} MHz.
    </p>
    ${grid(
      'Parameters that differ',
      ['Parameter', 'Before', 'After'],
      parameters.map((p) => [p.name, p.before, p.after]),
      3,
    )}
    ${grid(
      'SM cycles by cause',
      ['Cause', 'Change', 'Before', 'After', 'Meaning'],
      [
        ...causes.map((c) => [c.name, signed(c.after - c.before, whole), whole(c.before), whole(c.after), reasonOf(c.name).meaning]),
        ['all', signed(after.cycles - before.cycles, whole), whole(before.cycles), whole(after.cycles), ''],
      ],
      1,
      4,
    )}
    ${grid(
      'Metrics',
      ['Metric', 'Before', 'After'],
      metrics.map((m) => [m.name, three(m.before), three(m.after)]),
      1,
    )}
  </section> `;
}

/** A table; columns from `numbers` up to `words` hold numbers. */
function grid(title: string, heads: readonly string[], rows: readonly (readonly string[])[], numbers: number, words = heads.length): Html {
  const kind = (i: number) => (i >= numbers && i < words ? 'n' : 't');
  return html`<h3>${title}</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}">
      <table>
        <thead>
          <tr>
            ${heads.map((head, i) => html`<th class="${kind(i)}" scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="${kind(i)}">${cell}</td>`))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div> `;
}
