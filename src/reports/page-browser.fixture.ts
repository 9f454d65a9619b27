import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The system's Chromium: what a person would open the page with. */
export async function launchChromium(): Promise<Browser> {
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`no Chromium at ${places.join(', ')}: these tests open the page in it; apt-get install chromium`);
  return chromium.launch({ executablePath: found, args: userInfo().uid === 0 ? ['--no-sandbox'] : [] });
}

/** A view that takes longer is broken. */
const patienceMs = 5000;

export interface Look {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** A page on the screen, and what it did that it must not do. */
export interface Opened {
  readonly tab: Page;
  /** Everything that was asked for besides the file itself. */
  readonly requests: readonly string[];
  /** Errors and warnings of the console, and exceptions. */
  readonly complaints: readonly string[];
}

const folders: string[] = [];

/** Opens a page from a file, at an address within it. */
export async function openPage(browser: Browser, page: string, hash = '', { scheme = 'light', width = 1280, height = 900 }: Look = {}): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'bn-page-'));
  folders.push(folder);
  const path = join(folder, 'index.html');
  await writeFile(path, page);
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(patienceMs);
  const tab = await context.newPage();
  const address = pathToFileURL(path).href;
  const requests: string[] = [];
  const complaints: string[] = [];
  tab.on('request', (request) => { if (request.url().split('#', 1)[0] !== address && !request.url().startsWith('data:')) requests.push(request.url()); });
  tab.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  tab.on('pageerror', (error) => complaints.push(error.message));
  await tab.goto(`${address}${hash}`);
  await tab.locator('h1').first().waitFor({ timeout: patienceMs });
  return { tab, requests, complaints };
}

/** Goes to another address within the page. */
export async function goTo({ tab }: Opened, hash: string, heading: string): Promise<void> {
  await tab.evaluate(`new Promise((done) => {
    if (location.hash === ${JSON.stringify(hash)}) done();
    addEventListener('hashchange', () => requestAnimationFrame(() => requestAnimationFrame(done)), { once: true });
    location.hash = ${JSON.stringify(hash)};
  })`);
  await tab.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor({ timeout: patienceMs });
}

export async function removePages(): Promise<void> {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}
