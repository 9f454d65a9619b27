import { describe, expect, it } from 'vitest';
import { acceptCase } from '../accept/accept.ts';
import type { Case } from '../cases/case.ts';
import { materialise } from '../cases/materialise.ts';
import { type Option, options } from '../cases/options.ts';
import type { PlannedCase } from '../cases/plan.ts';
import { toDecimal } from '../reference/oracle/decimal.ts';
import { exactTrajectory } from '../reference/oracle/trajectory.ts';
import { simulate } from '../reference/simulate.ts';
import { readDialect } from '../spec/dialect.ts';
import { underContract } from './contract.ts';

function asked(axes: Readonly<Record<string, string>>): Case {
  const planned: PlannedCase = { id: 'batchnorm1d/x', layer: 'batchnorm1d', behaviour: 'x', rules: [], axes: { program: 'train-backward', shape: '4x3', data: 'exact', ...axes }, expectsConstant: false, repeats: false, literal: null };
  return materialise(planned, 1);
}

/** Options that some version's dialect names, with the point of the refusal. */
function refused(framework: string, version: string): readonly string[] {
  return readDialect(framework, version).errors.flatMap(({ when }) => when.option ?? []);
}

describe('BN-STATE-16 running statistics that the constructor is given are what a new layer begins with', () => {
  it('they are judged under the rule at construction, and only there', () => {
    const { construct, steps } = acceptCase(asked({ option: 'initial-numbers', initial: 'even' })).ranks[0] ?? { construct: null, steps: [] };
    expect(construct?.kind === 'values' && construct.values.map(({ rule, observable, value }) => [rule, observable, [...value]])).toEqual([['BN-STATE-16', 'running_mean', [0.25, 0.25, 0.25]], ['BN-STATE-16', 'running_var', [2, 2, 2]]]);
    expect(steps[0]?.kind === 'values' && steps[0].values.map(({ rule }) => rule)).not.toContain('BN-STATE-16');
  });

  it('control: values that are assigned after construction are judged as ever', () => {
    const { construct } = acceptCase(asked({ initial: 'even' })).ranks[0] ?? { construct: null };
    expect(construct?.kind === 'values' && construct.values.map(({ rule }) => rule)).toEqual(['BN-STATE-01', 'BN-STATE-01']);
  });
});

describe('BN-NORM-04 γ scales, and β is 0 where it is not there', () => {
  it('golden: by γ = 0.5, running mean 0.25 and variance 2, 0.25 gives 0; dγ is there and dβ is not', () => {
    const question = asked({ program: 'eval-backward', affine: 'scale', initial: 'even' });
    const [forward, backward] = simulate(question).ranks[0]?.steps ?? [];
    const x = question.ranks[0]?.inputs[0]?.data ?? new Float64Array();
    if (forward?.op !== 'forward' || backward?.op !== 'backward') throw new TypeError('expected a forward and its backward');
    expect(Math.max(...forward.y.map((y, i) => Math.abs(y - (0.5 * ((x[i] ?? 0) - 0.25)) / Math.sqrt(2 + 1e-5))))).toBeLessThan(1e-14);
    expect([backward.dgamma === null, backward.dbeta]).toEqual([false, null]);
  });

  it('the exact oracle agrees', () => {
    const question = asked({ affine: 'scale', initial: 'distinct' });
    const exact = exactTrajectory(question)[0]?.steps ?? [];
    const simulated = simulate(question).ranks[0]?.steps ?? [];
    const dgamma = simulated[1]?.op === 'backward' ? [...simulated[1].dgamma ?? []] : [];
    expect(exact[1]?.dbeta).toBeUndefined();
    for (const [c, value] of (exact[1]?.dgamma ?? []).entries()) expect(dgamma[c]).toBeCloseTo(Number(toDecimal(value, 20)), 10);
    expect(dgamma).toHaveLength(3);
  });
});

describe('BN-ERR-03 arguments that only some frameworks have', () => {
  it.each([['pytorch', '2.13.0'], ['mindspore', '2.10.0'], ['mindspore', '2.0.0'], ['core', '1.0.0']])('%s %s speaks of words that exist, at construction, but for what only a call reads', (framework, version) => {
    const { errors } = readDialect(framework, version);
    const entries = errors.filter(({ when }) => when.option !== undefined);
    expect(entries.length).toBeGreaterThan(0);
    const later = entries.filter(({ point }) => point === 'call').flatMap(({ when }) => when.option ?? []);
    expect(later.filter((word) => !/^(dtype|eps|momentum|kernels)-/.test(word))).toEqual([]);
    expect(refused(framework, version).filter((word) => !options.some((option) => option === word))).toEqual([]);
  });

  it('a refused one ends the case at construction; one that is taken changes no expected value', () => {
    const expected = (option: Option | undefined, framework: string) => {
      const question = asked({ initial: 'distinct', ...(option === undefined ? {} : { option }) });
      return underContract(acceptCase(question), question, readDialect(framework, framework === 'pytorch' ? '2.13.0' : '2.10.0').errors).ranks[0];
    };
    expect(expected('format-unknown', 'mindspore')?.construct).toMatchObject({ kind: 'refusal', rule: 'BN-ERR-03', errors: [{ class: 'ValueError' }] });
    expect(expected('format-own', 'mindspore')).toEqual(expected(undefined, 'mindspore'));
    expect(expected('statistics-text', 'pytorch')).toEqual(expected(undefined, 'pytorch'));
  });
});
