import { sum } from '../tensor/sum.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Formulas, SecondChannel } from './formulas.ts';
import { forEachInChannel } from './layout.ts';
import type { BackwardRecord, SecondOrder } from './trajectory.ts';

/**
 * A backward step differentiated once more: the gradients of L = Σ v·dx by x, dy and γ.
 *
 *     by batch statistics     a = ⟨v·x̂⟩, b = ⟨dy·x̂⟩, q = ⟨(v − ⟨v⟩)·(dy − ⟨dy⟩)⟩, means over the n values of the channel
 *                             ∂L/∂x = −(γ/s²)·(x̂·(q − 3ab) + b·(v − ⟨v⟩) + a·(dy − ⟨dy⟩))
 *                             ∂L/∂dy = (γ/s)·(v − ⟨v⟩ − x̂·a)        ∂L/∂γ = (n/s)·(q − ab)
 *     by running statistics   ∂L/∂x = 0        ∂L/∂dy = γ·v/s        ∂L/∂γ = Σ v·dy/s
 *
 * From ∂s/∂x = x̂/n, ∂Σ(v·(x − μ))/∂x = v − ⟨v⟩ and L = n·γ·(q/s − ⟨v·(x − μ)⟩·⟨dy·(x − μ)⟩/s³).
 *
 * @param record  the backward pass of dy
 * @param along   the backward pass of v through the same forward
 * @throws {RangeError} over several ranks, which no case asks about
 * @see spec/batch-norm.md#bn-grad-06
 */
export function secondOrder(formulas: Formulas, record: BackwardRecord, along: BackwardRecord): SecondOrder {
  const { forward: { x, config }, dy, mean, deviation, gamma } = record;
  if (record.sums.count * gamma.length !== x.data.length) throw new RangeError('a backward pass over several ranks is not differentiated once more');
  const channels = gamma.length;
  const result = { along, ddx: new Float64Array(x.data.length), ddy: new Float64Array(x.data.length), ddgamma: new Float64Array(channels) };
  for (let c = 0; c < channels; c++) {
    const at = secondChannel(record, along.dy, c);
    result.ddgamma[c] = formulas.secondGamma(at);
    forEachInChannel(x, c, (i) => {
      const normalised = (x.data[i]! - mean[c]!) / deviation[c]!;
      result.ddx[i] = formulas.secondInput(at, along.dy.data[i]!, dy.data[i]!, normalised); // BN-GRAD-06
      result.ddy[i] = formulas.secondUpstream(at, along.dy.data[i]!, normalised);
    });
  }
  return config.affine && config.frozen !== true ? result : { ...result, ddgamma: null };
}

function secondChannel({ forward: { x }, source, dy, mean, deviation, gamma }: BackwardRecord, v: Tensor, c: number): SecondChannel {
  const indices: number[] = [];
  forEachInChannel(x, c, (i) => indices.push(i));
  const count = indices.length;
  const average = (value: (i: number) => number) => sum(Float64Array.from(indices, value)) / count;
  const vMean = average((i) => v.data[i]!);
  const dyMean = average((i) => dy.data[i]!);
  const normalised = (i: number) => (x.data[i]! - mean[c]!) / deviation[c]!;
  return {
    source, gamma: gamma[c]!, deviation: deviation[c]!, count, vMean, dyMean,
    a: average((i) => v.data[i]! * normalised(i)), b: average((i) => dy.data[i]! * normalised(i)),
    product: average((i) => v.data[i]! * dy.data[i]!), covariance: average((i) => (v.data[i]! - vMean) * (dy.data[i]! - dyMean)),
  };
}
