import { describe, expect, it } from 'vitest';
import type { Check, ClaimsFile, Framework } from '../../spec/generated/claims.ts';
import { deviation, facts, header, line } from '../fixtures/sample-run.ts';
import type { CaseLine, CaseResult, Run } from '../run.ts';
import { judgeClaims } from './judge-claims.ts';

const id = 'batchnorm1d/norm/output/data=unit';
const larger = 'batchnorm1d/norm/output/data=offset';
const described = { arguments: [{ name: 'eps', kind: 'positional' as const, default: 1e-5 }, { name: 'x', kind: 'positional' as const }], inputs: ['x'], training: true, repr: 'Norm(\n  eps=1e-05)', parameters: [{ name: 'weight', shape: [3], dtype: 'float32', trainable: true }], buffers: [] };
const float32 = (...values: readonly number[]) => ({ dtype: 'float32', shape: [values.length], hex: Buffer.from(Float32Array.from(values).buffer).toString('hex') });
const seen = (mean: number, y = [1, 2]) => [{ construct: { running_mean: float32(0) }, steps: [{ y: float32(...y), running_mean: float32(mean), described }] }];
const refused = [{ construct: {}, steps: [{ error: { class: 'ValueError', message: 'no\nstack' } }] }];

function result(change: Partial<CaseLine> = {}, caseId = id): CaseResult {
  return { ...line(0, { observed: seen(0.5), ...change }), id: caseId };
}

function runOf(pytorch: readonly CaseResult[], mindspore: readonly CaseResult[] | null): Run {
  const results = (framework: Framework, cases: readonly CaseResult[]) => ({ runner: `${framework}@1.0`, facts: facts({ framework }), cases });
  return { header: header({ suite: 'claims', cases: pytorch.length === 0 ? [id] : pytorch.map((one) => one.id) }), runners: [results('pytorch', pytorch), ...(mindspore === null ? [] : [results('mindspore', mindspore)])], footer: null, complete: true };
}

function judged(checks: readonly Check[], pytorch: readonly CaseResult[] = [result()], mindspore: readonly CaseResult[] | null = [result()]) {
  const file: ClaimsFile = { schemaVersion: 1, seed: 'S0', page: { title: 'A page', release: '1', comparesWith: '2' }, claims: [{ id: 'S0-01', place: 'prose', states: 'It is so.', settledBy: [...checks] }] };
  const [first] = judgeClaims(runOf(pytorch, mindspore), [file]);
  if (first === undefined) throw new TypeError('expected a verdict');
  return first;
}

const hard = (got: number) => ({ found: 'violates' as const, deviations: [deviation({ observable: 'running_mean', got, expected: 0.5, bound: 1e-6 })] });
const cases = (expected: Extract<Check, { kind: 'cases' }>['expect'], change: Partial<Extract<Check, { kind: 'cases' }>> = {}): Check => ({ kind: 'cases', runner: 'pytorch', expect: expected, select: ['**'], ...change });
const same: Check = { kind: 'agree', expect: 'same', select: ['**'], observables: ['running_mean'] };
const shows = (shown: Extract<Check, { kind: 'described' }>['shows']): Check => ({ kind: 'described', runner: 'pytorch', select: ['**'], shows: shown });

describe('verdicts', () => {
  it('holds, does not hold, holds with a condition, not testable', () => {
    const no: Check = { kind: 'not-testable', why: 'nobody looks' };
    const verdicts = [[cases('computes')], [cases('refused')], [cases('computes'), cases('refused')], [no], [cases('computes'), no], [cases('refused'), no]].map((checks) => judged(checks).verdict);
    expect(verdicts).toEqual(['holds', 'does-not-hold', 'holds-with-a-condition', 'not-testable', 'holds-with-a-condition', 'does-not-hold']);
  });

  it('the smallest case that differs speaks, and how many do', () => {
    const { checks } = judged([cases('conforms')], [result({ ...hard(7), elements: 90 }, larger), result(hard(8))]);
    expect(checks[0]).toMatchObject({ outcome: 'differs', case: id, differing: 2, agreeing: 0, saw: 'running_mean[0] is 8, by the rules 0.5' });
  });

  it('is asked of every runner that a claim is about, and of every pair', () => {
    expect([judged([cases('computes')]).runners, judged([same]).runners, judged([{ kind: 'balanced', text: '()' }]).runners]).toEqual([['pytorch@1.0'], ['pytorch@1.0', 'mindspore@1.0'], []]);
  });

  it.each<[string, Check, readonly CaseResult[], string]>([
    ['a framework that is not in the run', same, [result()], 'MindSpore is not in this run'],
    ['a layer that the runner does not speak', cases('computes'), [], 'the runner of PyTorch does not speak batchnorm1d'],
    ['a case that broke', cases('computes'), [{ ...line(0, { found: 'crashed', reason: 'it died' }), id }], 'PyTorch: crashed, it died'],
    ['a pattern without a case', cases('computes', { select: ['nothing/**'] }), [result()], 'this run asks none of its cases'],
    ['what the framework does not offer', cases('conforms'), [result({ found: 'unsupported', reason: 'no such row (the signature; f() → TypeError: no)' })], 'PyTorch has no such row'],
  ])('not testable: %s', (_, check, answers, why) => {
    const { verdict, checks } = judged([check], answers, null);
    expect([verdict, checks.some(({ saw }) => saw === why)]).toEqual(['not-testable', true]);
  });
});

describe('cases of one framework', () => {
  const unlisted = cases('conforms', { observables: ['y'] });
  it.each<[string, Check, CaseResult, 'holds' | 'does-not-hold' | 'not-testable']>([
    ['conforms', cases('conforms'), result(), 'holds'],
    ['conforms, outside the must bound', cases('conforms'), result(hard(7)), 'does-not-hold'],
    ['conforms, outside in what is not asked', unlisted, result(hard(7)), 'holds'],
    ['conforms, outside the should bound alone', cases('conforms'), result({ found: 'inaccurate', deviations: [deviation({ level: 'should', observable: 'y' })] }), 'holds'],
    ['conforms, and nothing could be judged', cases('conforms'), result({ found: 'ungradable' }), 'not-testable'],
    ['conforms, but a call failed', unlisted, result({ found: 'violates', deviations: [deviation({ kind: 'unexpected', observable: 'error', element: null, got: 'ValueError: no' })] }), 'does-not-hold'],
    ['conforms, where a call fails as documented', cases('conforms'), result({ observed: refused }), 'not-testable'],
    ['keeps, where a call fails', cases('keeps', { observables: ['running_mean'] }), result({ observed: refused }), 'not-testable'],
    ['zero, where a call fails', cases('zero', { observables: ['dgamma'] }), result({ observed: refused }), 'not-testable'],
    ['deviates', cases('deviates'), result(hard(7)), 'holds'],
    ['deviates, where a call fails as documented', cases('deviates'), result({ observed: refused }), 'not-testable'],
    ['deviates, and does not', cases('deviates'), result(), 'does-not-hold'],
    ['moves', cases('moves', { observables: ['running_mean'] }), result(), 'holds'],
    ['moves, and does not', cases('moves', { observables: ['running_mean'] }), result({ observed: seen(0) }), 'does-not-hold'],
    ['keeps', cases('keeps', { observables: ['running_mean'] }), result({ observed: seen(0) }), 'holds'],
    ['keeps, and does not', cases('keeps', { observables: ['running_mean'] }), result(), 'does-not-hold'],
    ['keeps what it does not have', cases('keeps', { observables: ['running_var'] }), result(), 'not-testable'],
    ['zero', cases('zero', { observables: ['running_mean'] }), result({ observed: seen(0) }), 'holds'],
    ['zero, by absence', cases('zero', { observables: ['dgamma'] }), result(), 'holds'],
    ['zero, and is not', cases('zero', { observables: ['running_mean'] }), result(), 'does-not-hold'],
    ['refused', cases('refused'), result({ observed: refused }), 'holds'],
    ['refused, and computes', cases('refused'), result(), 'does-not-hold'],
    ['computes, and refuses', cases('computes'), result({ observed: refused }), 'does-not-hold'],
    ['unsupported', cases('unsupported'), result({ found: 'unsupported', reason: 'no such row (…)' }), 'holds'],
    ['unsupported, and offered', cases('unsupported'), result(), 'does-not-hold'],
  ])('%s', (_, check, answer, verdict) => {
    expect(judged([check], [answer]).verdict).toBe(verdict);
  });
});

describe('both frameworks', () => {
  const missing = result({ found: 'unsupported', reason: 'no such row (…)' });
  it.each<[string, CaseResult, CaseResult, 'holds' | 'does-not-hold' | 'not-testable']>([
    ['both inside the bound', result(), result(), 'holds'],
    ['one outside', result(), result(hard(7)), 'does-not-hold'],
    ['both outside, with one number', result(hard(7)), result(hard(7)), 'holds'],
    ['both outside, with two', result(hard(7)), result(hard(8)), 'does-not-hold'],
    ['one refuses', result(), result({ observed: refused }), 'does-not-hold'],
    ['both refuse', result({ observed: refused }), result({ observed: refused }), 'holds'],
    ['one does not offer it', result(), missing, 'does-not-hold'],
    ['neither offers it', missing, missing, 'not-testable'],
  ])('%s', (_, pytorch, mindspore, verdict) => {
    expect(judged([same], [pytorch], [mindspore]).verdict).toBe(verdict);
    const inverse = { 'holds': 'does-not-hold', 'does-not-hold': 'holds', 'not-testable': 'not-testable' } as const;
    expect(judged([{ ...same, expect: 'different' }], [pytorch], [mindspore]).verdict).toBe(inverse[verdict]);
  });

  it('the parameters that a layer stores', () => {
    const parameters: Check = { ...same, observables: ['parameters'] };
    const frozen = [{ construct: {}, steps: [{ described: { ...described, parameters: [{ name: 'gamma', shape: [3], dtype: 'float32', trainable: false }] } }] }];
    expect([judged([parameters]).verdict, judged([parameters], [result()], [result({ observed: frozen })]).verdict]).toEqual(['holds', 'does-not-hold']);
  });
});

describe('what a layer says of itself', () => {
  it.each<[string, Parameters<typeof shows>[0], 'holds' | 'does-not-hold']>([
    ['arguments', { arguments: ['eps', 'x'] }, 'holds'], ['arguments in another order', { arguments: ['x', 'eps'] }, 'does-not-hold'],
    ['a default', { argument: 'eps', default: 1e-5 }, 'holds'], ['another default', { argument: 'eps', default: 1e-3 }, 'does-not-hold'],
    ['a default of what has none', { argument: 'x', default: null }, 'does-not-hold'], ['a default of no argument', { argument: 'gone', default: null }, 'does-not-hold'],
    ['no argument', { noArgument: 'gone' }, 'holds'], ['no argument, and it is there', { noArgument: 'eps' }, 'does-not-hold'],
    ['inputs', { inputs: ['x'] }, 'holds'], ['other inputs', { inputs: ['input'] }, 'does-not-hold'],
    ['training', { training: true }, 'holds'], ['evaluation', { training: false }, 'does-not-hold'],
    ['its text, whatever the white space', { text: 'Norm( eps=1e-05)' }, 'holds'], ['another text', { text: 'Norm' }, 'does-not-hold'],
  ])('%s', (_, shown, verdict) => {
    expect(judged([shows(shown)]).verdict).toBe(verdict);
  });

  it('a layer that cannot be constructed says nothing', () => {
    expect(judged([shows({ training: true })], [result({ observed: refused })]).checks[0]?.saw).toBe('the layer cannot be constructed here: ValueError: no');
  });
});

describe('what the page itself says', () => {
  const printed = (digits: string[], rounding: 'shortest' | 'fixed'): Check => ({ kind: 'printed', runner: 'pytorch', select: ['**'], rounding, digits });
  it.each<[string, Check, 'holds' | 'does-not-hold']>([
    ['digits', printed(['0.4470348', '-1.3411044'], 'shortest'), 'holds'], ['the next number of the type', printed(['0.44703484', '-1.3411044'], 'shortest'), 'does-not-hold'],
    ['rounded digits', printed(['0.4470', '-1.3411'], 'fixed'), 'holds'], ['other rounded digits', printed(['0.4471', '-1.3411'], 'fixed'), 'does-not-hold'],
    ['one value too few', printed(['0.4470'], 'fixed'), 'does-not-hold'],
    ['brackets', { kind: 'balanced', text: 'f(a, g(b))' }, 'holds'], ['a bracket too many', { kind: 'balanced', text: 'f(a))' }, 'does-not-hold'],
  ])('%s', (_, check, verdict) => {
    expect(judged([check], [result({ observed: seen(0, [0.4470348060131073, -1.3411043882369995]) })]).verdict).toBe(verdict);
  });

  it('a count of claims that hold', () => {
    const claim = (own: string, check: Check) => ({ id: own, place: 'prose', states: 'It is so.', settledBy: [check] });
    const file: ClaimsFile = { schemaVersion: 1, seed: 'S0', page: { title: 'A page', release: '1', comparesWith: '2' }, claims: [claim('S0-01', cases('computes')), claim('S0-02', cases('refused')), claim('S0-03', { kind: 'count', claims: ['S0-01', 'S0-02'], atMost: 1 }), claim('S0-04', { kind: 'count', claims: ['S0-01', 'S0-02'], atMost: 0 })] };
    expect(judgeClaims(runOf([result()], null), [file]).map(({ verdict }) => verdict)).toEqual(['holds', 'does-not-hold', 'holds', 'does-not-hold']);
  });
});
