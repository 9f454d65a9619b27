import { type Status, statuses } from '../diff/verdict.ts';
import type { StatusCounts } from '../spec/generated/summary.ts';
import { type Html, html } from './html.ts';
import { formatCount, formatRate } from './numbers.ts';
import { chip, fact, scrollBox, statusClass } from './page-parts.ts';
import type { Run, RunnerResults } from './run.ts';
import { countStatuses, gateOf } from './summary.ts';
import { assumption } from './terminal.ts';

export function gateSection(run: Run): Html {
  const { gate, reasons } = gateOf(run);
  const why = reasons.length === 0 ? html`` : html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`;
  return html`<section class="gate ${gate}" aria-labelledby="gate"><h2 id="gate">Gate ${gate === 'pass' ? 'passed' : 'failed'}</h2>${why}</section>
`;
}

/** A bar per runner, and the counts of every status that occurs; rates are rounded down, so 100 % means all. */
export function totalsSection({ runners }: Run): Html {
  return html`<section aria-labelledby="totals"><h2 id="totals">Cases by status</h2>
${runners.map(bar)}${scrollBox('Cases by status', countsTable(runners))}</section>
`;
}

function bar(results: RunnerResults): Html {
  const counts = countStatuses([results]);
  const occurring = occurringStatuses(counts);
  const label = occurring.map((status) => `${formatCount(counts[status])} ${status}`).join(', ');
  return html`<figure class="bar"><figcaption><strong>${results.runner}</strong>: ${formatCount(results.cases.length)} planned, ${label}</figcaption>
<svg viewBox="0 0 1000 12" preserveAspectRatio="none" role="img" aria-label="${label}">${segments(counts, results.cases.length)}</svg></figure>
`;
}

/** Widths in thousandths; what occurs at all gets a visible sliver, taken from the widest. */
function segments(counts: StatusCounts, planned: number): Html[] {
  const sliver = 5;
  const widths = occurringStatuses(counts).map((status) => ({ status, width: Math.max(sliver, (1000 * counts[status]) / planned) }));
  const total = widths.reduce((sum, { width }) => sum + width, 0);
  let start = 0;
  return widths.map(({ status, width }) => {
    const x = start;
    start += (1000 * width) / total;
    return html`<rect class="${statusClass(status)}" x="${x.toFixed(2)}" y="0" width="${(start - x).toFixed(2)}" height="12"/>`;
  });
}

function occurringStatuses(counts: StatusCounts): readonly Status[] {
  return statuses.filter((status) => counts[status] > 0);
}

function countsTable(runners: readonly RunnerResults[]): Html {
  const columns = [...runners.map((results) => ({ name: results.runner, counts: countStatuses([results]), planned: results.cases.length }))];
  if (runners.length > 1) columns.push({ name: 'all', counts: countStatuses(runners), planned: columns.reduce((sum, { planned }) => sum + planned, 0) });
  return html`<table><caption>Each planned case has exactly one status per runner. Rates are rounded down.</caption>
<thead><tr><th scope="col">Status</th>${columns.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${occurringStatuses(countStatuses(runners)).map((status) => html`<tr><th scope="row">${chip(status)}</th>${columns.map(({ counts, planned }) => html`<td class="number">${formatCount(counts[status])} <span class="rate">${formatRate(counts[status], planned)}</span></td>`)}</tr>
`)}</tbody>
<tfoot><tr><th scope="row">planned</th>${columns.map(({ planned }) => html`<td class="number">${formatCount(planned)} <span class="rate"></span></td>`)}</tr></tfoot></table>`;
}

/** Who was asked, and on what. */
export function runnersSection({ runners }: Run): Html {
  return html`<section aria-labelledby="runners"><h2 id="runners">Runners</h2>
${runners.map(runnerCard)}</section>
`;
}

function runnerCard(results: RunnerResults): Html {
  const { facts } = results;
  if (facts === null) return html`<article class="card"><h3>${results.runner}</h3><p>The run ended before this runner said who it is.</p></article>
`;
  return html`<article class="card"><h3>${results.runner}</h3>
${assumption(results).map((text) => html`<p class="note">${text}</p>`)}<dl class="facts">
${fact('Framework', facts.framework)}${fact('Version', facts.version)}${fact('Language', facts.language)}${fact('Device', facts.device)}${fact('Threads', String(facts.threads))}
${fact('CPU', facts.cpu.model)}${fact('Instruction set', facts.cpu.capability)}
${fact('Interpreter', facts.interpreter === 'user' ? 'the user’s own' : 'made by the harness')}${fact('Dialect', `${facts.dialect.framework} ${facts.dialect.versions}`)}${fact('Build', facts.build, true)}</dl></article>
`;
}
