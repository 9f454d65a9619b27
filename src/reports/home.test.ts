import { describe, expect, it } from 'vitest';
import { shortenHome } from './home.ts';

describe('home folder', () => {
  it.each([
    ['/home/ada/x', '~/x'],
    ['/home/ada', '~'],
    ['a=/home/ada/x:/home/ada/y', 'a=~/x:~/y'],
    ['file:///home/ada/x', 'file://~/x'],
    ['"/home/ada/x"', '"~/x"'],
    ['/home/adam/x', '/home/adam/x'],
    ['/mnt/home/ada/x', '/mnt/home/ada/x'],
    ['/home/ada.old/x', '/home/ada.old/x'],
  ])('%s becomes %s', (text, expected) => {
    expect(shortenHome(text, '/home/ada')).toBe(expected);
  });

  it('signs of a pattern in the home folder are plain text', () => {
    expect(shortenHome('/h/a.b/x /h/acb/x', '/h/a.b')).toBe('~/x /h/acb/x');
  });

  it('a home of / changes nothing', () => {
    expect(shortenHome('/x', '/')).toBe('/x');
  });
});
