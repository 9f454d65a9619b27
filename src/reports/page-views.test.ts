import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { joined, removeRuns, titles } from './fixtures/sample-run.ts';
import { goTo, launchChromium, type Opened, openPage, removePages } from './page-browser.fixture.ts';
import { biased, hostileReason, mindspore, pageCases, pageRun, torch } from './page-run.fixture.ts';
import { reportPage } from './page.ts';
import type { Run } from './run.ts';

let browser: Browser;
let run: Run;
let opened: Opened;

beforeAll(async () => {
  browser = await launchChromium();
  run = await pageRun();
  opened = await openPage(browser, joined(reportPage(run, titles)));
});
afterAll(async () => { await browser.close(); await removePages(); await removeRuns(); });
afterEach(() => expect([opened.requests, opened.complaints]).toEqual([[], []]));

async function textOf(selector = 'main'): Promise<string> {
  return (await opened.tab.locator(selector).innerText()).replaceAll(/\s+/g, ' ');
}

function caseHash(id: string): string {
  return `#/case?${new URLSearchParams({ id }).toString()}`;
}

describe('report page, view by view', () => {
  it('overview: the gate, then what differs, then counts before rates, then who was asked', async () => {
    await goTo(opened, '#/overview', 'Batch Normalization conformance');
    const text = await textOf();
    const places = ['Gate failed', '2 violates', 'What differs', 'Cases by status', 'Runners', 'Run'].map((part) => text.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(await opened.tab.getByRole('row', { name: /^violates/ }).innerText()).toMatch(/0\s*0 %\s*0\s*0 %\s*2\s*25 %/);
    expect(text).toContain('1 min 1 s');
    expect(text).toContain('Not asked syncbatchnorm');
  });

  it('findings: cause, rule, cases, translation, evidence, example, command', async () => {
    await goTo(opened, '#/findings', 'Findings');
    const card = await opened.tab.getByRole('article', { name: /biased \(divisor n/ }).or(opened.tab.getByRole('article', { name: /stores the biased/ })).innerText();
    for (const part of ['violates', '2 cases', 'biased-running-variance', 'BN-STATE-03', 'again in a fresh process: same bits', 'reference right', pageCases.oneToFour, '--select']) {
      expect(card.replaceAll('\n', '')).toContain(part.replaceAll('\n', ''));
    }
    expect(await textOf()).toContain('“evaluates by default” (mindspore.nn.Cell)');
    expect(await opened.tab.getByRole('link', { name: 'https://example.org/issue/1' }).getAttribute('href')).toBe('https://example.org/issue/1');
  });

  it('matrix: pivots over any axis and tells what is not there apart', async () => {
    await goTo(opened, '#/matrix?rows=layer&columns=runner', 'Matrix');
    const row = opened.tab.getByRole('row', { name: /^syncbatchnorm/ });
    expect((await row.innerText()).replaceAll(/\s+/g, ' ')).toBe('syncbatchnorm 1 1 not-run not asked');
    await opened.tab.getByLabel('Rows').selectOption('dtype');
    await opened.tab.getByLabel('Columns').selectOption('mode');
    const half = await opened.tab.getByRole('row', { name: /^float16/ }).innerText();
    expect(half.replaceAll(/\s+/g, ' ')).toContain('1 known 1 inaccurate 1');
    expect(half).toContain('none exist');
    expect(await textOf()).toContain('1 unsupported');
    expect(await textOf()).toContain('1 ungradable');
  });

  it('matrix: a click narrows down to the cases of the cell', async () => {
    await goTo(opened, '#/matrix?rows=dtype&columns=runner', 'Matrix');
    await opened.tab.getByRole('link', { name: new RegExp(`float16, ${torch}`) }).click();
    await opened.tab.getByRole('heading', { level: 1, name: 'Cases' }).waitFor();
    expect(await textOf('.found')).toBe('1 of 9 cases, 1 results');
    expect(await textOf('.case-list')).toContain('dtype=float16');
  });

  it('case: rule, spellings, worst elements with bits, program, cause, command', async () => {
    await goTo(opened, caseHash(pageCases.trajectory), pageCases.trajectory);
    const text = await textOf();
    for (const part of ['biased-running-variance', 'running_var[0]', '6.4e4', 'momentum=0.1', 'momentum=0.9', 'forward in train mode, input 2', '3faeeeef', '3fcccccd', 'BN-STATE-03', 'torch.nn', 'npm run conformance -- --runner miniature-biased-variance@1.0', 'reproduce']) {
      expect(text).toContain(part);
    }
    expect(await opened.tab.locator('.plot canvas').count()).toBeGreaterThanOrEqual(3);
    await opened.tab.getByText('Numbers').nth(1).click();
    expect(await textOf('.plot >> nth=1')).toMatch(/step 0 1\.3\S* 1\.16666/);
  });

  it('case: the plot follows the channel', async () => {
    await goTo(opened, caseHash(pageCases.trajectory), pageCases.trajectory);
    await opened.tab.getByLabel('Channel of running_var').selectOption('1');
    expect(await textOf('.plot >> nth=1')).toContain('running_var[1] after each step');
  });

  it('case: an unknown id and a case without values say so', async () => {
    await goTo(opened, caseHash('no/such/case'), 'Case');
    expect(await textOf()).toContain('This run planned no case no/such/case');
    await goTo(opened, caseHash(pageCases.hostile), pageCases.hostile);
    expect(await textOf()).toContain('The page keeps the values of deviating cases');
  });

  it('an id and a message full of markup are text', async () => {
    await goTo(opened, caseHash(pageCases.hostile), pageCases.hostile);
    expect(await opened.tab.locator('h1').innerText()).toBe(pageCases.hostile);
    expect(await textOf()).toContain(hostileReason);
    await goTo(opened, '#/cases?text=script', 'Cases');
    expect(await textOf('.case-list')).toContain(pageCases.hostile);
    expect(await opened.tab.evaluate('window.hit')).toBeUndefined();
  });

  it('accuracy: largest errors with their witness, classes, distribution by dtype', async () => {
    await goTo(opened, '#/accuracy?dtype=float16', 'Accuracy');
    const row = await opened.tab.getByRole('row', { name: /^y pytorch/ }).innerText();
    expect(row.replaceAll(/\s+/g, ' ')).toContain('1 30 batchnorm1d/dtype/whole-layer');
    expect((await opened.tab.getByRole('row', { name: /pytorch 2\.13\.0 float16 · module · contiguous/ }).innerText()).replaceAll(/\s+/g, ' ')).toContain('outside 0 0 1');
    expect((await opened.tab.getByRole('row', { name: /mindspore 2\.10\.0 float16 · module · contiguous/ }).innerText()).replaceAll(/\s+/g, ' ')).toContain('B 0 1 0');
    await opened.tab.getByLabel('dtype').selectOption('float32');
    await opened.tab.getByRole('row', { name: /^y pytorch .* 0\.25/ }).waitFor();
    expect(await opened.tab.locator('.plot .title', { hasText: /^y: .*(miniature-biased-variance 1\.0)/ }).count()).toBe(1); // the third runner has its chart
  });

  it('coverage: values asked and answered, reasons for what was not', async () => {
    await goTo(opened, '#/coverage', 'Coverage');
    expect(await textOf()).toContain('no layer without running statistics');
    expect((await opened.tab.getByRole('article').filter({ has: opened.tab.getByRole('heading', { name: 'statistics', exact: true }) }).innerText()).replaceAll(/\s+/g, ' ')).toContain('untracked 1 (1)');
    expect(await textOf()).toContain('plans suite core otherwise');
  });

  it('compare, power and claims say how to get them', async () => {
    for (const [hash, heading, command] of [['#/compare', 'Compare', 'run --baseline'], ['#/power', 'Power', 'bn-conformance score'], ['#/claims', 'Claims', 'bn-conformance claims']] as const) {
      await goTo(opened, hash, heading);
      expect(await textOf()).toContain(command);
    }
  });

  it('the policy stops a script that is not the page\'s own', async () => {
    const other = await openPage(browser, joined(reportPage(run, titles)));
    await other.tab.evaluate('{ const s = document.createElement("script"); s.textContent = "window.hit = 2"; document.body.append(s); }');
    expect(await other.tab.evaluate('window.hit')).toBeUndefined();
    expect(other.complaints.join()).toContain('Content Security Policy');
    await other.tab.context().close();
  });
});

describe('report page with more than a run', () => {
  it('compare lists what changed, with both sides', async () => {
    const [before, after] = [run.runners[2]?.cases[0], run.runners[0]?.cases[0]];
    const comparison = { before: run, notes: ['seeds 1 and 2: the same case is another draw of data'], runners: [{ before: { runner: torch }, after: { runner: torch }, compared: 9, changes: [{ kind: 'fix', id: pageCases.trajectory, before: before ?? null, after: after ?? null }] }] };
    const power = { suite: 'core', cases: 9, figures: [{ name: 'faults in the zoo', value: 126, target: '≥ 80', met: true }], faults: [{ name: 'biased', breaks: 'BN-STATE-03', rule: 'BN-STATE-03', cause: 'biased-running-variance', killers: 40, smallest: pageCases.oneToFour }], honest: [{ name: 'honest', planned: 9, inaccurate: 0, falseAlarms: 0 }] };
    const claims = [{ id: 'C-1', document: 'A manual', statement: 'both compute the same', place: 'first paragraph', verdicts: [{ runner: mindspore, verdict: 'does not hold', why: 'see the case', example: pageCases.half }] }];
    const other = await openPage(browser, joined(reportPage(run, titles, { comparison, power, claims })), '#/compare');
    const main = other.tab.locator('main');
    expect((await main.innerText()).replaceAll(/\s+/g, ' ')).toMatch(/Fixes: deviated, and conform now \(1\).*violates.*biased-running-variance.*conforms/);
    await goTo(other, '#/power', 'Power');
    expect((await main.innerText()).replaceAll(/\s+/g, ' ')).toContain('faults in the zoo 126 ≥ 80 met');
    await goTo(other, '#/claims', 'Claims');
    expect((await main.innerText()).replaceAll(/\s+/g, ' ')).toContain(`does not hold ${mindspore} see the case`);
    expect([other.requests, other.complaints]).toEqual([[], []]);
    await other.tab.context().close();
  });

  it('a part of a plan says which it is; control: a whole one says nothing', async () => {
    const shard = { index: 2, count: 3, planned: 27, digest: '', positions: Array.from(run.header.cases, (_, i) => i) };
    const other = await openPage(browser, joined(reportPage({ ...run, header: { ...run.header, shard } }, titles)), '#/overview');
    const text = await other.tab.locator('main').innerText();
    expect(text).toContain('cases of suite core, shard 2 of 3;');
    expect(text).toMatch(/Part\s+shard 2 of 3; merge joins the parts/);
    await other.tab.context().close();
    await goTo(opened, '#/overview', 'Batch Normalization conformance');
    expect(await textOf()).not.toContain('shard');
  });

  it('control: a run in which all conform has no finding', async () => {
    const other = await openPage(browser, joined(reportPage({ ...run, runners: run.runners.filter(({ runner }) => runner !== biased).map((runner) => ({ ...runner, cases: runner.cases.filter(({ status }) => status === 'conforms') })) }, titles)), '#/findings');
    expect(await other.tab.locator('main').innerText()).toContain('No case deviates beyond what is known and documented.');
    expect(await other.tab.locator('article').count()).toBe(0);
    await other.tab.context().close();
  });
});
