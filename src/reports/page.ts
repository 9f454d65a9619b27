import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../spec/package-root.ts';
import type { RuleTitles } from './failure-text.ts';
import { escapeHtml, type Html, html } from './html.ts';
import { casesSection } from './page-cases.ts';
import { findingSections } from './page-findings.ts';
import { fact, formatDuration } from './page-parts.ts';
import { gateSection, runnersSection, totalsSection } from './page-totals.ts';
import type { Run } from './run.ts';
import { gateOf } from './summary.ts';

/**
 * The report as one file that works offline: no request leaves it, and its policy lets nothing run but its own style and script.
 *
 * @param titles  title of each rule, by id
 */
export function reportPage(run: Run, titles: RuleTitles): string {
  const style = source('page.css');
  const script = source('page.js');
  return fillTemplate(source('page.html'), {
    policy: policyFor(style, script),
    title: escapeHtml(`bn-conformance: ${run.header.suite}, gate ${gateOf(run).gate === 'pass' ? 'passed' : 'failed'}`),
    style,
    script,
    facts: factsOf(run).markup,
    sections: html`${gateSection(run)}${totalsSection(run)}${findingSections(run, titles)}${casesSection(run)}${runnersSection(run)}`.markup,
    colophon: colophonOf(run).markup,
  });
}

function source(name: string): string {
  return readFileSync(join(packageRoot, 'reports', 'page', name), 'utf8').replaceAll('\r\n', '\n'); // a browser hashes what it parsed, without carriage returns
}

/** One pass, so that `{{script}}` within data stays text. */
function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`reports/page/page.html asks for {{${name}}}, which the page does not have`);
    return value;
  });
}

function policyFor(style: string, script: string): string {
  return `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function factsOf({ header, footer }: Run): Html {
  return html`<dl class="facts">
${fact('Suite', `${header.suite}${header.filtered ? ' (filtered)' : ''}${header.strict ? ', strict' : ''}`)}${fact('Seed', String(header.seed))}${
  fact('Started', html`<time datetime="${header.startedAt}">${header.startedAt}</time>`)}${fact('Duration', footer === null ? 'interrupted' : formatDuration(footer.durationMs))}${
  fact('Tool', `${header.tool.name} ${header.tool.version}`)}${fact('Command', html`<code>${header.command}</code>`, true)}</dl>`;
}

function colophonOf({ header }: Run): Html {
  return html`<p>Written by ${header.tool.name} ${header.tool.version} from run.ndjson. Beside this page: <a href="summary.json">summary.json</a>, <a href="results.csv">results.csv</a>, <a href="discrepancies.csv">discrepancies.csv</a>, <a href="junit.xml">junit.xml</a>, <a href="run.ndjson">run.ndjson</a>.</p>`;
}
