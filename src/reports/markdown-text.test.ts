import { describe, expect, it } from 'vitest';
import { markdownCode, markdownCommand, markdownTable, markdownText } from './markdown-text.ts';

describe('Markdown text', () => {
  it.each([
    ['a|b', String.raw`a\|b`],
    ['<b onclick="x">&amp;', '&lt;b onclick="x"&gt;&amp;amp;'],
    ['running_var *x* `y` ~~z~~', String.raw`running\_var \*x\* \`y\` \~\~z\~\~`],
    ['![x](y) $z$ \\', String.raw`!\[x\](y) \$z\$ \\`],
    ['two\n# lines\r\n\tand', 'two # lines and'],
    ['\u001b[31mred', String.raw`\[31mred`],
  ])('%j is shown as it is', (text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  it.each([
    ['a_b|<c>', '`a_b|<c>`'],
    ['a`b', '``a`b``'],
    ['``', '``` `` ```'],
    ['a\nb', '`a b`'],
  ])('code span of %j', (text, expected) => {
    expect(markdownCode(text)).toBe(expected);
  });

  it('no text ends a block of code', () => {
    expect(markdownCommand('run ```\n````sh')).toBe('`````sh\nrun ``` ````sh\n`````');
  });

  it('a cell stays one cell', () => {
    expect(markdownTable(['a|b', 'n'], [['x\ny', '1']])).toBe('| a\\|b | n |\n|---|---:|\n| x y | 1 |');
  });
});
