import type { Case, LayerConfig } from '../../cases/case.ts';
import { coreFormulas } from '../../reference/formulas.ts';
import type { Moments } from '../../reference/trajectory.ts';
import type { FormulaVariant } from '../cause-entry.ts';

const blend = (before: Float64Array, stored: Float64Array, keep: number, m: number) => before.map((v, c) => keep * v + m * stored[c]!);

/** Each half of the state by its own weight. */
function moveBy(meanWeight: (m: number) => number, varianceWeight: (m: number) => number) {
  return (before: Moments, stored: Moments, m: number): Moments => ({
    mean: blend(before.mean, stored.mean, 1 - meanWeight(m), meanWeight(m)),
    variance: blend(before.variance, stored.variance, 1 - varianceWeight(m), varianceWeight(m)),
  });
}

/** The momentum of the construction, and those that the live layer is given. */
function momentaOf({ config, program }: Case): readonly (number | null)[] {
  return [config.momentum, ...program.flatMap((step) => (step.op === 'configure' && step.set.momentum !== undefined ? [step.set.momentum] : []))];
}

const same = (m: number) => m;
const none = () => 0;

const isInitialised = ({ option }: LayerConfig): boolean => option?.startsWith('initial-') === true;

/** Departures in what the running statistics store, and by which weight. */
export const stateVariants: readonly FormulaVariant[] = [
  {
    id: 'initialiser-ignored', rule: 'BN-STATE-16', title: 'the running statistics begin at 0 and 1 whatever the constructor was given',
    translation: 'set the running statistics after construction',
    change: { constructed: (given, fresh, config) => (isInitialised(config) ? fresh : given) },
    concerns: ({ config }) => isInitialised(config),
  },
  {
    id: 'biased-running-variance', rule: 'BN-STATE-03', title: 'running variance stores the biased batch variance (divisor n, not n − 1)',
    translation: 'multiply the batch variance by n/(n − 1) when it is stored; converted checkpoints need nothing, further training drifts',
    // ONNX BatchNormalization 15 (population variance); phi/kernels/cpu/batch_norm_kernel.cc; keras backend moments; flax/linen/normalization.py;
    // mxnet#14357; MindSpore commit 17db24c3a0e ends it on CPU
    like: ['ONNX and ONNX Runtime', 'Keras 3', 'Flax', 'Paddle on CPU', 'MXNet on CPU', 'Jittor before its recent versions', 'MindSpore on CPU before 2.5.0', 'TensorFlow outside its fused kernel'],
    change: { storedVariance: (variance) => variance },
  },
  {
    id: 'momentum-complement', rule: 'BN-STATE-02', title: 'momentum is the weight of the old state',
    translation: 'pass 1 − momentum',
    like: ['Keras', 'Flax', 'ONNX', 'Paddle', 'MXNet', 'MindSpore nn, given the number unconverted'], // each documents momentum as the weight of the old state
    change: { newWeight: (momentum, step) => (momentum === null ? 1 / step : 1 - momentum) },
  },
  {
    id: 'statistics-not-updated', rule: 'BN-STATE-02', title: 'training does not move the running statistics',
    translation: 'switch the layer to training, or let it track its statistics',
    like: ['early Keras 3', 'an early DirectML backend of PyTorch'], // keras-core#339, DirectML#364
    change: { newWeight: none },
    forms: [{ newWeight: none, moveState: (before) => before }], // where 0·NaN would be NaN
  },
  {
    id: 'running-mean-not-updated', rule: 'BN-STATE-02', title: 'training does not move the running mean',
    translation: 'none; move both running statistics',
    change: { moveState: moveBy(none, same) },
  },
  {
    id: 'running-variance-not-updated', rule: 'BN-STATE-03', title: 'training does not move the running variance',
    translation: 'none; move both running statistics',
    change: { moveState: moveBy(same, none) },
  },
  {
    id: 'variance-momentum-complement', rule: 'BN-STATE-03', title: 'momentum is the weight of the old running variance, and of the new mean',
    translation: 'none; one weight serves both running statistics',
    change: { moveState: moveBy(same, (m) => 1 - m) },
  },
  {
    id: 'momentum-ignored', rule: 'BN-STATE-02', title: 'the weight of the new batch is 0.1 whatever was asked',
    translation: 'ask for momentum 0.1',
    change: { newWeight: (momentum, step) => (momentum === null ? 1 / step : 0.1) },
    concerns: (question) => momentaOf(question).some((momentum) => momentum !== null && momentum !== 0.1),
  },
  {
    id: 'momentum-one-hundredth', rule: 'BN-STATE-02', title: 'the weight of the new batch is 0.01 whatever was asked',
    translation: 'pass the momentum explicitly; the default of this framework is 0.99 for the old state',
    like: ['Keras', 'Flax'], // defaults: keras.layers.BatchNormalization momentum=0.99, flax.linen.BatchNorm momentum=0.99
    change: { newWeight: () => 1 - 0.99 },
  },
  {
    id: 'state-replaced', rule: 'BN-STATE-02', title: 'training replaces the running statistics by those of the batch',
    translation: 'none; ask for momentum 1 on the other side',
    change: { newWeight: () => 1 },
    forms: [{ newWeight: (momentum, step) => (momentum === null ? 1 / step : 1) }],
  },
  {
    id: 'old-state-not-decayed', rule: 'BN-STATE-02', title: 'the batch is added to the running statistics, which do not decay',
    translation: 'multiply the running statistics by 1 − m before each step',
    change: { moveState: (before, stored, m) => ({ mean: blend(before.mean, stored.mean, 1, m), variance: blend(before.variance, stored.variance, 1, m) }) },
  },
  {
    id: 'state-restarts-at-each-step', rule: 'BN-STATE-02', title: 'each step starts from the initial running statistics',
    translation: 'none; keep the running statistics between steps',
    change: { moveState: (_, stored, m, initial) => coreFormulas.moveState(initial, stored, m, initial) },
  },
  {
    id: 'debiased-average', rule: 'BN-STATE-02', title: 'the running average is divided by 1 − (1 − m)^k, so that the initial state has no weight',
    translation: 'multiply the running statistics by 1 − (1 − m)^k and add the initial ones times (1 − m)^k',
    like: ['Caffe', 'TensorFlow contrib layers with zero_debias_moving_mean'], // caffe/src/caffe/layers/batch_norm_layer.cpp divides by its scale factor blob
    change: { newWeight: (momentum, step) => (momentum === null || momentum === 0 ? 1 / step : momentum / (1 - (1 - momentum) ** step)) },
  },
  {
    id: 'running-deviation-stored', rule: 'BN-STATE-03', title: 'running variance stores the standard deviation',
    translation: 'none; square what is stored',
    change: { storedVariance: (variance, n) => Math.sqrt((variance * n) / (n - 1)) },
    forms: [{ storedVariance: (variance) => Math.sqrt(variance) }],
  },
  {
    id: 'eps-stored-in-running-variance', rule: 'BN-STATE-03', title: 'running variance stores σ² + ε',
    translation: 'subtract ε from the running variance',
    like: ['early nntrainer'], // nntrainer#677
    change: { storedVariance: (variance, n, _, { eps }) => (variance * n) / (n - 1) + eps },
    forms: [{ storedVariance: (variance, n, _, { eps }) => ((variance + eps) * n) / (n - 1) }],
  },
  {
    id: 'uncentred-running-variance', rule: 'BN-STATE-03', title: 'running variance stores mean(x²), without the mean subtracted',
    translation: 'subtract the squared running mean',
    change: { storedVariance: (variance, n, mean) => ((variance + mean * mean) * n) / (n - 1) },
    forms: [{ storedVariance: (variance, _, mean) => variance + mean * mean }],
  },
  {
    id: 'bessel-by-batch-size', rule: 'BN-STATE-03', title: 'the stored variance is corrected by N/(N − 1), without the spatial axes',
    translation: 'multiply the stored variance by (N − 1)/N · n/(n − 1)',
    change: { storedVariance: (variance, _n, _mean, { batchSize }) => (variance * batchSize) / Math.max(batchSize - 1, 1) },
    forms: [{ storedVariance: (variance, _n, _mean, { batchSize }) => (variance * batchSize) / (batchSize - 1) }],
  },
  {
    id: 'running-mean-of-sum', rule: 'BN-STATE-02', title: 'running mean stores the sum',
    translation: 'divide by n',
    change: { storedMean: (mean, n) => mean * n },
  },
  {
    id: 'running-mean-with-bessel', rule: 'BN-STATE-02', title: 'running mean stores μ·n/(n − 1)',
    translation: 'multiply by (n − 1)/n',
    change: { storedMean: (mean, n) => (mean * n) / (n - 1) },
  },
  {
    id: 'running-statistics-exchanged', rule: 'BN-STATE-02', title: 'running mean takes the variance, running variance the mean',
    translation: 'exchange the two buffers',
    change: { moveState: (before, stored, m, initial) => coreFormulas.moveState(before, { mean: stored.variance, variance: stored.mean }, m, initial) },
    forms: [{
      moveState: (before, stored, m, initial) => {
        const { mean, variance } = coreFormulas.moveState({ mean: before.variance, variance: before.mean }, { mean: stored.variance, variance: stored.mean }, m, initial);
        return { mean, variance };
      },
    }],
  },
  {
    id: 'fresh-variance-zero', rule: 'BN-STATE-01', title: 'a fresh layer has running variance 0',
    translation: 'set the initial running variance to 1',
    change: { freshVariance: 0 },
    concerns: ({ initial }) => initial.running_var === undefined,
  },
  {
    id: 'cumulative-as-default-momentum', rule: 'BN-STATE-05', title: 'without momentum an exponential average with weight 0.1 is kept',
    translation: 'set momentum to 1/k at the k-th step',
    change: { newWeight: (momentum) => momentum ?? 0.1 },
    concerns: (question) => momentaOf(question).includes(null),
  },
  {
    id: 'cumulative-weight-off-by-one', rule: 'BN-STATE-05', title: 'the k-th batch of a plain average has weight 1/(k + 1)',
    translation: 'none; start counting after the first batch',
    change: { newWeight: (momentum, step) => momentum ?? 1 / (step + 1) },
    concerns: (question) => momentaOf(question).includes(null),
  },
  {
    id: 'empty-batch-moves-state', rule: 'BN-STAT-04', title: 'a batch without values moves the running statistics',
    translation: 'skip empty batches',
    like: ['Keras 3', 'Flax', 'ONNX Runtime'], // the state turns NaN, 0/0; in MindSpore's kernels mean and variance of no values are 0
    change: { skipsEmptyBatch: false },
    forms: [{
      skipsEmptyBatch: false,
      storedMean: (mean, n) => (n === 0 ? 0 : coreFormulas.storedMean(mean, n)),
      storedVariance: (variance, n, mean, at) => (n === 0 ? 0 : coreFormulas.storedVariance(variance, n, mean, at)),
    }],
    concerns: ({ ranks }) => ranks.every(({ inputs }) => inputs.some((x) => x.data.length === 0)),
  },
  {
    id: 'count-not-incremented', rule: 'BN-STATE-06', title: 'the step count stays where it is',
    translation: 'count the training steps outside the layer',
    change: { counts: none },
  },
  {
    id: 'count-doubled', rule: 'BN-STATE-06', title: 'the step count grows by two',
    translation: 'halve the step count',
    change: { counts: (row, mode) => 2 * coreFormulas.counts(row, mode) },
  },
  {
    id: 'count-in-evaluation', rule: 'BN-STATE-06', title: 'the step count grows in evaluation too',
    translation: 'count the training steps outside the layer',
    change: { counts: (row, mode) => (row === 'tracked' ? 1 : coreFormulas.counts(row, mode)) },
    forms: [{ counts: (row) => (row === 'untracked' ? 0 : 1) }],
  },
];
