import { describe, expect, it } from 'vitest';
import type { CheckedClaim, JudgedClaim } from '../../reports/claims/judge-claims.ts';
import type { ClaimsFile } from '../../spec/generated/claims.ts';
import { claimsText } from './text.ts';

const check = (change: Partial<CheckedClaim> = {}): CheckedClaim => ({ outcome: 'agrees', case: 'batchnorm1d/a', elements: 4, saw: 'as the rules say', condition: null, agreeing: 2, differing: 0, ...change });
const differing = check({ outcome: 'differs', condition: 'eps above 1', saw: 'MindSpore alone refuses: ValueError: no', differing: 1 });
const missing = check({ outcome: 'unanswered', case: null, saw: 'nobody looks', agreeing: 0 });

function judged(id: string, verdict: JudgedClaim['verdict'], checks: readonly CheckedClaim[], runners = ['pytorch@2.13.0']): JudgedClaim {
  return { claim: { id, place: 'prose', states: `Statement ${id}.`, settledBy: [] }, seed: 'S0', runners, verdict, checks };
}

const page: ClaimsFile = { schemaVersion: 1, seed: 'S0', page: { title: 'A page', release: 'MindSpore 2.3', comparesWith: 'PyTorch 1.8.1' }, claims: [] };

describe('the table of the claims', () => {
  it('says what holds for whom, and what was seen where it does not simply hold', () => {
    const first = judged('S0-01', 'holds', [check()]);
    const text = claimsText([
      first, { ...first, runners: ['mindspore@2.0.0'], verdict: 'does-not-hold', checks: [{ ...differing, condition: null }] },
      judged('S0-02', 'holds-with-a-condition', [check({ condition: 'eps in (0, 1]' }), differing, { ...missing, condition: 'eps None' }]),
      judged('S0-03', 'not-testable', [missing, { ...missing, condition: 'the other' }], []),
    ], [page, { ...page, seed: 'S1' }]);
    expect(text).toMatchInlineSnapshot(`
      "S0  A page (MindSpore 2.3; PyTorch 1.8.1)
        S0-01  Statement S0-01.
               holds: pytorch@2.13.0
               does not hold: mindspore@2.0.0
                 - MindSpore alone refuses: ValueError: no
                   in batchnorm1d/a (1 of 3 cases)
        S0-02  Statement S0-02.
               holds with a condition: pytorch@2.13.0
                 + eps in (0, 1]: as the rules say
                 - eps above 1: MindSpore alone refuses: ValueError: no
                   in batchnorm1d/a (1 of 3 cases)
                 ? eps None: nobody looks
        S0-03  Statement S0-03.
               not testable here
                 ? nobody looks

      3 claims, 4 verdicts: 1 holds, 1 does not hold, 1 holds with a condition, 1 not testable here
      "
    `);
  });
});
