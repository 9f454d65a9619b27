import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { encodeHeader } from './encode-header.ts';
import { header, joined } from './fixtures/sample-run.ts';
import { encodeLine } from './run-lines.ts';

describe('the header in pieces', () => {
  it.each([
    ['no case', []], ['one', ['batchnorm1d/norm/x/data=unit']], ['ids with quotes and paths', ['a"b\\c', `x/${homedir()}/y`, `${homedir()}/y`, '"cases":[']],
    ['many', Array.from({ length: 20_000 }, (_, i) => `batchnorm1d/norm/x/case=${String(i)}`)],
  ])('joined is the line: %s', (_, cases) => {
    const whole = header({ cases: [...cases], suite: 'a "cases":[ suite', command: 'run "cases":[]' });
    const pieces = [...encodeHeader(whole)];
    expect(joined(pieces)).toBe(encodeLine(whole));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000);
  });
});
