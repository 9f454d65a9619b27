import type { Case } from '../../cases/case.ts';
import { coreFormulas, type GradientChannel } from '../../reference/formulas.ts';
import type { FormulaVariant } from '../cause-entry.ts';
import { replaceTail } from './channel-values.ts';

const { batchInputGradient, runningInputGradient, gammaGradient, betaGradient } = coreFormulas;

/** Departures in the gradients. */
export const gradientVariants: readonly FormulaVariant[] = [
  {
    id: 'frozen-statistics-gradient', rule: 'BN-GRAD-01', title: 'the training gradient treats mean and variance as constants',
    translation: 'none; the gradient is that of evaluation',
    change: { batchInputGradient: runningInputGradient },
  },
  {
    id: 'missing-x-hat-term', rule: 'BN-GRAD-01', title: 'the training gradient lacks the term through the variance',
    translation: 'none; subtract x̂·dγ/n',
    change: { batchInputGradient: ({ gamma, deviation, count, dySum }, dy) => (gamma / deviation) * (dy - dySum / count) },
  },
  {
    id: 'missing-mean-term', rule: 'BN-GRAD-01', title: 'the training gradient lacks the term through the mean',
    translation: 'none; subtract dβ/n',
    change: { batchInputGradient: ({ gamma, deviation, count, dyNormalisedSum }, dy, normalised) => (gamma / deviation) * (dy - (normalised * dyNormalisedSum) / count) },
  },
  {
    id: 'unbiased-input-gradient', rule: 'BN-GRAD-01', title: 'the term of the training gradient through the variance is divided by n − 1',
    translation: 'none; divide it by n',
    change: { batchInputGradient: ({ gamma, deviation, count, dySum, dyNormalisedSum }, dy, normalised) => (gamma / deviation) * (dy - dySum / count - (normalised * dyNormalisedSum) / (count - 1)) },
  },
  {
    id: 'x-hat-term-added', rule: 'BN-GRAD-01', title: 'the term of the training gradient through the variance has the wrong sign',
    translation: 'none; subtract it',
    change: { batchInputGradient: ({ gamma, deviation, count, dySum, dyNormalisedSum }, dy, normalised) => (gamma / deviation) * (dy - dySum / count + (normalised * dyNormalisedSum) / count) },
  },
  {
    id: 'dx-without-gamma', rule: 'BN-GRAD-01', title: 'dx is not multiplied by γ',
    translation: 'multiply dx by γ',
    change: {
      batchInputGradient: (at, dy, normalised) => batchInputGradient({ ...at, gamma: 1 }, dy, normalised),
      runningInputGradient: (at, dy, normalised) => runningInputGradient({ ...at, gamma: 1 }, dy, normalised),
    },
  },
  {
    id: 'dx-without-deviation', rule: 'BN-GRAD-01', title: 'the training gradient is not divided by s',
    translation: 'divide dx by s',
    change: { batchInputGradient: (at, dy, normalised) => batchInputGradient(at, dy, normalised) * at.deviation },
    forms: [{
      batchInputGradient: (at, dy, normalised) => batchInputGradient(at, dy, normalised) * at.deviation,
      runningInputGradient: (at, dy, normalised) => runningInputGradient(at, dy, normalised) * at.deviation,
    }],
  },
  {
    id: 'eps-ignored-in-backward', rule: 'BN-GRAD-01', title: 'dx is computed without ε',
    translation: 'no constant reconciles the two where the variance is small',
    change: { batchInputGradient: (at, dy, normalised) => batchInputGradient(withoutEps(at), dy, normalised * perDeviation(at)) },
    forms: [
      {
        batchInputGradient: (at, dy, normalised) => batchInputGradient(withoutEps(at), dy, normalised * perDeviation(at)),
        runningInputGradient: (at, dy, normalised) => runningInputGradient(withoutEps(at), dy, normalised),
      },
      { batchInputGradient: (at, dy, normalised) => batchInputGradient(at, dy, normalised) * perDeviation(at) },
      {
        batchInputGradient: (at, dy, normalised) => batchInputGradient(at, dy, normalised) * perDeviation(at),
        runningInputGradient: (at, dy, normalised) => runningInputGradient(withoutEps(at), dy, normalised),
      },
    ],
  },
  {
    id: 'gradient-through-running-average', rule: 'BN-GRAD-01', title: 'the training gradient sees the batch statistics with the weight m of the running ones',
    translation: 'none; the batch normalises by its own statistics',
    change: { batchInputGradient: ({ weight: m, ...at }, dy, normalised) => batchInputGradient({ ...at, weight: m, dySum: m * at.dySum, dyNormalisedSum: m * at.dyNormalisedSum }, dy, normalised) },
  },
  {
    id: 'tail-gradient-zero', rule: 'BN-GRAD-01', title: 'dx is 0 past the last multiple of four values',
    translation: 'pad the batch to a multiple of four values per channel',
    change: { inputGradient: (dx, x) => replaceTail(dx, x, () => 0) },
  },
  {
    id: 'gradients-replaced', rule: 'BN-GRAD-05', title: 'a backward pass replaces the gradients of γ and β instead of adding to them',
    translation: 'add the gradients up outside the layer',
    change: { accumulated: (_, own) => own },
    concerns: ({ program }) => program.filter((step) => step.op === 'backward' && step.accumulates === true).length > 1,
  },
  {
    id: 'second-order-by-constants', rule: 'BN-GRAD-06', title: 'where a backward pass is differentiated once more, mean and variance are constants',
    translation: 'none; differentiate through the statistics',
    change: {
      secondInput: ({ source, gamma, deviation, b, product }, v, _, normalised) => (source === 'running' ? 0 : -(gamma / deviation ** 2) * (v * b + normalised * product)),
      secondUpstream: ({ gamma, deviation }, v) => (gamma / deviation) * v,
      secondGamma: ({ deviation, count, product }) => (count / deviation) * product,
    },
    concerns: isDifferentiatedTwice,
  },
  {
    id: 'second-order-gamma-uncentred', rule: 'BN-GRAD-06', title: 'the gradient of Σ v·dx by γ lacks the term through the mean',
    translation: 'subtract Σv·Σdy/(n·s)',
    change: { secondGamma: ({ deviation, count, a, b, product, source }) => (count / deviation) * (source === 'running' ? product : product - a * b) },
    concerns: isDifferentiatedTwice,
  },
  {
    id: 'second-order-missing', rule: 'BN-GRAD-06', title: 'the gradient of Σ v·dx by x is 0',
    translation: 'none; dx depends on x through mean and variance',
    change: { secondInput: () => 0 },
    concerns: isDifferentiatedTwice,
  },
  {
    id: 'training-gradient-in-evaluation', rule: 'BN-GRAD-04', title: 'the evaluation gradient is that of training',
    translation: 'none; the gradient of evaluation is γ·dy/√(rv + ε)',
    like: ['MindSpore on CPU before 1.6.0'], // MindSpore commit 70ebd9bdbc1
    change: { inputGradientSource: () => 'batch' },
    forms: [{ inputGradientSource: () => 'batch', parameterGradientSource: () => 'batch' }],
  },
  {
    id: 'late-evaluation-gradient', rule: 'BN-GRAD-04', title: 'the gradient of an evaluation takes the running statistics of its backward pass, not of its forward pass',
    translation: 'differentiate an evaluation before the layer trains again',
    like: ['PyTorch'], // aten/src/ATen/native/Normalization.cpp: running_mean and running_var are inputs of the backward, without a version check
    change: { gradientState: (_, atBackward) => atBackward },
  },
  {
    id: 'dgamma-without-normalisation', rule: 'BN-GRAD-02', title: 'dγ is Σ dy·(x − μ)',
    translation: 'divide dγ by s',
    change: { gammaGradient: ({ dyNormalisedSum, deviation }) => dyNormalisedSum * deviation },
  },
  {
    id: 'dgamma-from-output', rule: 'BN-GRAD-02', title: 'dγ is Σ dy·y',
    translation: 'subtract β·dβ from dγ and divide by γ',
    change: { gammaGradient: ({ gamma, beta, dySum, dyNormalisedSum }) => gamma * dyNormalisedSum + beta * dySum },
  },
  {
    id: 'dgamma-uncentred', rule: 'BN-GRAD-02', title: 'dγ is Σ dy·x/s',
    translation: 'subtract μ·dβ/s from dγ',
    change: { gammaGradient: ({ mean, deviation, dySum, dyNormalisedSum }) => dyNormalisedSum + (mean * dySum) / deviation },
  },
  {
    id: 'dgamma-averaged', rule: 'BN-GRAD-02', title: 'dγ is the mean of dy·x̂',
    translation: 'multiply dγ by n',
    change: { gammaGradient: ({ dyNormalisedSum, count }) => dyNormalisedSum / count },
  },
  {
    id: 'dgamma-by-batch-in-evaluation', rule: 'BN-GRAD-02', title: 'dγ of evaluation is that by batch statistics',
    translation: 'none; dγ of evaluation is Σ dy·(x − rm)/√(rv + ε)',
    change: { parameterGradientSource: () => 'batch' },
  },
  {
    id: 'parameter-gradients-exchanged', rule: 'BN-GRAD-02', title: 'dγ and dβ are exchanged',
    translation: 'exchange dγ and dβ',
    change: { gammaGradient: betaGradient, betaGradient: gammaGradient },
  },
  {
    id: 'parameter-gradients-zero-in-evaluation', rule: 'BN-GRAD-02', title: 'γ and β have no gradient in evaluation',
    translation: 'none; evaluation does not freeze the parameters',
    change: { gammaGradient: (at) => (at.source === 'running' ? 0 : gammaGradient(at)), betaGradient: (at) => (at.source === 'running' ? 0 : betaGradient(at)) },
  },
  {
    id: 'channels-past-64-without-dgamma', rule: 'BN-GRAD-02', title: 'dγ is 0 from the 65th channel on',
    translation: 'split the channels into groups of 64',
    change: { gammaGradient: (at) => (at.channel < 64 ? gammaGradient(at) : 0) },
    concerns: ({ config }) => config.numFeatures > 64,
  },
  {
    id: 'dbeta-averaged', rule: 'BN-GRAD-03', title: 'dβ is the mean of dy',
    translation: 'multiply dβ by n',
    change: { betaGradient: ({ dySum, count }) => dySum / count },
  },
];

function isDifferentiatedTwice({ program }: Case): boolean {
  return program.some((step) => step.op === 'backward' && step.direction !== undefined);
}

/** s/σ. */
function perDeviation({ deviation, variance }: GradientChannel): number {
  return deviation / Math.sqrt(variance);
}

/** The channel as if ε were 0: s is σ, and x̂ grows by s/σ. */
function withoutEps(at: GradientChannel): GradientChannel {
  return { ...at, deviation: Math.sqrt(at.variance), dyNormalisedSum: at.dyNormalisedSum * perDeviation(at) };
}
