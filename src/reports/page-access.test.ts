import axe, { type AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joined, removeRuns, titles } from './fixtures/sample-run.ts';
import { goTo, launchChromium, type Opened, openPage, removePages } from './page-browser.fixture.ts';
import { pageCases, pageRun } from './page-run.fixture.ts';
import { reportPage } from './page.ts';

let browser: Browser;
let page: string;

beforeAll(async () => {
  browser = await launchChromium();
  page = joined(reportPage(await pageRun(), titles));
});
afterAll(async () => { await browser.close(); await removePages(); await removeRuns(); });

const places = [
  ['#/overview', 'Batch Normalization conformance'], ['#/findings', 'Findings'], ['#/matrix', 'Matrix'], ['#/cases', 'Cases'], ['#/accuracy', 'Accuracy'], ['#/coverage', 'Coverage'],
  ['#/compare', 'Compare'], ['#/power', 'Power'], ['#/claims', 'Claims'], [`#/case?${new URLSearchParams({ id: pageCases.trajectory }).toString()}`, pageCases.trajectory],
] as const;

/** What axe-core finds at WCAG 2.2 AA and among its best practices. */
async function violations({ tab }: Opened): Promise<readonly string[]> {
  await tab.evaluate(axe.source);
  const results = await tab.evaluate<AxeResults>('axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })');
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

describe('report page for everybody', () => {
  it.each(['light', 'dark'] as const)('axe-core finds nothing, %s', async (scheme) => {
    const opened = await openPage(browser, page, '', { scheme });
    for (const [hash, heading] of places) {
      await goTo(opened, hash, heading);
      await opened.tab.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true; })');
      expect([hash, await violations(opened)]).toEqual([hash, []]);
    }
    await opened.tab.context().close();
  }, 90_000);

  it('control: axe-core finds what is planted', async () => {
    const opened = await openPage(browser, page);
    await opened.tab.evaluate('document.querySelector("main").insertAdjacentHTML("beforeend", "<input><p style=\'color:#ddd;background:#fff\'>pale</p>")');
    expect((await violations(opened)).join()).toContain('label');
    await opened.tab.context().close();
  });

  it.each([320, 390])('at %i pixels nothing but a box of its own scrolls sideways', async (width) => {
    const opened = await openPage(browser, page, '', { width, height: 844 });
    for (const [hash, heading] of places) {
      await goTo(opened, hash, heading);
      expect([hash, await opened.tab.evaluate<number>('document.documentElement.scrollWidth - innerWidth')]).toEqual([hash, 0]);
    }
    await opened.tab.context().close();
  }, 60_000);

  it('keyboard: skip link, then the views, then a case and back, with the focus always to be seen', async () => {
    const opened = await openPage(browser, page);
    const { tab } = opened;
    const focused = () => tab.evaluate<string>('document.activeElement.textContent.trim().slice(0, 40)');
    await tab.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the results');
    expect(await tab.evaluate('document.activeElement.getBoundingClientRect().left >= 0')).toBe(true);
    await tab.keyboard.press('Enter');
    expect(await tab.evaluate('document.activeElement.id')).toBe('main');
    await goTo(opened, '#/cases', 'Cases');
    expect(await tab.evaluate('document.activeElement.id')).toBe('main');
    await tab.locator('.case-list a').first().focus();
    await tab.keyboard.press('ArrowDown');
    expect(await tab.evaluate('document.activeElement.textContent')).toBe(pageCases.oneToFour);
    expect(await tab.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await tab.keyboard.press('End');
    expect(await tab.evaluate('document.activeElement.textContent')).toBe(pageCases.hostile);
    expect(await tab.locator('.case-list a[tabindex="0"]').count()).toBe(1);
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { level: 1, name: pageCases.hostile }).waitFor();
    expect(await tab.evaluate('document.title')).toBe('Case – bn-conformance');
    await tab.context().close();
  });

  it('keyboard: arrows go through the matrix, over cells that do not exist', async () => {
    const opened = await openPage(browser, page, '#/matrix?rows=behaviour&columns=runner');
    const { tab } = opened;
    const at = () => tab.evaluate<string>('document.activeElement.getAttribute("aria-label")');
    await tab.locator('.cell[tabindex="0"]').focus();
    expect(await at()).toMatch(/^num\/golden, pytorch/);
    await tab.keyboard.press('ArrowRight');
    expect(await at()).toMatch(/^num\/golden, mindspore/);
    await tab.keyboard.press('ArrowDown');
    expect(await at()).toMatch(/^norm\/output, mindspore/);
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { level: 1, name: 'Cases' }).waitFor();
    await tab.context().close();
  });

  it('on paper the views are gone and the results stay', async () => {
    const opened = await openPage(browser, page);
    await opened.tab.emulateMedia({ media: 'print' });
    expect(await opened.tab.getByRole('navigation').count()).toBe(0);
    expect(await opened.tab.getByRole('heading', { name: 'Gate failed' }).isVisible()).toBe(true);
    await opened.tab.context().close();
  });
});
