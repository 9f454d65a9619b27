import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, it } from 'vitest';
import { deviation, evidence, facts, footer, header, joined, line, removeRuns, titles, violation, writeRun } from './fixtures/sample-run.ts';
import { reportFormats } from './format-names.ts';
import { renderReports } from './formats.ts';
import { githubAnnotations } from './github-annotations.ts';
import { readRun } from './read-run.ts';
import type { Run } from './run.ts';
import { terminalReport } from './terminal.ts';

afterAll(removeRuns);

/** A run in which a stranger wrote every text that is free: version, build, device, cause, reasons, values, ids, command. */
async function runOf(text: string): Promise<Run> {
  const [first = ''] = header().cases;
  const cases = [first, `batchnorm1d/state/x/data=${text}`, `batchnorm2d/${text}`];
  return readRun(join(await writeRun([
    header({ cases, command: `bn-conformance run --runner ${text}`, suite: text === '' ? 'core' : text, runners: [{ runner: `x${text}@${text}`, excluded: [] }] }),
    facts({ runner: `x${text}@${text}`, version: text, build: text, device: text, language: text, framework: text, cpu: { model: text, capability: text } }),
    { ...line(2, { status: 'crashed', found: 'crashed', reason: text }), runner: `x${text}@${text}` },
    { ...violation(0, { cause: text, rule: text, reason: text, deviations: [deviation({ got: text, expected: text, rule: text })] }), runner: `x${text}@${text}` },
    { ...violation(1, { status: 'known', reason: text }), runner: `x${text}@${text}` },
    { ...evidence(0), runner: `x${text}@${text}` },
    footer({ reasons: [text] }),
  ]), 'run.ndjson'));
}

/** Every report that people read as text, by name. */
async function textsOf(text: string): Promise<Readonly<Record<string, string>>> {
  const run = await runOf(text);
  return { ...Object.fromEntries([...renderReports(run, reportFormats, {})].map(([name, pieces]) => [name, joined(pieces)])), terminal: terminalReport(run, titles), annotations: githubAnnotations(run, titles) };
}

const count = (text: string, part: RegExp): number => text.match(part)?.length ?? 0;
const benign = await textsOf('word');

describe.each([
  ['markup', '</script><script>alert(1)</script>'], ['an attribute', `" onload='x' x="`], ['a formula', '=cmd|\' /C calc\'!A0'], ['another formula', '@SUM(1+1)*cmd'], ['a formula after a tab', '\t=1+1'], ['colours of a terminal', '\u001b[31m\u009b31mred\u0007'],
  ['writing from the right', '\u202egnp.exe\u2066'], ['a NUL', 'a\0b'], ['a lone surrogate', 'a\ud800b\udc00'], ['a workflow command', 'x\n::set-output name=a::b\r\n::error::no\u2028::stop-commands::x'], ['an entity', '&x;<!DOCTYPE a [<!ENTITY x "y">]>]]>'], ['Markdown', '`x` [a](javascript:1) ![b](http://x)\n# title\n|a|b|\n```'],
])('reports of a run in which a stranger wrote %s', (_, text) => {
  it('show it as text, in every format', async () => {
    const texts = await textsOf(text);
    const { 'index.html': page = '', 'junit.xml': junit = '', 'results.csv': results = '', 'discrepancies.csv': discrepancies = '', 'summary.md': markdown = '', terminal = '', annotations = '' } = texts;
    for (const [name, report] of Object.entries(texts).filter(([one]) => one !== 'summary.json')) { // which is data, and escaped as JSON is
      expect([name, Buffer.from(report).toString() === report, report.includes('\0'), report.includes('\u001b'), report.includes('\u009b'), report.includes('\u0007')]).toEqual([name, true, false, false, false, false]);
    }
    for (const report of [terminal, annotations, markdown, junit, page]) expect(report).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
    expect(count(page, /<\/?script/gi)).toBe(count(benign['index.html'] ?? '', /<\/?script/gi));
    expect(page.slice(0, page.indexOf('<script type="application/json"'))).not.toContain('" onload=');
    expect(count(junit, /<\w/g)).toBe(count(benign['junit.xml'] ?? '', /<\w/g)); // no element is a stranger's
    expect(junit).not.toContain('<!DOCTYPE');
    for (const table of [results, discrepancies]) {
      const cells = parse(table) as readonly (readonly string[])[];
      expect(cells.flat().filter((cell) => /^[=@\t\r]/.test(cell) || (/^[+-]/.test(cell) && Number.isNaN(Number(cell))))).toEqual([]);
    }
    expect(annotations.trimEnd().split(/\r\n?|\n/).filter((one) => !/^::(?:error|warning|notice) title=/.test(one))).toEqual([]);
    expect(count(annotations, /^::/gm)).toBe(count(benign['annotations'] ?? '', /^::/gm));
    const outsideCode = markdown.split('\n').filter((one) => !one.includes('`') && !one.startsWith('npm run'));
    expect(outsideCode.filter((one) => /^# title|^\|a\|b\||<script/.test(one))).toEqual([]);
    expect(Object.keys(JSON.parse(texts['badge.json'] ?? '') as object)).toEqual(['schemaVersion', 'label', 'message', 'color']);
  });
});
