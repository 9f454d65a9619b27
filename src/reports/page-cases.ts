import { type Html, html, idHtml, nothing } from './html.ts';
import { formatBeside, formatCount, formatRatio, plural } from './numbers.ts';
import { describePlace } from './failure-text.ts';
import { chip, scrollBox } from './page-parts.ts';
import type { CaseResult, Run, RunDeviation, RunnerResults } from './run.ts';
import type { Status } from '../diff/verdict.ts';

/** More rows than this make a page slow and are nobody's reading. */
const limit = 500;

/** Statuses of the table, worst first; what never ran is counted above. */
const listed: readonly Status[] = ['crashed', 'timed-out', 'garbled', 'violates', 'stale', 'mistrusted', 'inaccurate', 'known'];

interface Row {
  readonly runner: RunnerResults;
  readonly result: CaseResult;
}

/** The deviating cases, worst first, with the worst observable of each. Nothing when there are none. */
export function casesSection({ runners }: Run): Html {
  const rows = runners
    .flatMap((runner) => runner.cases.filter(({ status }) => listed.includes(status)).map((result): Row => ({ runner, result })))
    .sort((a, b) => listed.indexOf(a.result.status) - listed.indexOf(b.result.status));
  if (rows.length === 0) return nothing;
  return html`<section aria-labelledby="cases"><h2 id="cases">Deviating cases</h2>
${rows.length > limit ? html`<p class="note">The first ${formatCount(limit)} of ${plural(rows.length, 'case')}, worst first. All of them are in <a href="results.csv">results.csv</a> and <a href="discrepancies.csv">discrepancies.csv</a>.</p>
` : nothing}<form class="filter" role="search" hidden><label for="filter">Filter</label><input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="words of id, rule, cause, status"><output for="filter" aria-live="polite"></output></form>
${scrollBox('Deviating cases', table(rows.slice(0, limit)))}</section>
`;
}

function table(rows: readonly Row[]): Html {
  return html`<table class="cases"><caption>The worst observable of each case. Expected ± bound is the accepted interval.</caption>
<thead><tr><th scope="col">Status</th><th scope="col">Case</th><th scope="col">Rule</th><th scope="col">Cause</th><th scope="col">Observable</th><th scope="col" class="number">Got</th><th scope="col" class="number">Expected</th><th scope="col" class="number">Bound</th><th scope="col" class="number">Error ÷ bound</th></tr></thead>
<tbody>${rows.map(tableRow)}</tbody></table>`;
}

function tableRow({ runner, result }: Row): Html {
  const { status, id, rule, cause, candidates, deviations: [worst], reason } = result;
  const causes = cause === 'ambiguous' ? `ambiguous: ${candidates.join(', ')}` : cause ?? '';
  return html`<tr><td>${chip(status)}</td><th scope="row" class="case">${idHtml(id)}<br><span class="soft">${runner.runner}</span></th><td>${rule ?? ''}</td><td>${causes}</td>${
    worst === undefined ? html`<td colspan="5">${reason ?? ''}</td>` : measured(worst)}</tr>
`;
}

function measured(deviation: RunDeviation): Html {
  const { got, expected, bound, ratio } = deviation;
  const shown = (value: number | string) => (typeof value === 'string' || typeof expected === 'string' ? String(value) : formatBeside(value, expected, bound));
  return html`<td><code>${describePlace(deviation)}</code></td><td class="number">${shown(got)}</td><td class="number">${shown(expected)}</td><td class="number">${bound === 0 ? 'exact' : String(Number(bound.toPrecision(3)))}</td><td class="number">${formatRatio(ratio)}</td>`;
}
