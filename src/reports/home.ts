import { homedir } from 'node:os';

/**
 * The text with the user's home folder written as `~`, for files that are shared.
 *
 * Only whole path components count: with home `/root`, `/rootfs/x` and `/mnt/root` stay.
 */
export function shortenHome(text: string, home: string = homedir()): string {
  if (home.length < 2 || !text.includes(home)) return text;
  const escaped = home.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(String.raw`(?<=^|file://|[^\w/.~-])${escaped}(?![\w.-])`, 'g'), '~');
}
