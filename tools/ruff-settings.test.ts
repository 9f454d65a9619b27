import { describe, expect, it } from 'vitest';
import { parseSettings } from './ruff-settings.mjs';

describe('the settings of ruff.toml', () => {
  it('are read with comments, tables and arrays over several lines', () => {
    const text = ['# old frameworks need it', 'target-version = "py37"', 'line-length = 120 # as TypeScript', '[lint]', 'select = [', '  "E", # errors', '  "F",', ']', '[lint.isort]', 'known-first-party = ["bn_protocol"]'].join('\n');
    expect(parseSettings(text)).toEqual({ 'target-version': 'py37', 'line-length': 120, lint: { select: ['E', 'F'], isort: { 'known-first-party': ['bn_protocol'] } } });
  });

  it('keep a number sign inside quotes', () => {
    expect(parseSettings('marker = "# mark"')).toEqual({ marker: '# mark' });
  });

  it.each(["select = ['E']", 'no value', 'when = 2026-11-21', '[[tables]]'])('refuse what this reader does not know: %s', (text) => {
    expect(() => parseSettings(text)).toThrow('ruff.toml: cannot read');
  });

  it.each(['[lint.per-file-ignores]\n"a.py" = ["F401"]', '[lint]\nper-file-ignores = {}'])('refuse exceptions per file, which would have no effect: %s', (text) => {
    expect(() => parseSettings(text)).toThrow('per-file-ignores has no effect here');
  });
});
