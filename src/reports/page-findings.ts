import type { Finding } from '../diff/findings.ts';
import { describeRule, type RuleTitles } from './failure-text.ts';
import { describeEvidence, harnessError } from './evidence-text.ts';
import { evidenceOf, groupRunner, type GroupedRunner } from './grouped-run.ts';
import { type Html, html, idHtml, nothing } from './html.ts';
import { formatRatio, plural } from './numbers.ts';
import { chip } from './page-parts.ts';
import { rerunCommand } from './rerun.ts';
import type { Run, RunHeader } from './run.ts';

/** Findings that count against the gate or the strict gate, then known ones, then documented departures. */
export function findingSections({ header, runners }: Run, titles: RuleTitles): Html {
  const grouped = runners.map(groupRunner);
  const open = cards(header, grouped, titles, ({ findings }) => findings.filter(({ known }) => !known));
  const known = cards(header, grouped, titles, ({ findings }) => findings.filter((finding) => finding.known));
  const documented = cards(header, grouped, titles, ({ departures }) => departures);
  return html`${section('findings', 'Findings', 'All cases of a runner that deviate for the same cause, worst first.', open, html`<p>No case deviates beyond what is known and documented.</p>`)}${
    section('known', 'Known findings', 'Listed in the known-failing list, with cause and reason; they pass the gate.', known, nothing)}${
    section('documented', 'Documented departures', 'The framework departs from the core rule as its own documentation says.', documented, nothing)}`;
}

function section(id: string, title: string, lead: string, content: readonly Html[], otherwise: Html): Html {
  if (content.length === 0 && otherwise === nothing) return nothing;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content.length === 0 ? otherwise : html`<p class="soft">${lead}</p>
${content}`}</section>
`;
}

function cards(header: RunHeader, grouped: readonly GroupedRunner[], titles: RuleTitles, pick: (runner: GroupedRunner) => readonly Finding[]): Html[] {
  return grouped.flatMap((runner) => pick(runner).map((finding) => card(header, runner, finding, titles)));
}

function card(header: RunHeader, runner: GroupedRunner, finding: Finding, titles: RuleTitles): Html {
  const { status, known, cause, candidates, title, rule, cases, worstRatio, translation, example } = finding;
  const evidence = evidenceOf(runner, finding);
  const error = harnessError(evidence);
  const worst = worstRatio > 0 && Number.isFinite(worstRatio) ? `, at worst ${formatRatio(worstRatio)} × the bound` : '';
  return html`<article class="card"><p class="head">${error === null ? nothing : html`<span class="chip bad">${error}</span>`}${known ? chip('known') : nothing}${chip(status)}<strong>${plural(cases, 'case')}</strong><span class="soft">${runner.runner}${worst}</span></p>
<h3>${title ?? cause}</h3>
<p><code>${cause}</code>${candidates.length === 0 ? nothing : html`: one of ${candidates.join(', ')}`}</p>
${describeRule(rule, titles).map((text) => labelled('Rule', html`${text}`))}${
  translation === null || translation === 'none' ? nothing : labelled('To reconcile', html`${translation}`)}${
  reasonsOf(runner, finding).map((reason) => labelled('Reason', html`${reason}`))}${
  labelled('Example', idHtml(example))}${
  describeEvidence(evidence).map((text) => labelled('Evidence', html`${text.replace('evidence: ', '')}`))}<code class="command">${rerunCommand(header, runner, example)}</code></article>
`;
}

function labelled(label: string, content: Html): Html {
  return html`<p><span class="label">${label}:</span> ${content}</p>
`;
}

/** The first reasons that its cases give: of the known-failing entry, of the documentation, of the process that died. */
function reasonsOf({ cases }: GroupedRunner, { ids }: Finding): readonly string[] {
  const members = new Set(ids);
  const reasons = cases.filter(({ id }) => members.has(id)).flatMap(({ reason }) => reason ?? []);
  return [...new Set(reasons)].slice(0, 3);
}
