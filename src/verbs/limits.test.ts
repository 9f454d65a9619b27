import { describe, expect, it } from 'vitest';
import type { PlannedCase } from '../cases/plan.ts';
import { readDialect } from '../spec/dialect.ts';
import { findLimits, type Limit } from './limits.ts';
import { loadPlan } from './load-plan.ts';

const layers = ['batchnorm1d', 'batchnorm2d', 'batchnorm3d', 'syncbatchnorm'] as const;
const mindspore = { runner: 'mindspore@2.10.0', layers, dialect: readDialect('mindspore', '2.10.0') };
const pytorch = { runner: 'pytorch@2.13.0', layers, dialect: readDialect('pytorch', '2.13.0') };

function planned(axes: Readonly<Record<string, string>>, layer: PlannedCase['layer'] = 'batchnorm1d'): PlannedCase {
  return { id: `${layer}/${Object.values(axes).join('/')}`, layer, behaviour: 'norm/output', rules: [], axes: { program: 'train', shape: '4x3', ...axes }, expectsConstant: false, repeats: false, literal: null };
}

/** The limits in few words: `cells axis=value`. */
function words(limits: readonly Limit[], runner: string): readonly string[] {
  return limits.filter((limit) => limit.runner === runner).map(({ kind, combination, cells }) => `${String(cells)} ${kind} ${Object.entries(combination).map(([axis, values]) => `${axis}=${values.join('|')}`).join(' ')}`);
}

describe('what dialects do not offer or refuse of a plan', () => {
  it('golden: an entry with its dialect, its source and the cases that it concerns', () => {
    expect(findLimits([planned({ statistics: 'untracked' }), planned({ statistics: 'untracked', program: 'eval' }), planned({}), planned({ momentum: '1.5' })], [mindspore])).toEqual([
      {
        runner: 'mindspore@2.10.0', dialect: 'mindspore@2.10.0', kind: 'not-offered', combination: { statistics: ['untracked'] }, why: 'no layer without running statistics',
        source: 'mindspore.nn.BatchNorm2d, use_batch_statistics: every choice has moving_mean and moving_variance', cells: 2,
      },
      {
        runner: 'mindspore@2.10.0', dialect: 'mindspore@2.10.0', kind: 'refused', combination: { momentum: ['negative', 'above-one'] }, why: 'ValueError “\'momentum\' must be a number in range [0, 1]” at construction',
        source: 'mindspore.nn.BatchNorm2d, \'ValueError: If `momentum` is not in range [0, 1].\'', cells: 1,
      },
    ]);
  });

  it('each word of a program that a framework lacks, once per case', () => {
    const programs = ['train-momentum:0.5-train-momentum:0.2-train', 'train-eps:0.001-train', 'statistics:paused-train-statistics:tracked-train', 'statistics:batch-train', 'train-accumulate0', 'train-backward-freeze-train'];
    const limits = findLimits(programs.map((program) => planned({ program })), [mindspore, pytorch]);
    expect(words(limits, 'mindspore@2.10.0')).toEqual(['1 not-offered program=momentum', '1 not-offered program=eps', '1 not-offered program=paused', '1 not-offered program=accumulate']);
    expect(words(limits, 'pytorch@2.13.0')).toEqual(['1 not-offered statistics=batch', '1 not-offered program=statistics']);
  });

  it('a combination is refused where all of its facts hold, by the first call that is; several ranks count as one case', () => {
    const limits = findLimits([
      planned({ shape: '1x3' }), planned({ shape: '1x3', program: 'eval' }), planned({ shape: '1x3', program: 'eval-train' }), planned({ shape: '2x3x2x2' }), planned({ shape: '2x3x2x2' }, 'batchnorm2d'),
      planned({ ranks: '2x3x2+1x3x2' }, 'syncbatchnorm'),
    ], [pytorch, mindspore]);
    expect(words(limits, 'pytorch@2.13.0')).toEqual(['1 refused layer=batchnorm1d rank=refused', '2 refused elements=1 mode=train|fresh']);
    expect(words(limits, 'mindspore@2.10.0')).toEqual(['1 refused layer=batchnorm1d rank=refused', '1 refused layer=syncbatchnorm rank=1|3|5|6']);
  });

  it('what is not offered is not asked whether it is refused, and a layer that a runner does not speak is none of its limits', () => {
    expect(words(findLimits([planned({ statistics: 'untracked', momentum: '1.5' })], [mindspore]), 'mindspore@2.10.0')).toEqual(['1 not-offered statistics=untracked']);
    expect(findLimits([planned({ statistics: 'untracked' }, 'syncbatchnorm')], [{ ...mindspore, layers: ['batchnorm1d'] }])).toEqual([]);
  });

  it.each(['core', 'museum'])('%s: each has a reason and a source, and none concerns more cases than there are', (suite) => {
    const { cases } = loadPlan(suite);
    const limits = findLimits(cases, [pytorch, mindspore]);
    expect(limits.length).toBeGreaterThan(0);
    expect(limits.filter(({ why, source, cells }) => why === '' || source === '' || cells < 1 || cells > cases.length)).toEqual([]);
    const counted = (axis: string, value: string): number => cases.filter(({ axes }) => axes[axis] === value).length;
    const graph = limits.find(({ runner, combination }) => runner === 'pytorch@2.13.0' && combination['route']?.includes('graph') === true);
    expect(graph?.cells).toBe(counted('route', 'graph'));
  }, 120_000);
});
