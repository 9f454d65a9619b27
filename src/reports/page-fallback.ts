import type { PageData, PageFinding } from './page-data.ts';
import { describeRule, type RuleTitles } from './failure-text.ts';
import { type Html, html, idHtml, nothing } from './html.ts';
import { plural } from './numbers.ts';
import type { Texts } from './packed-texts.ts';

type Told = Omit<PageData, 'ids'>;

/** The gate and the findings for whoever reads the page without scripts. */
export function fallbackOf(data: Told, ids: Texts, titles: RuleTitles): Html {
  const reasons = data.reasons.length === 0 ? nothing : html`<ul>${data.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`;
  return html`<h1>Batch Normalization conformance</h1><p>Suite ${data.header.suite}${data.shard === null ? '' : `, shard ${String(data.shard.index)} of ${String(data.shard.count)}`}. Gate ${data.gate === 'pass' ? 'passed' : 'failed'}.</p>${reasons}
<p>The rest of this page needs scripts; results.csv and discrepancies.csv hold the same.</p>
${data.findings.map((finding) => entry(data, finding, ids, titles))}`;
}

function entry({ runners }: Told, { runner, status, kind, cause, title, rule, cases, example }: PageFinding, ids: Texts, titles: RuleTitles): Html {
  return html`<section><h2>${title ?? cause}</h2><p>${runners[runner]?.runner ?? ''}: ${kind === 'known' ? 'known, ' : ''}${status}, ${plural(cases.length, 'case')}</p>
${describeRule(rule, titles).map((text) => html`<p>${text}</p>`)}<p>${idHtml(ids.at(example) ?? '')}</p></section>
`;
}
