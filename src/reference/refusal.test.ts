import { describe, expect, it } from 'vitest';
import { refusingRule, isConstructible } from './refusal.ts';
import { goldenInput, question } from './question.fixture.ts';
import { simulate } from './simulate.ts';

const { config } = question({ program: 'train', inputs: [[goldenInput]] });
const layer = { layer: 'batchnorm1d', config } as const;

describe('BN-SHAPE-02, BN-SHAPE-03 and BN-DTYPE-03 the rule that refuses an input', () => {
  it.each([
    [[3, 2], null], [[3, 2, 4], null], [[5], 'BN-SHAPE-02'], [[3, 2, 1, 1], 'BN-SHAPE-02'], [[3, 2, 1, 1, 1, 1], 'BN-SHAPE-02'], [[3, 3], 'BN-SHAPE-03'], [[3, 1], 'BN-SHAPE-03'],
  ])('%o: %s', (shape, rule) => {
    expect(refusingRule(layer, shape)).toBe(rule);
  });

  it.each(['int32', 'int64', 'bool'] as const)('BN-DTYPE-03 an input that is handed over as %s', (inputType) => {
    expect(refusingRule({ ...layer, inputType }, [3, 2])).toBe('BN-DTYPE-03');
    const { ranks: [rank] } = simulate({ ...question({ program: 'train', inputs: [[goldenInput]] }), inputType });
    expect(rank?.steps).toEqual([{ op: 'refusal', rule: 'BN-DTYPE-03', orFinite: false, state: rank?.construct }]);
  });

  it('control: the same input in its own type is computed', () => {
    const { ranks: [rank] } = simulate(question({ program: 'train', inputs: [[goldenInput]] }));
    expect(rank?.steps.map(({ op }) => op)).toEqual(['forward']);
  });
});

describe('BN-ERR-03 a layer that cannot exist', () => {
  it.each([[1, true], [0, true], [-1, false], [2.5, false], [NaN, false]])('of %d features: constructible %s', (numFeatures, expected) => {
    expect(isConstructible({ ...config, numFeatures })).toBe(expected);
  });

  it('is refused at construction, and nothing is computed', () => {
    expect(simulate(question({ program: 'train', config: { numFeatures: 2.5 }, inputs: [[goldenInput]] }))).toEqual({ ranks: [{ construct: null, refused: 'BN-ERR-03', steps: [] }] });
  });
});
