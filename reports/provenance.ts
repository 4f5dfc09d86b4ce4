import {html, type Html} from './html.ts';
import type {Run, RunRecord} from './read.ts';

/** What made the results, so that they can be made again: the command, the experiment as written, versions and digests. */
export function provenance(runs: readonly Run[]): Html {
  return html`<section class="provenance">
    <h2>Where this comes from</h2>
    ${runs.map((run) => html`${account(run)}${digests(run)}`)}
  </section>`;
}

function account({directory, record, results}: Run): Html {
  const lines = `${results.length} ${results.length === 1 ? 'result' : 'results'} from ${directory}`;
  if (!record) return html`<p>${lines}. There is no run.json beside them, so the command and the experiment that made them are not known.</p> `;
  const made = [`tvwsim ${record.version}`, `Node ${record.node}`, ...(record.date === undefined ? [] : [record.date])].join(', ');
  return html`<p>${lines}, made by ${made}.</p>
    <pre class="command">${record.command}</pre>
    <p>The experiment, ${record.experiment_file}:</p>
    <pre>${record.yaml}</pre>
    ${record.parameters?.map(sources)}${record.failures && unfinished(record.failures)}`;
}

/** A hardware file with the source of every value. */
const sources = ({file, text}: NonNullable<RunRecord['parameters']>[number]): Html =>
  html`<details>
    <summary>Values of the hardware and their sources, ${file}</summary>
    <pre>${text}</pre>
  </details> `;

function unfinished(failures: NonNullable<RunRecord['failures']>): Html {
  return html`<p>Points that failed, and are missing above:</p>
    <ul>
      ${failures.map(({point, reason}) => html`<li>${point}: ${reason}</li> `)}
    </ul> `;
}

/** The sha256 of each result, by which a rerun is known to agree. */
const most = 2000;

function digests({results}: Run): Html {
  const row = ({digest, workload, pattern, gpu, seed, axes}: Run['results'][number]) =>
    html`<li>
      <code>${digest}</code>
      ${[workload, pattern.label, gpu, ...Object.entries(axes).map(([axis, value]) => `${axis} ${value}`), `seed ${seed}`].join(', ')}
    </li> `;
  return html`<details>
    <summary>Digests of the results</summary>
    <ul class="digests">
      ${results.slice(0, most).map(row)}${results.length > most ? html`<li>and ${results.length - most} more, in results.jsonl</li>` : undefined}
    </ul>
  </details> `;
}
