import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readParameters } from './parameters.ts';
import { readRules } from './rules.ts';

describe('spec/rules.json', () => {
  it('holds the rule that is the example of the style guide', () => {
    expect(readRules().find(({ id }) => id === 'BN-STATE-03')).toMatchObject({ level: 'must', title: 'running variance stores the unbiased batch variance' });
  });

  it('numbers each area from 01 without holes, because withdrawn rules stay', () => {
    const ids = readRules().map(({ id }) => id);
    for (const area of new Set(ids.map((id) => id.slice(0, -3)))) {
      const own = ids.filter((id) => id.startsWith(`${area}-`));
      expect(own).toEqual(own.map((_, index) => `${area}-${String(index + 1).padStart(2, '0')}`));
    }
  });

  it('refuses an id that is given twice', () => {
    const rule = { id: 'BN-NUM-01', level: 'must', title: 't', formula: 'f', sources: ['s'] };
    const path = join(mkdtempSync(join(tmpdir(), 'bn-rules-')), 'rules.json');
    writeFileSync(path, JSON.stringify({ schemaVersion: 1, rules: [rule, rule] }));
    expect(() => readRules(path)).toThrow('gives the id BN-NUM-01 twice');
  });
});

describe('spec/parameters.json', () => {
  const { parameters, modeTable } = readParameters();

  it('gives momentum as the weight of the new batch', () => {
    expect(parameters.find(({ name }) => name === 'momentum')).toMatchObject({ default: 0.1, meaning: 'weight of the new batch in the running statistics' });
  });

  it('fills the mode table: batch or running statistics per row and mode', () => {
    expect(Object.fromEntries(modeTable.map(({ row, train, eval: evaluation }) => [row, `${train.normalisesBy} ${train.state} | ${evaluation.normalisesBy} ${evaluation.state}`]))).toEqual({
      tracked: 'batch updated | running kept',
      untracked: 'batch none | batch none',
      batch: 'batch updated | batch updated',
      running: 'running kept | running kept',
    });
  });

  it('cites rules that exist', () => {
    const known = new Set(readRules().map(({ id }) => id));
    expect(modeTable.flatMap(({ rules }) => rules).filter((rule) => !known.has(rule))).toEqual([]);
  });
});
