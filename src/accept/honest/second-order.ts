import type { Arithmetic } from './arithmetic.ts';
import type { HonestForm } from './form.ts';
import { sumOfTerms } from './sums.ts';

/** One channel of a backward pass that is differentiated once more; float32 values. */
export interface SecondOrderChannel {
  /** x − μ. */
  readonly centred: Float64Array;
  /** Product by 1/s. */
  readonly divided: (value: number) => number;
  readonly batch: boolean;
  readonly gamma: number;
  readonly dy: Float64Array;
  readonly v: Float64Array;
}

interface Second {
  readonly ddx: Float64Array;
  readonly ddgamma: Float64Array;
}

/** ddx and ddγ: projected by the closed form, else by the product rule through s, x̂ and the sums; every operation rounded. */
export function honestSecondOrder(channel: SecondOrderChannel, form: HonestForm, arithmetic: Arithmetic): Second {
  const { round } = arithmetic;
  const { dy, v, divided } = channel;
  const total = (a: Float64Array, b: Float64Array | null) => round(sumOfTerms({ a, b }, form.sums, arithmetic));
  if (!channel.batch) return { ddx: new Float64Array(dy.length), ddgamma: Float64Array.of(total(v.map(divided), dy)) };
  return form.gradient === 'projected' ? closed(channel, total, round) : byProductRule(channel, total, round);
}

type Total = (a: Float64Array, b: Float64Array | null) => number;
type Round = (value: number) => number;

/**
 * In c = x − μ and r = 1/s, as PyTorch has it:
 *
 *     ∂/∂x = γ·(c·r³·((Σv·Σdy/n − Σv·dy) + (3/n)·r²·Σdy·c·Σv·c)/n + (Σv·c·r³/n)·(Σdy/n − dy) + (Σdy·c·r³/n)·(Σv/n − v))
 *     ∂/∂γ = Σ v·(r/n)·(n·dy − Σdy − c·r²·Σdy·c)
 */
function closed({ centred, divided, gamma, dy, v }: SecondOrderChannel, total: Total, round: Round): Second {
  const n = dy.length;
  const r = divided(1);
  const r2 = round(r * r);
  const r3 = round(r2 * r);
  const [vSum, dySum, vCentred, dyCentred] = [total(v, null), total(dy, null), total(v, centred), total(dy, centred)];
  const product = round(round(round(r2 * dyCentred) * vCentred) * round(3 / n));
  const all = round(round(round(round(vSum * dySum) / n) - total(v, dy)) + product);
  const first = round(round(vCentred * r3) / n);
  const second = round(round(dyCentred * r3) / n);
  const ddx = dy.map((g, i) => {
    const through = round(round(round(centred[i]! * r3) * all) / n);
    const alongV = round(first * round(round(dySum / n) - g));
    return round(gamma * round(round(through + alongV) + round(second * round(round(vSum / n) - v[i]!))));
  });
  const scale = round(r / n);
  const inner = dy.map((g, i) => round(scale * round(round(round(n * g) - dySum) - round(round(centred[i]! * r2) * dyCentred))));
  return { ddx, ddgamma: Float64Array.of(total(v, inner)) };
}

/** With ẋ̂ = (v − ⟨v⟩ − x̂·a)/s: ∂/∂x = (γ/s)·(−ẋ̂·b − x̂·⟨dy·ẋ̂⟩ − (dy − ⟨dy⟩ − x̂·b)·a/s), ∂/∂γ = Σ dy·ẋ̂. */
function byProductRule({ centred, divided, gamma, dy, v }: SecondOrderChannel, total: Total, round: Round): Second {
  const n = dy.length;
  const normalised = centred.map(divided);
  const mean = (a: Float64Array, b: Float64Array | null) => round(total(a, b) / n);
  const [vMean, dyMean, a, b] = [mean(v, null), mean(dy, null), mean(v, normalised), mean(dy, normalised)];
  const moved = v.map((value, i) => divided(round(round(value - vMean) - round(normalised[i]! * a))));
  const bMoved = mean(dy, moved);
  const factor = divided(gamma);
  const ddx = dy.map((g, i) => {
    const inner = round(round(g - dyMean) - round(normalised[i]! * b));
    const change = round(-round(moved[i]! * b) - round(normalised[i]! * bMoved));
    return round(factor * round(change - round(inner * divided(a))));
  });
  return { ddx, ddgamma: Float64Array.of(total(dy, moved)) };
}
