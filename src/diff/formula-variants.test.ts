import { beforeAll, describe, expect, it } from 'vitest';
import { coreFormulas, type Formulas } from '../reference/formulas.ts';
import { readDialect } from '../spec/dialect.ts';
import { readRules } from '../spec/rules.ts';
import type { RuleId } from '../spec/rule-id.ts';
import { variantCauses } from './catalogue.ts';
import { groupFindings } from './findings.ts';
import { formulaVariants } from './formula-variants.ts';
import { judge } from './judge.ts';
import { observe, plannedAs } from './observe.fixture.ts';
import { degenerate, tellingCases } from './telling-cases.fixture.ts';
import type { Verdict } from './verdict.ts';

const core = readDialect('core', '1.0.0');
const rules = readRules().map(({ id }) => id as RuleId);
const asked = tellingCases.map((question) => plannedAs(question, { rules }));

interface Asked extends Verdict {
  readonly id: string;
}

/** Verdicts on what these formulas show, where they deviate. */
function deviating(formulas: Formulas, expectations = asked): readonly Asked[] {
  const verdicts = expectations.map((expectation) => ({
    id: expectation.case.id, ...judge(expectation, { kind: 'observed', seq: 0, observation: observe(expectation.case, formulas) }, core),
  }));
  return verdicts.filter(({ status }) => status !== 'conforms');
}

function findingsOf(verdicts: readonly Asked[]) {
  return groupFindings(verdicts.map((verdict) => ({ ...verdict, found: verdict.status, elements: 1, worstRatio: 1 })));
}

/**
 * Causes that no case can tell apart where the first one shows.
 *
 * For ε < 1e-5 both divide by √(σ² + 1e-5); for ε ≥ 1e-5 the first is the core formula.
 */
const indistinguishable: Readonly<Record<string, readonly string[]>> = { 'eps-at-least-1e-5': ['eps-constant'] };

describe.each(variantCauses)('$rule $id: $title', ({ id, rule, readings }) => {
  let first: readonly Asked[] = [];
  beforeAll(() => {
    first = deviating(readings[0]?.formulas ?? coreFormulas);
  }, 60_000);

  it.each(readings.map(({ formulas }, reading) => [reading, formulas] as const))('reading %i: what it shows deviates, is explained by it, and by no other cause throughout', (reading, formulas) => {
    const verdicts = reading === 0 ? first : deviating(formulas);
    expect(verdicts.map(({ status }) => status)).toContain('violates');
    expect(verdicts.filter(({ cause, candidates }) => cause !== id && !candidates.includes(id)).map((verdict) => [verdict.id, verdict.cause])).toEqual([]);
    const rivals = verdicts[0]?.candidates.filter((rival) => rival !== id && !indistinguishable[id]?.includes(rival)) ?? [];
    expect(rivals.filter((rival) => verdicts.every(({ candidates }) => candidates.includes(rival)))).toEqual([]);
  }, 60_000);

  it('is reported under its rule, and its cases are one cause, or one choice between those that no case can tell apart', () => {
    const same = indistinguishable[id] ?? [];
    expect(new Set(first.filter(({ cause }) => cause === id).map((verdict) => verdict.rule))).toEqual(new Set(same.length > 0 ? [] : [rule]));
    expect(findingsOf(first).map(({ cause, candidates }) => [cause, [...candidates].sort()])).toEqual([same.length > 0 ? ['ambiguous', [id, ...same].sort()] : [id, []]]);
  });
});

describe('the core formulas', () => {
  it('control: deviate in none of these cases', () => {
    expect(deviating(coreFormulas)).toEqual([]);
  });
});

/**
 * Pairs that are a third departure by definition: the two entries of `ranks-not-synchronised`, each by itself; and evaluation that both
 * normalises by the batch and moves the state, or training that does neither, which is the other mode but for the step count.
 */
const composed = [
  'rank-local-statistics+rank-local-gradient-sums', 'statistics-updated-in-evaluation+batch-statistics-in-evaluation', 'statistics-not-updated+running-statistics-in-training',
];

/** Pairs of variants that replace different entries. */
const pairs = formulaVariants.flatMap((a, i) => formulaVariants.slice(i + 1).flatMap((b) => (Object.keys(a.change).some((key) => key in b.change) ? [] : [[a, b] as const])));

describe('two departures at once', () => {
  const stride = 41;
  const expectations = asked.filter((expectation) => !degenerate(expectation.case));
  const sample = pairs.filter(([a, b], index) => index % stride === 3 && !composed.includes(`${a.id}+${b.id}`));

  it('the sample has at least a hundred pairs', () => {
    expect(sample.length).toBeGreaterThanOrEqual(100);
  });

  it.each(sample.map(([a, b]) => [a.id, b.id, { ...coreFormulas, ...a.change, ...b.change }] as const))('%s and %s: never a third cause', (a, b, formulas) => {
    const isOfPair = (cause: string) => cause.split('+').every((part) => part === a || part === b);
    const isRight = ({ cause, candidates }: { readonly cause: string | null; readonly candidates: readonly string[] }) => (
      cause === 'unexplained' || (cause === 'ambiguous' ? candidates.length === 0 || candidates.some(isOfPair) : isOfPair(cause ?? ''))
    );
    const verdicts = deviating(formulas, expectations);
    expect(verdicts.filter((verdict) => !isRight(verdict)).map(({ id, cause, candidates }) => [id, cause, ...candidates])).toEqual([]);
    expect(findingsOf(verdicts).filter((finding) => !isRight(finding)).map(({ cause }) => cause)).toEqual([]);
  }, 60_000);
});
