import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { joined, removeRuns, titles } from './fixtures/sample-run.ts';
import type { PageData, PageDetail, PageValues } from './page-data.ts';
import { biased, hostileReason, pageCases, pageLines, pageRun } from './page-run.fixture.ts';
import { reportPage } from './page.ts';

afterEach(removeRuns);

function between(page: string, start: string, end: string): string {
  const from = page.indexOf(start) + start.length;
  return page.slice(from, page.indexOf(end, from));
}

function dataOf(page: string): PageData {
  return JSON.parse(between(page, '<script type="application/json" id="data">', '</script>')) as PageData;
}

function valuesOf(page: string): PageValues {
  return JSON.parse(between(page, '<script type="application/json" id="values">', '</script>')) as PageValues;
}

function trajectoryOf({ details }: PageValues): PageDetail {
  const detail = details.find((each) => each.case === 0);
  if (detail === undefined) throw new Error('the page keeps the values of the trajectory');
  return detail;
}

describe('report page', () => {
  it('the policy allows exactly the page\'s own style and script', async () => {
    const page = joined(reportPage(await pageRun(), titles));
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const style = between(page, '<style rel="stylesheet" crossorigin>', '</style>');
    const script = between(page, '<script type="module" crossorigin>', '</script>');
    expect(between(page, 'http-equiv="Content-Security-Policy" content="', '"')).toBe(
      `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect([page.match(/<script/g)?.length, page.match(/<style/g)?.length]).toEqual([3, 1]);
  });

  it('nothing is loaded from anywhere', async () => {
    const page = joined(reportPage(await pageRun(), titles));
    const head = page.slice(0, page.indexOf('<body>'));
    expect(head.replace(/<script[^]*<\/script>/, '')).not.toMatch(/https?:|@import|url\(|\ssrc=/);
    expect(page).not.toMatch(/<script[^>]* src=|<link[^>]* href="(?!data:,)|<iframe|<object|<embed/);
  });

  it('data is JSON that no browser takes for markup', async () => {
    const page = joined(reportPage(await pageRun(), titles));
    expect(page).not.toContain('<script>window.hit');
    expect(page).not.toContain('<img src=x');
    const data = dataOf(page);
    expect(data.strings).toContain(hostileReason);
    expect(data.ids.templates.map(({ prefix }) => prefix)).toContain(pageCases.hostile);
  });

  it('without scripts a person reads the gate and the findings', async () => {
    const page = joined(reportPage(await pageRun(), titles));
    const text = between(page, '<noscript>', '</noscript>').replaceAll('<wbr>', '').replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(text).toContain('Gate failed');
    expect(text).toContain('BN-STATE-03 running variance stores the unbiased batch variance');
    expect(text).toContain(pageCases.oneToFour);
  });

  it('the values of a case are those of its derivation', async () => {
    const detail = trajectoryOf(valuesOf(joined(reportPage(await pageRun(), titles))));
    const [rank] = detail.ranks;
    const state = rank?.states.find(({ observable }) => observable === 'running_var');
    const flat = state?.expected.flat().map(Number) ?? [];
    for (const [i, value] of [1, 1.3, 2.77, 6.093, 1, 1.6, 4.24, 10.116].entries()) expect(flat[i]).toBeCloseTo(value, 12);
    expect(Number(state?.runners[0]?.values[0]?.[1])).toBeCloseTo(1.1666666, 6);
    expect(detail.agrees).toBe(true);
  });

  it('the worst element comes with its bits', async () => {
    const [, first] = trajectoryOf(valuesOf(joined(reportPage(await pageRun(), titles)))).ranks[0]?.steps ?? [];
    const [shown] = first?.observables.find(({ observable }) => observable === 'running_var')?.runners ?? [];
    expect(shown?.outside).toBe(2);
    expect(shown?.worst[0]?.slice(7)).toEqual(['3faeeeef', '3fcccccd']); // 1.3666667 and 1.6 in float32
  });

  it('control: a run that expected other values is told apart', async () => {
    const lines = pageLines().map((line) => (line.type === 'case' && line.deviations.length > 0 && line.runner === biased
      ? { ...line, deviations: line.deviations.map((each) => ({ ...each, expected: 7 })) } : line));
    expect(valuesOf(joined(reportPage(await pageRun(lines), titles))).details.find((each) => each.case === 0)?.agrees).toBe(false); // the first case is the trajectory
  });

  it('extras stand in the data, and nothing where there are none', async () => {
    const run = await pageRun();
    const power = { suite: 'core', cases: 3, figures: [], faults: [], honest: [] };
    const comparison = { before: run, notes: ['seeds 1 and 2'], runners: [{ before: { runner: biased }, after: { runner: biased }, compared: 8, changes: [] }] };
    const given = dataOf(joined(reportPage(run, titles, { power, comparison, claims: [] })));
    expect([given.power, given.comparison?.runners[0]?.compared, given.claims]).toEqual([power, 8, []]);
    const without = dataOf(joined(reportPage(run, titles)));
    expect([without.power, without.comparison, without.claims]).toEqual([null, null, null]);
  });
});
