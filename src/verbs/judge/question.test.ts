import { describe, expect, it } from 'vitest';
import { UserError } from '../../spec/user-error.ts';
import type { FloatType, Tensor } from '../../tensor/tensor.ts';
import type { Part, Parts } from './dump.ts';
import { parseLayer } from './layer.ts';
import { type AskedMode, ownQuestions } from './question.ts';
import { parseSettings } from './settings.ts';

function part(place: string, shape: readonly number[], fill: number | readonly number[] = 1, dtype: FloatType = 'float32'): Part {
  const count = shape.reduce((a, b) => a * b, 1);
  const tensor: Tensor = { dtype, shape, data: typeof fill === 'number' ? new Float64Array(count).fill(fill) : Float64Array.from(fill) };
  return { place, tensor };
}

const x = part('x.npy', [2, 3, 1, 2]);
const state = { running_mean: part('s.npz: moving_mean', [3]), running_var: part('s.npz: moving_variance', [3]) };
const ask = (parts: Parts, mode: AskedMode = null, set: Readonly<Record<string, string>> = {}, layer = 'BatchNorm2d') => ownQuestions(parseLayer(layer), parseSettings(set), parts, mode);

/** `CODE message → hint` of what is refused. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof UserError) return `${error.code} ${error.message} → ${error.hint}`;
    throw error;
  }
  return 'not refused';
}

describe('the questions of a dump', () => {
  it('one per mode, backward where dy is given, named by content', () => {
    const { cases, notes } = ask({ x, dy: part('dy.npy', [2, 3, 1, 2]), ...state }, null, { eps: '1e-3', layout: 'channels-last' });
    expect(cases.map(({ id }) => id.replace(/=[0-9a-f]{12}$/, '=HASH'))).toEqual(['batchnorm2d/num/own-data/program=train-backward/data=HASH', 'batchnorm2d/num/own-data/program=eval-backward/data=HASH']);
    expect(cases[0]?.literal).toMatchObject({ config: { numFeatures: 3, eps: 1e-3, dtype: 'float32', statistics: 'tracked' }, layout: 'channels-last', initial: { running_mean: { shape: [3] } } });
    expect(notes).toEqual([]);
  });

  it('the id follows the data and the settings', () => {
    const id = (parts: Parts, set = {}) => ask(parts, 'train', set).cases[0]?.id;
    const other = { ...x, tensor: { ...x.tensor, data: x.tensor.data.with(5, 2) } };
    expect(new Set([id({ x }), id({ x: other }), id({ x }, { eps: '1e-4' }), id({ x, ...state })]).size).toBe(4);
    expect(id({ x })).toBe(id({ x: part('elsewhere.npy', [2, 3, 1, 2]) }));
  });

  it('without a running state evaluation is not asked, and the answer says so', () => {
    const { cases, notes } = ask({ x });
    expect(cases.map(({ id }) => id.split('/')[3])).toEqual(['program=train']);
    expect(notes).toEqual(['mode eval was not asked: it normalises by running_mean and running_var, and the dump has neither (--state stats.npz)', 'the running state begins as the layer is made: mean 0, variance 1']);
    expect(ask({ x }, null, { statistics: 'untracked' })).toMatchObject({ cases: { length: 2 }, notes: [] });
  });

  it('the layer has the type of its parameters, not of what numpy made float64; values move to it where it represents them', () => {
    const half = part('x.npy', [2, 3, 1, 2], 1, 'float16');
    const weights = { gamma: part('s.npz: weight', [3], 2, 'float64'), beta: part('s.npz: bias', [3], 0.5, 'float64') };
    expect(ask({ x: half, ...state, ...weights }, 'train').cases[0]?.literal).toMatchObject({ config: { dtype: 'float32' }, ranks: [{ inputs: [{ dtype: 'float16' }] }], initial: { gamma: { dtype: 'float32' } } });
    expect(ask({ x: half, ...weights }, 'train').cases[0]?.literal?.config.dtype).toBe('float16');
  });

  it('golden: what is refused, and what to do about it', () => {
    const bad: readonly (() => unknown)[] = [
      () => ask({}), () => ask({ x: part('x.npy', [4, 3]) }), () => ask({ x: part('x.npy', [4, 3, 2, 2, 2, 2]) }), () => ask({ x: part('x.npy', [0, 3, 1, 1]) }), () => ask({ x, dy: part('dy.npy', [2, 3, 2, 1]) }),
      () => ask({ x, ...state, running_var: part('s.npz: moving_variance', [2]) }), () => ask({ x, ...state, running_var: part('s.npz: moving_variance', [3], [1, -1, 1]) }),
      () => ask({ x, running_mean: state.running_mean }), () => ask({ x, gamma: part('s.npz: weight', [3]) }), () => ask({ x, ...state }, null, { statistics: 'untracked' }), () => ask({ x }, 'eval'),
      () => ask({ x, gamma: part('s.npz: weight', [3], 0.1, 'float64'), beta: part('s.npz: bias', [3]) }),
    ];
    expect(bad.map(refusal).join('\n')).toMatchInlineSnapshot(`
      "DUMP_INVALID the dump has no input → name it x or input in the archive, or give it with --input x.npy
      DUMP_SHAPE x.npy: shape [4, 3] has 2 axes, BatchNorm2d takes [N, C, H, W] → for this input the layer is BatchNorm1d
      DUMP_SHAPE x.npy: shape [4, 3, 2, 2, 2, 2] has 6 axes, BatchNorm2d takes [N, C, H, W] → reshape the dump; N and C come first
      DUMP_SHAPE x.npy: shape [0, 3, 1, 1] holds no element → dump an input of at least one sample
      DUMP_SHAPE dy.npy: shape [2, 3, 2, 1], expected [2, 3, 1, 2] as x has → dy is the gradient of the loss by the output of this layer, which has the shape of its input
      DUMP_SHAPE s.npz: moving_variance: shape [2], expected [3], one value per channel of x → save the state of the layer that saw this input
      DUMP_VALUE s.npz: moving_variance[1] = -1, expected at least 0 → a variance is never negative: look at what saved it
      DUMP_STATE s.npz: moving_mean is there, running_var is missing → save both: a layer that has one has the other
      DUMP_STATE s.npz: weight is there, beta is missing → save both: a layer that has one has the other
      DUMP_STATE s.npz: moving_mean: a layer with --set statistics=untracked has no running_mean → leave it out of the archive, or leave --set statistics=untracked out
      DUMP_STATE mode eval normalises by running_mean and running_var, and the dump has neither → give them with --state stats.npz, or judge training alone: --mode train
      DUMP_TYPE s.npz: weight[0] = 0.1 is float64, which float32, the type of the layer, cannot represent → save it as float32, or set the type of the layer: --set dtype=float64"
    `);
  });
});

describe('settings and layers', () => {
  it.each(['BatchNorm2d', 'torch.nn.BatchNorm2d', 'mindspore.nn.BatchNorm2d', 'batch_norm_2d', 'batchnorm2D', 'bn2d'])('%s', (word) => {
    expect(parseLayer(word)).toBe('batchnorm2d');
  });

  it('canonical values', () => {
    expect(parseSettings({ momentum: 'cumulative', affine: 'False', statistics: 'batch', dtype: 'float64', route: 'functional' }))
      .toEqual({ eps: 1e-5, momentum: null, affine: false, statistics: 'batch', dtype: 'float64', route: 'functional', layout: 'contiguous' });
  });

  it('golden: what is refused', () => {
    const bad: readonly (() => unknown)[] = [
      () => parseLayer('BatchNrom2d'), () => parseLayer('SyncBatchNorm'), () => parseLayer('LayerNorm'),
      ...[{ epsilon: '1e-3' }, { track_running_stats: 'True' }, { momentun: '0.1' }, { num_features: '3' }, { eps: '0' }, { eps: 'small' }, { momentum: '1.5' }, { layout: 'expanded' }, { statistics: 'True' }].map((raw) => () => parseSettings(raw)),
    ];
    expect(bad.map(refusal).join('\n')).toMatchInlineSnapshot(`
      "LAYER_UNKNOWN there is no layer 'BatchNrom2d' to judge → did you mean 'BatchNorm2d'? the layers are: BatchNorm1d, BatchNorm2d, BatchNorm3d
      LAYER_UNKNOWN there is no layer 'SyncBatchNorm' to judge → the layers are: BatchNorm1d, BatchNorm2d, BatchNorm3d
      LAYER_UNKNOWN there is no layer 'LayerNorm' to judge → the layers are: BatchNorm1d, BatchNorm2d, BatchNorm3d
      SETTING_UNKNOWN --set names 'epsilon', which is no parameter → did you mean 'eps'? the parameters are: eps, momentum, affine, statistics, dtype, route, layout; momentum is the weight of the new batch (MindSpore's 0.9 is 0.1)
      SETTING_UNKNOWN --set names 'track_running_stats', which is no parameter → did you mean 'statistics'? the parameters are: eps, momentum, affine, statistics, dtype, route, layout; momentum is the weight of the new batch (MindSpore's 0.9 is 0.1)
      SETTING_UNKNOWN --set names 'momentun', which is no parameter → did you mean 'momentum'? the parameters are: eps, momentum, affine, statistics, dtype, route, layout; momentum is the weight of the new batch (MindSpore's 0.9 is 0.1)
      SETTING_UNKNOWN --set names 'num_features', which is no parameter → channels come from axis 1 of the input; the parameters are: eps, momentum, affine, statistics, dtype, route, layout; momentum is the weight of the new batch (MindSpore's 0.9 is 0.1)
      SETTING_OUTSIDE --set eps=0 → expected a number above 0
      AXIS_VALUE axis 'eps' has no value 'small' → expected a finite decimal number
      SETTING_OUTSIDE --set momentum=1.5 → expected the weight of the new batch, from 0 to 1
      SETTING_OUTSIDE --set layout=expanded → expected a layout that any data can take; an expanded tensor repeats one sample
      AXIS_VALUE axis 'statistics' has no value 'True' → expected tracked, untracked, batch, running"
    `);
  });
});
