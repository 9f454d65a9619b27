import { describe, expect, it } from 'vitest';
import { type Case, type Layer, type LayerConfig, type StatisticsRow } from '../cases/case.ts';
import { parseProgram } from '../cases/axes.ts';
import { question } from '../reference/question.fixture.ts';
import { readDialect } from '../spec/dialect.ts';
import { expectedText, pythonFloat } from './layer-text.ts';

const described = question({ program: 'describe', inputs: [[]] });
const asked = (layer: Layer, config: Partial<LayerConfig> = {}, program = 'describe'): Case => ({ ...described, layer, config: { ...described.config, numFeatures: 3, ...config }, program: parseProgram(program) });
const textOf = (framework: string, version: string, layer: Layer, config?: Partial<LayerConfig>) => expectedText(asked(layer, config), 0, readDialect(framework, version));

describe('BN-ERR-04 what a layer prints of itself, as the framework says', () => {
  it.each<[Layer, Partial<LayerConfig>, string]>([
    ['batchnorm1d', {}, 'BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)'],
    ['batchnorm3d', { momentum: null, eps: 1e-3, affine: false, statistics: 'untracked' }, 'BatchNorm3d(3, eps=0.001, momentum=None, affine=False, bias=False, track_running_stats=False)'],
    ['syncbatchnorm', { momentum: 1, eps: 1, scaleOnly: true, dtype: 'float64', frozen: true }, 'SyncBatchNorm(3, eps=1.0, momentum=1.0, affine=True, bias=False, track_running_stats=True)'],
  ])('PyTorch: %s %j', (layer, config, text) => {
    expect(textOf('pytorch', '2.13.0', layer, config)).toBe(text);
  });

  it('PyTorch 1.8 knows no bias', () => {
    expect(textOf('pytorch', '1.8.1', 'batchnorm2d')).toBe('BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)');
  });

  it('MindSpore prints the weight of the old state, and its parameters', () => {
    expect(textOf('mindspore', '2.10.0', 'batchnorm1d')).toMatchInlineSnapshot(`"BatchNorm1d(num_features=3, eps=1e-05, momentum=0.9, gamma=Parameter (name=gamma, shape=(3,), dtype=Float32, requires_grad=True), beta=Parameter (name=beta, shape=(3,), dtype=Float32, requires_grad=True), moving_mean=Parameter (name=mean, shape=(3,), dtype=Float32, requires_grad=False), moving_variance=Parameter (name=variance, shape=(3,), dtype=Float32, requires_grad=False))"`);
    expect(textOf('mindspore', '2.10.0', 'batchnorm3d', { momentum: 0.3, affine: false, dtype: 'float16', statistics: 'running' })).toMatchInlineSnapshot(`
      "BatchNorm3d(
        (bn2d): BatchNorm2d(num_features=3, eps=1e-05, momentum=0.7, gamma=Parameter (name=bn2d.gamma, shape=(3,), dtype=Float16, requires_grad=False), beta=Parameter (name=bn2d.beta, shape=(3,), dtype=Float16, requires_grad=False), moving_mean=Parameter (name=bn2d.moving_mean, shape=(3,), dtype=Float16, requires_grad=False), moving_variance=Parameter (name=bn2d.moving_variance, shape=(3,), dtype=Float16, requires_grad=False))
      )"
    `);
  });

  it('MindSpore 2.0.0 does so in angle brackets', () => {
    expect(textOf('mindspore', '2.0.0', 'syncbatchnorm')).toMatch(/^SyncBatchNorm<num_features=3, eps=1e-05, momentum=0\.9, gamma=[^<>]*>$/);
    expect(textOf('mindspore', '2.0.0', 'batchnorm3d')).toMatch(/^BatchNorm3d<\n {2}\(bn2d\): BatchNorm2d<[^<>]*>\n {2}>$/);
  });

  it('a setting of the live layer counts from the next step on', () => {
    const program = 'describe-momentum:0.5-eps:0.001-describe';
    expect([0, 3].map((step) => expectedText(asked('batchnorm1d', {}, program), step, readDialect('core', '1.0')))).toEqual([
      'BatchNorm(3, eps=1e-05, momentum=0.1, affine=True, statistics=tracked, dtype=float32)', 'BatchNorm(3, eps=0.001, momentum=0.5, affine=True, statistics=tracked, dtype=float32)',
    ]);
  });

  it('says nothing where the dialect states no text, or has no spelling of the row', () => {
    const pytorch = readDialect('pytorch', '2.13.0');
    const rows: readonly StatisticsRow[] = ['batch', 'paused'];
    expect([readDialect('keras', '3.15.1'), readDialect('flax', '0.12.8')].map((dialect) => expectedText(asked('batchnorm1d'), 0, dialect))).toEqual([null, null]);
    expect(rows.map((statistics) => expectedText(asked('batchnorm1d', { statistics }), 0, pytorch))).toEqual([null, null]);
  });

  it('every range of the two frameworks states what every layer prints, and no placeholder is left', () => {
    const layers = ['batchnorm1d', 'batchnorm2d', 'batchnorm3d', 'syncbatchnorm'] as const;
    const texts = [['pytorch', '2.13.0'], ['pytorch', '1.8.1'], ['mindspore', '2.10.0'], ['mindspore', '2.0.0'], ['core', '1.0']].flatMap(([framework = '', version = '']) => layers.map((layer) => textOf(framework, version, layer) ?? '{}'));
    expect(texts.filter((text) => /[{}]/.test(text))).toEqual([]);
  });

  it.each<[number, string]>([
    [1, '1.0'], [0, '0.0'], [0.1, '0.1'], [1e-4, '0.0001'], [1e-5, '1e-05'], [1.5e-7, '1.5e-07'], [1e-300, '1e-300'], [-2.5, '-2.5'], [1e15, '1000000000000000.0'], [1e16, '1e+16'], [0.1 + 0.2, '0.30000000000000004'], [1 - 0.9, '0.09999999999999998'],
  ])('%d is %s in Python', (value, text) => {
    expect(pythonFloat(value)).toBe(text);
  });
});
