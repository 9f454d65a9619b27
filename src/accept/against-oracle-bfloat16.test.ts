import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largeSizes, leastTraits, oracleDrawn } from './oracle-question.fixture.ts';
import { holdAgainstOracle } from './oracle-share.fixture.ts';

const timeout = 300_000;

describe('BN-NUM-02 the reference of bfloat16 layers against the exact oracle', () => {
  it('property: 5000 drawn programs, every element within a thousandth of the stable bound of its exact value', { timeout }, () => {
    const { cases, elements, traits } = holdAgainstOracle(fc, oracleDrawn(fc, 'bfloat16'), 5000);
    expect(cases).toBe(5000);
    expect(elements.bounded).toBeGreaterThan(220_000);
    expect(elements.exact).toBeGreaterThan(30_000);
    expect(elements.overflowed).toBe(0);
    for (const [trait, least] of Object.entries(leastTraits)) expect(traits[trait], trait).toBeGreaterThan(least);
  });

  it('property: 4 programs with 1,000 to 10,000 values per channel', { timeout }, () => {
    const { cases, elements } = holdAgainstOracle(fc, oracleDrawn(fc, 'bfloat16', largeSizes(fc)), 4);
    expect(cases).toBe(4);
    expect(elements.bounded).toBeGreaterThan(1000);
  });
});
