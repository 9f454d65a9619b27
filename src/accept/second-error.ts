import type { LayerConfig } from '../cases/case.ts';
import { countPerChannel, forEachInChannel } from '../reference/layout.ts';
import type { BackwardRecord, SecondOrder } from '../reference/trajectory.ts';
import type { AcceptedValues } from './accepted.ts';
import { type AccuracyClass, type AccuracyPair, type Precision, precisionOf, resultBound, safety } from './accuracy.ts';
import type { ChannelError } from './channel-error.ts';
import { inputGradientBounds } from './gradient-error.ts';
import type { ErrorPair } from './output-error.ts';
import { normalisedError } from './statistics-error.ts';

/** Accepted gradients of Σ v·dx by x and dy, and by γ where a gradient is taken of it; only where nothing overflows is there a bound. */
export function acceptSecondOrder(config: LayerConfig, record: BackwardRecord, second: SecondOrder, errors: ErrorPair, accuracy: AccuracyPair): AcceptedValues[] {
  const { x } = record.forward;
  const stable = secondBounds(config, record, second, errors.stable, accuracy.stable);
  const naive = secondBounds(config, record, second, errors.naive, accuracy.naive);
  const elements = (observable: 'ddx' | 'ddy'): AcceptedValues => ({ // BN-GRAD-06
    observable, rule: 'BN-GRAD-06', dtype: x.dtype, shape: x.shape, value: second[observable], stable: stable[observable], naive: naive[observable], alternative: null,
  });
  const { ddgamma } = second;
  const gamma: AcceptedValues[] = ddgamma === null ? [] : [{
    observable: 'ddgamma', rule: 'BN-GRAD-06', dtype: config.dtype, shape: [config.numFeatures], value: ddgamma, stable: stable.ddgamma, naive: naive.ddgamma, alternative: null,
  }];
  return [elements('ddx'), elements('ddy'), ...gamma];
}

/** Bounds of ddx and ddy [N, C, …] and ddγ [C]. */
interface SecondBounds {
  readonly ddx: Float64Array;
  readonly ddy: Float64Array;
  readonly ddgamma: Float64Array;
}

/** ddy is the dx of v, so its bound is too. */
function secondBounds(config: LayerConfig, record: BackwardRecord, second: SecondOrder, errors: readonly ChannelError[], accuracy: AccuracyClass): SecondBounds {
  const precision = precisionOf(record.forward.x.dtype, accuracy);
  const ofParameters = precisionOf(record.forward.x.dtype, accuracy, config.dtype);
  const bounds = { ddx: new Float64Array(second.ddx.length), ddy: inputGradientBounds(second.along, errors, accuracy), ddgamma: new Float64Array(config.numFeatures) };
  for (let c = 0; c < config.numFeatures; c++) {
    const means = absoluteMeans(record, second, c, errors[c]!, precision);
    bounds.ddgamma[c] = gammaBound(record, second, c, means, errors[c]!, accuracy, ofParameters);
    if (record.source === 'batch') inputBounds(bounds.ddx, record, second, c, means, errors[c]!, accuracy, precision); // by running statistics exactly 0
  }
  return bounds;
}

/** Means over the channel: V = ⟨|v|⟩, G = ⟨|dy|⟩, W = ⟨|v·dy|⟩, A = ⟨|v|·z⟩, B = ⟨|dy|·z⟩, δA = ⟨|v|·δx̂⟩, δB = ⟨|dy|·δx̂⟩; z = |x̂|. */
interface AbsoluteMeans {
  readonly v: number;
  readonly dy: number;
  readonly product: number;
  readonly a: number;
  readonly b: number;
  readonly aError: number;
  readonly bError: number;
}

function absoluteMeans({ forward: { x }, dy, mean, deviation }: BackwardRecord, { along }: SecondOrder, c: number, error: ChannelError, { unit }: Precision): AbsoluteMeans {
  const n = countPerChannel(x.shape);
  const means = { v: 0, dy: 0, product: 0, a: 0, b: 0, aError: 0, bError: 0 };
  forEachInChannel(x, c, (i) => {
    const [v, g] = [Math.abs(along.dy.data[i]!) / n, Math.abs(dy.data[i]!) / n];
    const z = Math.abs(x.data[i]! - mean[c]!) / deviation[c]!;
    const dz = normalisedError(error, mean[c]!, deviation[c]!, x.data[i]!, z, unit);
    means.v += v;
    means.dy += g;
    means.product += v * Math.abs(dy.data[i]!);
    means.a += v * z;
    means.b += g * z;
    means.aError += v * dz;
    means.bError += g * dz;
  });
  return means;
}

/** What is added to every sum of m flushed numbers: each may be as large as the smallest normal number. */
function flushedBy(size: number, tiny: number, n: number): number {
  return n * tiny * (1 + size);
}

/**
 *     batch    tol = K·n/s·(u·(2s_n + 12)·S + δA·B + A·δB + δs·S), S = W + V·G + A·B
 *     running  tol = K·n/s·(u·(s_n + 6)·W + δs·W)
 *
 * Besides the sums: their products, the quotients by n, differences, and γ's own factor n/s, in any order.
 */
function gammaBound(record: BackwardRecord, { ddgamma }: SecondOrder, c: number, means: AbsoluteMeans, error: ChannelError, accuracy: AccuracyClass, precision: Precision): number {
  if (error.undetermined) return error.unbounded;
  const { unit: u, tiny } = precision;
  const n = countPerChannel(record.forward.x.shape);
  const s = accuracy.summation(n);
  const factor = n / record.deviation[c]!;
  const { v, dy, product, a, b, aError, bError } = means;
  const flushed = flushedBy(v + dy + a + b + 1 / record.deviation[c]!, tiny, n) * (1 + factor);
  const size = record.source === 'running' ? product : product + v * dy + a * b;
  const arithmetic = record.source === 'running' ? u * (s + 6) * size : u * (2 * s + 12) * size + aError * b + a * bError;
  return resultBound(safety * (factor * (arithmetic + error.deviation * size) + flushed), ddgamma?.[c] ?? 0, precision);
}

/**
 *     tol_ddx = K·|γ|/s²·(u·(2s_n + 20)·S + z·3·(δA·B + A·δB) + δx̂·(W + V·G + 3AB) + δB·(|v| + V) + δA·(|dy| + G) + 2δs·S)
 *     S = z·(W + V·G + 3AB) + B·(|v| + V) + A·(|dy| + G)
 *
 * To first order every term of ∂L/∂x in absolute values, times what its factors are off by: the sums a and b, x̂ and 1/s², of which the
 * last may be found as 1/s³ with (x − μ) in place of x̂. At most two sums are multiplied, and 20 operations lie beside them.
 */
function inputBounds(
  bound: Float64Array, record: BackwardRecord, { along, ddx }: SecondOrder, c: number, means: AbsoluteMeans, error: ChannelError, accuracy: AccuracyClass, precision: Precision,
): void {
  const { unit: u, tiny } = precision;
  const { x } = record.forward;
  const n = countPerChannel(x.shape);
  const s = accuracy.summation(n);
  const [mu, deviation] = [record.mean[c]!, record.deviation[c]!];
  const factor = Math.abs(record.gamma[c]!) / deviation ** 2;
  const { v, dy, product, a, b, aError, bError } = means;
  const middle = product + v * dy + 3 * a * b;
  const middleError = 3 * (aError * b + a * bError);
  forEachInChannel(x, c, (i) => {
    const ownV = Math.abs(along.dy.data[i]!) + v;
    const ownDy = Math.abs(record.dy.data[i]!) + dy;
    const z = Math.abs(x.data[i]! - mu) / deviation;
    const dz = normalisedError(error, mu, deviation, x.data[i]!, z, u);
    const size = z * middle + b * ownV + a * ownDy;
    const arithmetic = u * (2 * s + 20) * size + z * middleError + dz * middle + bError * ownV + aError * ownDy + 2 * error.deviation * size;
    const flushed = flushedBy(z + ownV + ownDy + a + b + 1 / deviation, tiny, n) * (1 + factor) * (1 + z + ownV + ownDy);
    bound[i] = error.undetermined ? error.unbounded : resultBound(safety * (factor * arithmetic + flushed), ddx[i]!, precision);
  });
}
