import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The system's Chromium, headless. */
export async function launchChromium() {
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`no Chromium at ${places.join(', ')}; apt-get install chromium`);
  return chromium.launch({ executablePath: found, args: userInfo().uid === 0 ? ['--no-sandbox'] : [] });
}
