import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from './environment-file.ts';

const text = '# python: >=3.10 <3.13\n# prefer: 3.11\n# disk: 2.5G\n\ntorch==2.13.0\nnumpy\n';

describe('environment file', () => {
  it('golden: every header is read', () => {
    const { hash, ...rest } = parseEnvironmentFile('a/2.13.0.txt', text);
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
    expect(rest).toEqual({
      path: 'a/2.13.0.txt',
      pythonRange: '>=3.10 <3.13',
      preferredPython: '3.11',
      diskBytes: 2.5 * 2 ** 30,
      hasRequirements: true,
    });
  });

  it('disk is 1 GiB and nothing is preferred unless the file says so', () => {
    const { diskBytes, preferredPython, hasRequirements } = parseEnvironmentFile('f', '# python: >=3.7\n');
    expect([diskBytes, preferredPython, hasRequirements]).toEqual([2 ** 30, undefined, false]);
  });

  it('one changed byte gives another hash', () => {
    expect(parseEnvironmentFile('f', text).hash).not.toBe(parseEnvironmentFile('f', text.replace('2.13.0', '2.13.1')).hash);
  });

  it.each([
    ['torch\n', 'f: its python header is missing'],
    ['# python: newest\n', 'f: its python header is newest'],
    ['# python: >=3.7\n# disk: much\n', 'f: its disk header is much'],
  ])('a malformed header is refused: %j', (bad, message) => {
    expect(() => parseEnvironmentFile('f', bad)).toThrow(expect.objectContaining({ code: 'ENVIRONMENT_FILE', message }));
  });
});
