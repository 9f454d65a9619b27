import { describe, expect, it } from 'vitest';
import type { Case } from '../../cases/case.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { backwardOf, distance, forwardOf, goldenGradient, goldenInput, question, type QuestionParts, tensor } from '../question.fixture.ts';
import { simulate } from '../simulate.ts';
import type { StepRecord } from '../trajectory.ts';
import { simulateWide } from './simulate-wide.ts';

const float64 = (shape: readonly number[], data: readonly number[]): Tensor => tensor(shape, data, 'float64');

function ask(parts: QuestionParts): Case {
  const asked = question(parts);
  return { ...asked, config: { ...asked.config, dtype: 'float64' } };
}

const golden = ask({ program: 'train-backward-eval-backward', inputs: [[goldenInput]], grads: [[goldenGradient]] });

/** The first 20 significant digits of hi + lo, for a number near 1. */
function digits(hi: number, lo: number): string {
  const scaled = BigInt(hi * 2 ** 60) * 2n ** 60n + BigInt(Math.round(lo * 2 ** 120));
  return ((scaled * 10n ** 40n) >> 120n).toString().slice(0, 20);
}

describe('BN-NUM-02 the double-double reference', () => {
  it('golden: y of the first golden vector to 20 digits, as cases/golden/first-vector.json has it', () => {
    const { y, low } = forwardOf(simulateWide(golden));
    expect(digits(y[4]!, low?.y[4] ?? NaN)).toBe('12247425750014137852');
    expect(digits(y[3]!, low?.y[3] ?? NaN)).toBe('13887286617360581476');
  });

  it('high parts agree with the float64 reference, step by step', () => {
    const plain = simulate(golden);
    const wide = simulateWide(golden);
    for (const step of [0, 2]) expect(distance(forwardOf(wide, step).y, forwardOf(plain, step).y)).toBeLessThan(1e-14);
    for (const step of [1, 3]) expect(distance(backwardOf(wide, step).dx, backwardOf(plain, step).dx)).toBeLessThan(1e-14);
    expect(distance(backwardOf(wide, 3).sums.dyNormalised, backwardOf(plain, 3).sums.dyNormalised)).toBeLessThan(1e-13);
  });

  it('control: low parts are there and not all 0', () => {
    const { y, low } = forwardOf(simulateWide(golden));
    expect(low?.y).toHaveLength(y.length);
    expect(low?.y.some((lo) => lo !== 0)).toBe(true);
    expect(forwardOf(simulate(golden)).low).toBeUndefined();
  });

  it('a backward step refers to the wide record of its forward', () => {
    const wide = simulateWide(golden);
    expect(backwardOf(wide, 1).forward).toBe(forwardOf(wide, 0));
    expect(backwardOf(wide, 3).forward).toBe(forwardOf(wide, 2));
  });

  it('modes, counts and refusals are those of simulate', () => {
    const shape = (record: StepRecord) => [record.op, record.state?.count, record.state?.updates];
    for (const asked of [golden, ask({ program: 'train', inputs: [[tensor([1, 2], [1, 2])]] }), ask({ program: 'train-reload-train', inputs: [[goldenInput]] })]) {
      const { ranks } = simulateWide(asked);
      expect(ranks.map((rank) => rank.steps.map(shape))).toEqual(simulate(asked).ranks.map((rank) => rank.steps.map(shape)));
    }
  });

  it('BN-STATE-13 a reload keeps the low parts of the state', () => {
    const steps = simulateWide(ask({ program: 'train-reload', inputs: [[goldenInput]] })).ranks[0]?.steps ?? [];
    expect(steps[1]?.state).toEqual(steps[0]?.state);
    expect(steps[0]?.state?.low?.mean.some((lo) => lo !== 0)).toBe(true);
  });
});

describe('BN-STAT-01 statistics at the ends of the float64 range', () => {
  const spread = [1, 2, 3, 6];

  it('n·σ² overflows and σ² does not: the variance is finite', () => {
    const scale = 2 ** 510.5;
    const asked = ask({ program: 'train', config: { numFeatures: 1 }, inputs: [[float64([4, 1], spread.map((x) => x * scale))]] });
    expect(forwardOf(simulate(asked)).batch.variance[0]).toBe(Infinity);
    expect(forwardOf(simulateWide(asked)).batch.variance[0]! / 2 ** 1020).toBeCloseTo(3.5 * 2, 12);
  });

  it('a sum of values overflows and their mean does not', () => {
    const asked = ask({ program: 'train', config: { numFeatures: 1 }, inputs: [[float64([4, 1], [1e308, 1.25e308, 1.5e308, 1.25e308])]] });
    expect(forwardOf(simulateWide(asked)).batch.mean[0]).toBe(1.25e308);
  });

  it('squares underflow and the variance is 0 to within the smallest number', () => {
    const asked = ask({ program: 'train', config: { numFeatures: 1 }, inputs: [[float64([4, 1], spread.map((x) => x * 2 ** -1070))]] });
    expect(forwardOf(simulateWide(asked)).batch.variance[0]).toBe(0);
  });
});

describe('BN-SYNC-01 ranks together', () => {
  it('an empty rank takes part with nothing', () => {
    const parts = { program: 'train-backward', config: { numFeatures: 1 } };
    const alone = simulateWide(ask({ ...parts, inputs: [[float64([4, 1], [1, 2, 3, 6])]] }));
    const both = simulateWide(ask({ ...parts, inputs: [[float64([0, 1], [])], [float64([4, 1], [1, 2, 3, 6])]] }));
    expect(forwardOf(both, 0, 1).y).toEqual(forwardOf(alone).y);
    expect(forwardOf(both, 0, 1).low).toEqual(forwardOf(alone).low);
    expect(backwardOf(both, 1, 1).dx).toEqual(backwardOf(alone).dx);
  });
});
