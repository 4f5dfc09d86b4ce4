import {html, type Html} from './html.ts';

/** A table in words: what stands over its columns, and rows whose first cell names them. A row of one cell heads those below it. */
export interface RowsTable {
  readonly name: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Markup of a table; the first column is text, the others are numbers. */
export function rowsTable({name, heads, rows}: RowsTable): Html {
  const [first, ...others] = heads;
  const body = rows.map(([head, ...cells]) =>
    cells.length === 0
      ? html`<tr class="group">
          <th colspan="${heads.length}" scope="rowgroup">${head}</th>
        </tr> `
      : html`<tr>
          <th scope="row">${head}</th>
          ${cells.map((cell) => html`<td class="n">${cell}</td>`)}
        </tr> `,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}">
    <table>
      <thead>
        <tr>
          <th scope="col">${first}</th>
          ${others.map((head) => html`<th class="n" scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}
