/**
 * What the report page costs with 100,000 results: size of the file, time to the first view, time to change a filter, in headless Chromium.
 *
 *     npm run build && npm run bench:page
 *
 * Exit: 0 every target met, 1 some missed.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from '../tools/chromium.mjs';
import { syntheticRun } from './synthetic-run.mjs';

/** @import { Page } from 'playwright-core' */

/**
 * @param {string} path below dist/, without its suffix
 * @returns {Promise<unknown>}
 */
const built = (path) => import(new URL(`../dist/${path}.js`, import.meta.url).href);
const { reportPage } = /** @type {typeof import('../src/reports/page.ts')} */ (await built('reports/page'));
const { ruleTitles } = /** @type {typeof import('../src/reports/formats.ts')} */ (await built('reports/formats'));

const results = 100_000;
const repeats = 5;

/** Milliseconds from the start of the navigation until the view is painted. */
const paintedAt = `new Promise((done) => {
  const look = () => (document.querySelector('h1') === null ? setTimeout(look, 5) : requestAnimationFrame(() => setTimeout(() => done(performance.now()))));
  look();
})`;

/** Milliseconds from a new address until its number of cases is painted.
 * @param {string} hash
 */
const changeTo = (hash) => `new Promise((done) => {
  const before = document.querySelector('.found').textContent;
  const start = performance.now();
  location.hash = ${JSON.stringify(hash)};
  const look = () => (document.querySelector('.found').textContent === before ? setTimeout(look, 2) : requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))));
  look();
})`;

const filters = ['#/cases?status=violates', '#/cases?text=momentum%3D0.5+eval', '#/cases?axis.layer=batchnorm3d&sort=worst', '#/cases?disagree=1&odd=any', '#/cases?cause=momentum-complement'];

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/**
 * @param {Page} tab
 * @param {string} address
 */
async function measureFirstView(tab, address) {
  /** @type {number[]} */
  const times = [];
  for (let i = 0; i < repeats; i++) {
    await tab.goto('about:blank');
    await tab.goto(address, { waitUntil: 'commit' });
    times.push(Number(await tab.evaluate(paintedAt)));
  }
  return median(times);
}

/**
 * @param {Page} tab
 * @param {string} address
 */
async function measureFilters(tab, address) {
  await tab.goto('about:blank');
  await tab.goto(`${address}#/cases`);
  await tab.locator('.found').waitFor();
  /** @type {number[]} */
  const times = [];
  for (const hash of filters) {
    times.push(Number(await tab.evaluate(changeTo(hash))));
    await tab.evaluate(changeTo('#/cases'));
  }
  return Math.max(...times);
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} target
 * @param {string} unit
 */
function row(name, value, target, unit) {
  console.log(`${name.padEnd(34)} ${value.toFixed(1).padStart(8)} ${unit.padEnd(2)}  target < ${String(target)} ${unit}  ${value < target ? 'met' : 'MISSED'}`);
  return value < target;
}

const start = performance.now();
const page = [...reportPage(syntheticRun(results), ruleTitles())].join('');
const writtenMs = performance.now() - start;
const folder = await mkdtemp(join(tmpdir(), 'bn-bench-page-'));
const path = join(folder, 'index.html');
await writeFile(path, page);
const browser = await launchChromium();
try {
  const tab = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  const address = pathToFileURL(path).href;
  const met = [
    row('size of the file', Buffer.byteLength(page) / 1e6, 20, 'MB'),
    row('first view (median of 5)', await measureFirstView(tab, address), 1000, 'ms'),
    row('filter change (slowest of 5)', await measureFilters(tab, address), 1000, 'ms'),
  ];
  console.log(`${'writing the page, for information'.padEnd(34)} ${(writtenMs / 1000).toFixed(1).padStart(8)} s`);
  process.exitCode = met.every(Boolean) ? 0 : 1;
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
