import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../spec/package-root.ts';
import { climb, isOrdinary, type Witness, witnessed } from './climb.ts';
import { chooseFrom, isHonest } from './draw.ts';
import { boundsDocument, keyOf, targetOf, targets } from './report.ts';

const { witnesses, mostValues } = JSON.parse(readFileSync(join(packageRoot, 'src', 'accept', 'honest', 'witnesses.json'), 'utf8')) as {
  readonly mostValues: number;
  readonly witnesses: readonly Witness[];
};

describe('BN-NUM-01, BN-NUM-02 no bound is loose', () => {
  it('every observable of every class and type has a witness, also where rounding is all that happens', () => {
    expect(witnesses.map(targetOf)).toEqual(targets);
    expect(targets).toHaveLength(2 * 3 * 2 * 6);
  });

  it.each(witnesses.map((witness) => [keyOf(targetOf(witness)), witness] as const))('golden: %s, an honest error of 5 % to 100 % of the bound with at most 64 values', (_, witness) => {
    const { level, regime, setting, form } = witness;
    const again = witnessed(witness);
    expect(again.ratio).toBeCloseTo(witness.ratio, 9);
    expect(again.ratio).toBeGreaterThanOrEqual(0.05);
    expect(again.ratio).toBeLessThanOrEqual(1);
    expect(setting.n).toBeLessThanOrEqual(64);
    expect(isHonest(form, level, setting)).toBe(true);
    if (regime === 'ordinary') expect(isOrdinary(setting, form)).toBe(true);
  });

  it('docs/bounds.md is what the witnesses say: npm run bounds', () => {
    expect(readFileSync(join(packageRoot, 'docs', 'bounds.md'), 'utf8')).toBe(boundsDocument(witnesses, mostValues));
  });

  it('control: a climb ends above the worst of its draws, and the same choices end at the same witness', () => {
    const search = (tries: number) => climb({ dtype: 'float32', level: 'naive', regime: 'ordinary', observable: 'dgamma' }, { draws: 40, climbs: 1, tries, mostValues: 8 }, chooseFrom(['tightness']));
    expect(search(200).ratio).toBeGreaterThan(1.2 * search(0).ratio);
    expect(search(200)).toEqual(search(200));
  });
});
