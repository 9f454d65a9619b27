import { describe, expect, it } from 'vitest';
import type { Evidence, Run } from '../../reports/run.ts';
import { facts, header, violation } from '../../reports/fixtures/sample-run.ts';
import { failOnWrongReference, refuseWrongReference } from './blame-harness.ts';

const right: Evidence = { check: 'exact-oracle', outcome: 'reference-right', share: 1e-6 };
const wrong: Evidence = { check: 'exact-oracle', outcome: 'reference-wrong', share: 2.5 };
const passed = { gate: 'pass', reasons: [], warnings: [] } as const;

function runWith(evidence: readonly Evidence[]): Run {
  const cases = ['one', 'two'].map((id, index) => ({ ...violation(index), id, evidence }));
  return { header: header(), runners: [{ runner: 'a@1', facts: facts(), cases }], footer: null, complete: true };
}

describe('BN-NUM-02 a reference that the oracle contradicts', () => {
  it('passes no gate, and says so once', () => {
    expect(failOnWrongReference(passed, [{ checks: [wrong] }, { checks: [right, wrong] }])).toMatchObject({ gate: 'fail', reasons: ['harness error: the reference is outside a thousandth of the bound'] });
  });

  it('golden: the error names the cases', () => {
    expect(() => { refuseWrongReference(runWith([wrong])); }).toThrowErrorMatchingInlineSnapshot(`[UserError: harness error: the reference is outside a thousandth of the bound: the exact oracle contradicts it on one, two]`);
  });

  it('control: a reference that is right changes nothing', () => {
    expect(failOnWrongReference(passed, [{ checks: [right] }])).toBe(passed);
    expect(() => { refuseWrongReference(runWith([right])); }).not.toThrow();
  });
});
