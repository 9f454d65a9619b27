import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { acceptCase } from './accept.ts';
import type { AcceptedValues } from './accepted.ts';
import { type Drawn, drawnQuestion } from './drawn-question.fixture.ts';
import { computeHonestly, type HonestForm, type HonestStep } from './honest.fixture.ts';

type Level = 'stable' | 'naive';

/** Largest error ÷ bound of one observable, Infinity where a bound of 0 is missed; elements without a bound do not count. */
function worstRatio({ value, ...bounds }: AcceptedValues, got: Float64Array, level: Level): number {
  return value.reduce((worst, expected, i) => {
    const error = Math.abs(got[i]! - expected);
    return Math.max(worst, error === 0 || bounds[level][i] === Infinity ? 0 : error / bounds[level][i]!);
  }, 0);
}

/** Largest ratio of every observable, by name, over the whole program. */
function ratios(drawn: Drawn, how: HonestForm, level: Level): Readonly<Record<string, number>> {
  const asked = drawnQuestion(drawn);
  const got = computeHonestly(asked, how);
  const worst: Record<string, number> = {};
  for (const [index, step] of (acceptCase(asked).ranks[0]?.steps ?? []).entries()) {
    if (step.kind === 'refusal') throw new TypeError('expected a program without refusals');
    for (const values of step.values) worst[values.observable] = Math.max(worst[values.observable] ?? 0, worstRatio(values, valuesOf(got[index], values), level));
  }
  return worst;
}

function valuesOf(step: HonestStep | undefined, { observable }: AcceptedValues): Float64Array {
  const values = step?.[observable];
  if (values === undefined) throw new TypeError(`expected ${observable}`);
  return values;
}

const programs = ['train-backward', 'train-train-train-eval-backward', 'eval-train-backward-eval'];
const observed = ['y', 'dx', 'dgamma', 'dbeta', 'running_mean', 'running_var'];

/** κ = |μ|/s from 0 to 1e5, scales from 1e-3 to 1e3: the sweep that the bound was calibrated on. */
const drawn: fc.Arbitrary<Drawn> = fc.record({
  seed: fc.nat(), batches: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 2, max: 12 }) }, { weight: 1, arbitrary: fc.integer({ min: 13, max: 400 }) }).map((n) => [n]),
  channels: fc.integer({ min: 1, max: 2 }), spatial: fc.integer({ min: 1, max: 3 }), program: fc.constantFrom(...programs),
  statistics: fc.constant('tracked' as const), momentum: fc.constantFrom(0, 0.1, 0.5, 1, null), eps: fc.constantFrom(1e-5, 1e-3, 1),
  dtype: fc.constant('float32' as const), distinct: fc.boolean(), offset: fc.constantFrom(0, 1, 30, 1e3, 1e5), scale: fc.constantFrom(1e-3, 1, 1e3),
});

/** Results narrower than the arithmetic; no value overflows float16. */
const narrow: fc.Arbitrary<Drawn> = fc.tuple(drawn, fc.constantFrom('float16' as const, 'bfloat16' as const), fc.constantFrom(0, 1, 30)).map(
  ([choice, dtype, offset]) => ({ ...choice, dtype, offset, scale: 1 }),
);

/** The bound 0 of exact data speaks of sums in any order, which a running mean over more than two values is not. */
function isNotExact({ batches, spatial }: Drawn): boolean {
  const n = (batches[0] ?? 0) * spatial;
  return n === 2 || !Number.isInteger(Math.log2(n));
}

const forms: readonly HonestForm['form'][] = ['direct', 'folded'];

function expectInside(choice: Drawn, how: HonestForm, level: Level): void {
  for (const [observable, ratio] of Object.entries(ratios(choice, how, level))) expect(ratio, observable).toBeLessThan(1);
}

describe('BN-NUM-01 naive float32 arithmetic stays inside its bound', () => {
  it.each(forms)('property: sequential sums, %s form, every observable, over 500 programs', (form) => {
    fc.assert(fc.property(drawn, (choice) => { expectInside(choice, { sums: 'sequential', form }, 'naive'); }), { numRuns: 500 });
  });

  it.each(forms)('property: Welford updates, %s form, every observable, over 500 programs', (form) => {
    fc.assert(fc.property(drawn.filter(isNotExact), (choice) => { expectInside(choice, { sums: 'welford', form }, 'naive'); }), { numRuns: 500 });
  });

  it('property: results in float16 and bfloat16, over 500 programs', () => {
    fc.assert(fc.property(narrow, (choice) => { expectInside(choice, { sums: 'sequential', form: 'direct' }, 'naive'); }), { numRuns: 500 });
  });
});

describe('BN-NUM-02 pairwise float32 sums stay inside the stable bound', () => {
  it.each(forms)('property: %s form, every observable, over 500 programs', (form) => {
    fc.assert(fc.property(drawn, (choice) => { expectInside(choice, { sums: 'pairwise', form }, 'stable'); }), { numRuns: 500 });
  });

  const long: Drawn = {
    seed: 1, batches: [20000], channels: 1, spatial: 1, program: 'train-backward', statistics: 'tracked', momentum: 0.1, eps: 1e-5,
    dtype: 'float32', distinct: true, offset: 1_000_300, scale: 1e-3, // 1000.3, which rounds the same way at each addition
  };

  it('control: 20000 values of one sign summed one after the other leave the stable bound and stay inside the naive one', () => {
    const outside = ratios(long, { sums: 'sequential', form: 'direct' }, 'stable');
    expect(outside['running_mean']).toBeGreaterThan(1);
    expect(ratios(long, { sums: 'pairwise', form: 'direct' }, 'stable')['running_mean']).toBeLessThan(1);
    expect(ratios(long, { sums: 'sequential', form: 'direct' }, 'naive')['running_mean']).toBeLessThan(1);
  });

  test.prop([drawn])('control: every observable is compared, and a result that is off by 2⁻¹⁰ is seen in dβ', (choice) => {
    const asked = drawnQuestion({ ...choice, program: 'train-backward', dtype: 'float32' });
    const accepted = acceptCase(asked).ranks[0]?.steps.flatMap((step) => (step.kind === 'values' ? step.values : [])) ?? [];
    expect([...new Set(accepted.map(({ observable }) => observable))].sort()).toEqual([...observed].sort());
    const dbeta = accepted.find(({ observable }) => observable === 'dbeta');
    if (dbeta === undefined) throw new TypeError('expected dβ');
    const off = dbeta.value.map((value) => value * (1 + 2 ** -10) + 1);
    expect(worstRatio(dbeta, off, 'naive')).toBeGreaterThan(1);
  });
});
