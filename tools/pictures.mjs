/**
 * Makes docs/pictures/*.png: the main views of the page of a real run, which is that of reports/latest unless a folder is given.
 *
 *     npm run conformance && npm run pictures
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launchChromium } from './chromium.mjs';

/** @import { Browser } from 'playwright-core' */
/** @import { Run } from '../src/reports/run.ts' */

/**
 * @param {string} path below dist/, without its suffix
 * @returns {Promise<unknown>}
 */
const built = (path) => import(new URL(`../dist/${path}.js`, import.meta.url).href);
const { readRun } = /** @type {typeof import('../src/reports/read-run.ts')} */ (await built('reports/read-run'));
const { reportPage } = /** @type {typeof import('../src/reports/page.ts')} */ (await built('reports/page'));
const { ruleTitles } = /** @type {typeof import('../src/reports/formats.ts')} */ (await built('reports/formats'));

const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(root, 'docs', 'pictures');
const [folder = join(root, 'reports', 'latest')] = process.argv.slice(2);

/**
 * The example of the finding that is furthest outside: it has most to show.
 *
 * @param {Run} run
 */
function tellingCase({ runners }) {
  const deviating = runners.flatMap(({ cases }) => cases.filter(({ deviations, evidence }) => deviations.length > 0 && evidence !== undefined));
  const worst = deviating.sort((a, b) => b.deviations.length - a.deviations.length)[0];
  return new URLSearchParams({ id: worst?.id ?? '' }).toString();
}

/** @param {Run} run */
function viewsOf(run) {
  return /** @type {const} */ ([
    ['overview', '#/overview', 'light', 1280, 860], ['overview-dark', '#/overview', 'dark', 1280, 860], ['overview-phone', '#/overview', 'light', 390, 844],
    ['matrix', '#/matrix', 'light', 1280, 860], ['cases', '#/cases?disagree=1', 'dark', 1280, 860], ['case', `#/case?${tellingCase(run)}`, 'light', 1280, 1400], ['accuracy', '#/accuracy', 'light', 1280, 860],
  ]);
}

/**
 * @param {Browser} browser
 * @param {string} address
 * @param {ReturnType<typeof viewsOf>[number]} view
 */
async function take(browser, address, [name, hash, colorScheme, width, height]) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height }, reducedMotion: 'reduce' });
  const tab = await context.newPage();
  await tab.goto(`${address}${hash}`);
  await tab.locator('h1').waitFor();
  await tab.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  await tab.screenshot({ path: join(pictures, `${name}.png`) });
  await context.close();
}

const run = await readRun(join(folder, 'run.ndjson'), { observed: true });
const scratch = await mkdtemp(join(tmpdir(), 'bn-pictures-'));
const page = join(scratch, 'index.html');
await writeFile(page, reportPage(run, ruleTitles()));
await mkdir(pictures, { recursive: true });
const browser = await launchChromium();
try {
  for (const view of viewsOf(run)) await take(browser, pathToFileURL(page).href, view);
} finally {
  await browser.close();
  await rm(scratch, { recursive: true, force: true });
}
