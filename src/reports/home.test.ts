import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { shortenHome } from './home.ts';

describe('home folder', () => {
  it.each([
    ['/home/ada/x', '~/x'],
    ['/home/ada', '~'],
    ['a=/home/ada/x:/home/ada/y', 'a=~/x:~/y'],
    ['file:///home/ada/x', 'file://~/x'],
    ['"/home/ada/x"', '"~/x"'],
    ['gcc -I/home/ada/include -L/home/ada', 'gcc -I~/include -L~'],
    [String.raw`'a\n/home/ada/x'`, String.raw`'a\n~/x'`],
    ['/home/adam/x', '/home/adam/x'],
    ['/mnt/home/ada/x', '/mnt/home/ada/x'],
    ['/home/ada.old/x', '/home/ada.old/x'],
    ['x-I/home/ada/include', 'x-I/home/ada/include'],
    ['lib/home/ada/x', 'lib/home/ada/x'],
  ])('%s becomes %s', (text, expected) => {
    expect(shortenHome(text, ['/home/ada'])).toBe(expected);
  });

  it('signs of a pattern in the home folder are plain text', () => {
    expect(shortenHome('/h/a.b/x /h/acb/x', ['/h/a.b'])).toBe('~/x /h/acb/x');
  });

  it('a home that is a link is shortened by both its names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bn-home-'));
    const [place, link] = [join(folder, 'data', 'ada'), join(folder, 'ada')];
    await mkdir(place, { recursive: true });
    await symlink(place, link);
    vi.stubEnv('HOME', link);
    const shortened = shortenHome(`${link}/x ${place}/y ${folder}/z`);
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
    expect(shortened).toBe(`~/x ~/y ${folder}/z`);
  });

  it('a home of / changes nothing', () => {
    expect(shortenHome('/x', ['/'])).toBe('/x');
  });
});
