import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';

/**
 * The text with the user's home folder written as `~`, for files that are shared.
 *
 * Only whole path components count: with home `/root`, `/rootfs/x` and `/mnt/root` stay. A path may follow a flag of one letter
 * (`-I/home/me/include`) or an escaped line end, as in the build and the messages of a framework.
 *
 * @param homes  by default the home folder, and what it is a link to: an interpreter tells its own paths so
 */
export function shortenHome(text: string, homes: readonly string[] = ownHomes()): string {
  return homes.reduce(shorten, text);
}

function shorten(text: string, home: string): string {
  if (home.length < 2 || !text.includes(home)) return text;
  const escaped = home.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(String.raw`(?<=^|file://|[^\w/.~-]|(?:^|\s)-\w|\\[nrt])${escaped}(?![\w.-])`, 'g'), '~');
}

let known: { readonly home: string; readonly homes: readonly string[] } | undefined;

/** Looked up once per home folder: every text of a run passes here. */
function ownHomes(): readonly string[] {
  const home = homedir();
  if (known?.home !== home) known = { home, homes: [...new Set([home, linkedTo(home)])] };
  return known.homes;
}

function linkedTo(home: string): string {
  try {
    return realpathSync(home);
  } catch {
    return home; // a home that is not there is no link
  }
}
