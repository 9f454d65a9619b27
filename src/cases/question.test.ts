import { describe, expect, it } from 'vitest';
import { questionKey } from './question.ts';

type Axes = Readonly<Record<string, string>>;

/** Whether two axis values ask the same. */
const same = (common: Axes, one: Axes, other: Axes) => questionKey('batchnorm1d', 'norm/output', { ...common, ...one }) === questionKey('batchnorm1d', 'norm/output', { ...common, ...other });

const momenta = [{ momentum: '0.1' }, { momentum: '0.5' }] as const;

describe('invariance repeats: cases that differ only in what cannot matter', () => {
  it.each<[string, Axes]>([
    ['BN-STATE-04 evaluation of the tracked row', { program: 'eval', statistics: 'tracked' }], ['BN-STATE-09 the running row in training', { program: 'train', statistics: 'running' }],
    ['BN-STATE-11 the untracked row', { program: 'train', statistics: 'untracked' }], ['evaluation twice', { program: 'eval-eval' }],
  ])('momentum does not matter in %s', (_, axes) => {
    expect(same(axes, ...momenta)).toBe(true);
  });

  it.each<[string, Axes]>([
    ['training of the tracked row', { program: 'train', statistics: 'tracked' }], ['a program that trains at all', { program: 'eval-train-eval' }],
    ['BN-STATE-10 evaluation of the batch row', { program: 'eval', statistics: 'batch' }], ['BN-STATE-08 a fresh layer', { program: 'fresh' }],
    ['BN-ERR-04 what a layer prints of itself', { program: 'describe', statistics: 'untracked' }],
  ])('momentum matters in %s', (_, axes) => {
    expect(same(axes, ...momenta)).toBe(false);
  });

  it('everything else matters', () => {
    const axes = { program: 'eval', statistics: 'tracked', shape: '5x3', eps: '1e-5' };
    expect(same(axes, {}, { eps: '1e-3' })).toBe(false);
    expect(same(axes, {}, { shape: '4x3' })).toBe(false);
    expect(questionKey('batchnorm1d', 'norm/output', axes)).not.toBe(questionKey('batchnorm2d', 'norm/output', axes));
    expect(questionKey('batchnorm1d', 'norm/output', axes)).not.toBe(questionKey('batchnorm1d', 'grad/backward', axes));
  });

  it('the order of the axes does not matter', () => {
    expect(questionKey('batchnorm1d', 'b', { program: 'eval', eps: '1' })).toBe(questionKey('batchnorm1d', 'b', { eps: '1', program: 'eval' }));
  });
});
