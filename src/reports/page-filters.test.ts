import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joined, removeRuns, titles } from './fixtures/sample-run.ts';
import { goTo, launchChromium, type Opened, openPage, removePages } from './page-browser.fixture.ts';
import { biased, pageCases, pageRun, torch } from './page-run.fixture.ts';
import { reportPage } from './page.ts';

let browser: Browser;
let page: string;
let opened: Opened;

beforeAll(async () => {
  browser = await launchChromium();
  page = joined(reportPage(await pageRun(), titles));
  opened = await openPage(browser, page, '#/cases');
});
afterAll(async () => { await browser.close(); await removePages(); await removeRuns(); });

async function shownIds(of: Opened = opened): Promise<readonly string[]> {
  return of.tab.locator('.case-list > li > a').allInnerTexts();
}

const names = new Map<string, string>(Object.entries(pageCases).map(([name, id]) => [id, name]));

/** The cases that a filter leaves, by their names here. */
async function shown(query: Readonly<Record<string, string>> | string, of: Opened = opened): Promise<readonly string[]> {
  await goTo(of, `#/cases?${new URLSearchParams(query).toString()}`, 'Cases');
  return (await shownIds(of)).map((id) => names.get(id) ?? id);
}

describe('report page, filter by filter', () => {
  it('control: no filter shows every case', async () => {
    expect(await shown('')).toEqual(Object.keys(pageCases));
  });

  it.each([
    ['status', { status: 'violates' }, ['trajectory', 'oneToFour']],
    ['status that a run did not reach', { status: 'not-run' }, ['ranks']],
    ['runner and status', { status: 'conforms', runner: biased }, ['output', 'evaluation', 'half', 'gradient', 'fresh']],
    ['rule that a result is reported under', { rule: 'BN-STATE-08' }, ['fresh']],
    ['rule that a case cites', { rule: 'BN-NORM-01', status: 'known' }, ['half']],
    ['cause', { cause: 'naive-accumulation' }, ['half']],
    ['layer', { 'axis.layer': 'syncbatchnorm' }, ['ranks']],
    ['behaviour', { 'axis.behaviour': 'norm/output' }, ['output', 'evaluation']],
    ['mode', { 'axis.mode': 'eval' }, ['evaluation']],
    ['axis', { 'axis.eps': '1e-3' }, ['gradient']],
    ['axis of what an id leaves out', { 'axis.dtype': 'float32', 'axis.behaviour': 'state/fresh-mode' }, ['fresh']],
    ['axis value that no case has', { 'axis.eps': '7' }, []],
    ['text of an id', { text: 'TINY gradient'.replace('gradient', 'backward') }, ['gradient']],
    ['text of a reason', { text: 'badly' }, ['hostile']],
    ['text of a cause', { text: 'narrow-layer' }, ['half']],
    ['only disagreements', { disagree: '1' }, ['trajectory', 'oneToFour', 'half', 'hostile']],
    ['odd one out', { odd: 'any' }, ['trajectory', 'oneToFour', 'half', 'hostile']],
    ['odd one out, one runner', { odd: biased }, ['trajectory', 'oneToFour', 'half', 'hostile']],
    ['odd one out, another runner', { odd: torch }, []],
    ['worst first', { sort: 'worst', 'axis.dtype': 'float16' }, ['half']],
  ] as const)('%s', async (_, query, expected) => {
    expect(await shown(query)).toEqual(expected);
  });

  it('several words of one field are alternatives', async () => {
    expect(await shown('status=known&status=documented')).toEqual(['half', 'fresh']);
  });

  it('worst first puts the largest error on top', async () => {
    expect((await shown('sort=worst'))[0]).toBe('half');
  });

  it('a finding narrows to its own cases and runner', async () => {
    await goTo(opened, '#/findings', 'Findings');
    await opened.tab.getByRole('article', { name: /stores the biased/ }).getByRole('link', { name: '2 cases' }).click();
    await opened.tab.getByRole('heading', { level: 1, name: 'Cases' }).waitFor();
    expect(await shownIds()).toEqual([pageCases.trajectory, pageCases.oneToFour]);
    await opened.tab.getByRole('button', { name: 'All findings' }).click();
    await opened.tab.locator('.found', { hasText: '9 of 9' }).waitFor();
  });

  it('what is chosen stands in the address, and the address shows the same again', async () => {
    await shown('');
    await opened.tab.getByLabel('Status').selectOption('violates');
    await opened.tab.getByLabel('layer').selectOption('batchnorm2d');
    await opened.tab.getByLabel('Text').pressSequentially('one-to');
    await opened.tab.getByLabel('Only disagreements').check();
    await opened.tab.locator('.found', { hasText: '1 of 9 cases, 1 results' }).waitFor();
    const hash = await opened.tab.evaluate<string>('location.hash');
    expect(hash).toBe('#/cases?status=violates&axis.layer=batchnorm2d&text=one-to&disagree=1');
    const again = await openPage(browser, page, hash);
    expect(await shownIds(again)).toEqual([pageCases.oneToFour]);
    expect(await again.tab.getByLabel('Text').inputValue()).toBe('one-to');
    expect(await again.tab.getByLabel('Status').inputValue()).toBe('violates');
    await again.tab.context().close();
  });

  it('nothing that fits is said, and one click shows everything again', async () => {
    expect(await shown({ text: 'nosuchword' })).toEqual([]);
    await opened.tab.getByRole('link', { name: 'Show all cases' }).click();
    await opened.tab.locator('.found', { hasText: '9 of 9' }).waitFor();
  });

  it('going back leaves the filter', async () => {
    await shown({ status: 'violates' });
    await opened.tab.locator('.case-list > li > a').first().click();
    await opened.tab.getByRole('heading', { level: 1, name: pageCases.trajectory }).waitFor();
    await opened.tab.goBack();
    await opened.tab.locator('.found', { hasText: '2 of 9' }).waitFor();
  });
});
