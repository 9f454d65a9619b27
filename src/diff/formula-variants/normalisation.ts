import { coreFormulas } from '../../reference/formulas.ts';
import { forEachInChannel, splitShape } from '../../reference/layout.ts';
import type { FormulaVariant } from '../cause-entry.ts';
import { replaceTail } from './channel-values.ts';

/** Departures in how μ, σ² and ε become the normalised value. */
export const normalisationVariants: readonly FormulaVariant[] = [
  {
    id: 'unbiased-normalisation', rule: 'BN-NORM-01', title: 'normalises by the unbiased batch variance',
    translation: 'scale γ by √(n/(n − 1)) for a fixed batch size',
    change: { normalisingVariance: (variance, n) => (variance * n) / (n - 1) },
  },
  {
    id: 'eps-outside-sqrt', rule: 'BN-NORM-03', title: 'ε is added outside the root',
    translation: 'no constant reconciles the two; use an ε that is small against σ',
    like: ['early ncnn', 'early Torch'], // ncnn#311, pytorch#1804
    change: { deviation: (variance, eps) => Math.sqrt(variance) + eps },
  },
  {
    id: 'eps-ignored', rule: 'BN-NORM-03', title: 'ε is not added at all',
    translation: 'no constant reconciles the two where the variance is small',
    change: { deviation: (variance) => Math.sqrt(variance) },
  },
  {
    id: 'no-square-root', rule: 'BN-NORM-03', title: 'divides by σ² + ε, without the root',
    translation: 'none; divide by √(σ² + ε)',
    like: ['an early version of jax.experimental.stax'], // jax#443
    change: { deviation: (variance, eps) => variance + eps },
  },
  {
    id: 'multiplied-by-deviation', rule: 'BN-NORM-03', title: 'multiplies by √(σ² + ε) instead of dividing',
    translation: 'none; divide by √(σ² + ε)',
    change: { deviation: (variance, eps) => 1 / Math.sqrt(variance + eps) },
  },
  {
    id: 'eps-added-twice', rule: 'BN-NORM-03', title: 'ε is added twice',
    translation: 'pass half the ε',
    change: { deviation: (variance, eps) => Math.sqrt(variance + 2 * eps) },
  },
  {
    id: 'eps-as-floor', rule: 'BN-NORM-03', title: 'ε is a floor of the variance, max(σ², ε)',
    translation: 'no constant reconciles the two; use an ε that is small against σ²',
    change: { deviation: (variance, eps) => Math.sqrt(Math.max(variance, eps)) },
  },
  {
    id: 'eps-constant', rule: 'BN-NORM-03', title: 'ε is 1e-5 whatever was asked',
    translation: 'ask for ε = 1e-5',
    change: { deviation: (variance) => Math.sqrt(variance + 1e-5) },
    concerns: ({ config }) => config.eps !== 1e-5,
  },
  {
    id: 'eps-one-thousandth', rule: 'BN-NORM-03', title: 'ε is 1e-3 whatever was asked',
    translation: 'pass ε explicitly; 1e-3 is the default of this framework',
    like: ['Keras', 'TensorFlow', 'the MXNet operator'], // defaults: keras.layers.BatchNormalization epsilon=0.001, mxnet.symbol.BatchNorm eps=0.001
    change: { deviation: (variance) => Math.sqrt(variance + 1e-3) },
    concerns: ({ config }) => config.eps !== 1e-3,
  },
  {
    id: 'eps-at-least-1e-5', rule: 'BN-NORM-03', title: 'an ε below 1e-5 is raised to 1e-5',
    translation: 'use an ε of at least 1e-5',
    like: ['cuDNN before version 7.5'], // CUDNN_BN_MIN_EPSILON of cudnn.h, 1e-5 then and 0 since
    change: { deviation: (variance, eps) => Math.sqrt(variance + Math.max(eps, 1e-5)) },
    concerns: ({ config }) => config.eps < 1e-5,
  },
  {
    id: 'eps-missing-in-evaluation', rule: 'BN-NORM-03', title: 'ε is not added to the running variance',
    translation: 'add ε to the running variance before evaluation',
    change: { deviation: (variance, eps, source) => (source === 'running' ? Math.sqrt(variance) : coreFormulas.deviation(variance, eps, source)) },
  },
  {
    id: 'running-mean-ignored', rule: 'BN-NORM-02', title: 'evaluation does not subtract the running mean',
    translation: 'add γ·rm/√(rv + ε) to β',
    change: { centre: () => 0 },
  },
  {
    id: 'running-variance-ignored', rule: 'BN-NORM-02', title: 'evaluation takes the running variance for 1',
    translation: 'scale γ by √(1 + ε)/√(rv + ε)',
    change: { runningVariance: () => 1 },
  },
  {
    id: 'bessel-in-evaluation', rule: 'BN-NORM-02', title: 'evaluation multiplies the running variance by n/(n − 1) of the batch at hand',
    translation: 'none; the running variance is unbiased as it is stored',
    change: { runningVariance: (variance, n) => (variance * n) / (n - 1) },
    forms: [{ runningVariance: (variance, n) => (variance * n) / Math.max(n - 1, 1) }],
  },
  {
    id: 'last-channel-skipped', rule: 'BN-NORM-03', title: 'the last channel is passed through as it is',
    translation: 'append a channel that is dropped afterwards',
    change: {
      output: (y, x) => {
        const result = y.slice();
        forEachInChannel(x, splitShape(x.shape).channels - 1, (i) => {
          result[i] = x.data[i]!;
        });
        return result;
      },
    },
  },
  {
    id: 'tail-not-normalised', rule: 'BN-NORM-03', title: 'values past the last multiple of four are passed through as they are',
    translation: 'pad the batch to a multiple of four values per channel',
    change: { output: (y, x) => replaceTail(y, x, (i) => x.data[i]!) },
  },
];
