import { fromInteger, one, zero, type Rational } from './rational.ts';
import { defaultRootBits } from './root.ts';
import { createTape, type Tape, type Variable } from './tape.ts';

/** Mean μ and variance, in input and squared input units. */
export interface Moments {
  readonly mean: Rational;
  readonly variance: Rational;
}

/** One channel of one forward. */
export interface ChannelForward {
  /** x per rank; ranks may differ in length. */
  readonly ranks: readonly (readonly Rational[])[];
  readonly gamma: Rational;
  readonly beta: Rational;
  readonly eps: Rational;
  /** Running statistics that normalise; null when those of the batch do. */
  readonly running: Moments | null;
  /** Relative precision of the root, in bits. */
  readonly rootBits?: number;
}

/** Gradients of L = Σ dy·y over all ranks; γ and β have one gradient per rank, from the rank's own samples (BN-SYNC-03). */
export interface ChannelGradients {
  readonly dx: readonly (readonly Rational[])[];
  readonly dgamma: readonly Rational[];
  readonly dbeta: readonly Rational[];
}

/** Gradients of Σ v·dx over all ranks, dx being the gradient of Σ dy·y by x (BN-GRAD-06). */
export interface SecondGradients {
  readonly ddx: readonly (readonly Rational[])[];
  readonly ddy: readonly (readonly Rational[])[];
  readonly ddgamma: readonly Rational[];
}

export interface ChannelOutput {
  /** n, values of all ranks together. */
  readonly count: number;
  /** μ and the *biased* σ² of all ranks together; null when running statistics normalise or there are no values. */
  readonly batch: Moments | null;
  readonly y: readonly (readonly Rational[])[];
  readonly differentiate: (dy: readonly (readonly Rational[])[]) => ChannelGradients;
  readonly differentiateTwice: (dy: readonly (readonly Rational[])[], v: readonly (readonly Rational[])[]) => SecondGradients;
}

/**
 * Batch Normalization of one channel, by its definition and nothing else.
 *
 *     μ = Σx / n        σ² = Σ(x − μ)² / n        y = γ·(x − μ)/√(σ² + ε) + β
 *
 * Ranks are pooled by concatenation. Running statistics are constants: the gradient does not pass through them. Every value is
 * exact but the root, and the gradients are the derivatives of these very operations.
 *
 * @throws {RangeError} when σ² + ε is negative, or 0 with values to divide
 */
export function forwardChannel(forward: ChannelForward): ChannelOutput {
  const tape = createTape(forward.rootBits ?? defaultRootBits);
  const ranks = forward.ranks.map((values): RankVariables => ({
    x: values.map((value) => tape.variable(value)),
    gamma: tape.variable(forward.gamma),
    beta: tape.variable(forward.beta),
  }));
  const x = ranks.flatMap((rank) => rank.x);
  const batch = forward.running === null && x.length > 0 ? batchMoments(tape, x) : null;
  const y = normalise(tape, ranks, batch ?? constantMoments(tape, forward.running ?? { mean: zero, variance: one }), forward.eps);
  return {
    count: x.length,
    batch: batch === null ? null : { mean: tape.value(batch.mean), variance: tape.value(batch.variance) },
    y: y.map((values) => values.map((value) => tape.value(value))),
    differentiate: (dy) => gradients(ranks, tape.differentiate(loss(tape, y.flat(), dy.flat()))),
    differentiateTwice: (dy, v) => differentiateTwice(tape, ranks, y, dy, v),
  };
}

interface RankVariables {
  readonly x: readonly Variable[];
  readonly gamma: Variable;
  readonly beta: Variable;
}

interface VariableMoments {
  readonly mean: Variable;
  readonly variance: Variable;
}

function batchMoments(tape: Tape, x: readonly Variable[]): VariableMoments {
  const count = tape.constant(fromInteger(x.length));
  const mean = tape.divide(sum(tape, x), count); // BN-STAT-01, BN-SYNC-01
  const squares = x.map((value) => {
    const deviation = tape.subtract(value, mean);
    return tape.multiply(deviation, deviation);
  });
  return { mean, variance: tape.divide(sum(tape, squares), count) };
}

function constantMoments(tape: Tape, { mean, variance }: Moments): VariableMoments {
  return { mean: tape.constant(mean), variance: tape.constant(variance) }; // BN-GRAD-04
}

function normalise(tape: Tape, ranks: readonly RankVariables[], { mean, variance }: VariableMoments, eps: Rational): readonly (readonly Variable[])[] {
  const deviation = tape.root(tape.add(variance, tape.constant(eps))); // BN-NORM-03
  return ranks.map(({ x, gamma, beta }) => x.map((value) => {
    const normalised = tape.divide(tape.subtract(value, mean), deviation);
    return tape.add(tape.multiply(gamma, normalised), beta); // BN-NORM-04
  }));
}

/** L = Σ dy·y. */
function loss(tape: Tape, y: readonly Variable[], dy: readonly Rational[]): Variable {
  if (y.length !== dy.length) throw new RangeError(`expected ${y.length} values of dy, got ${dy.length}`);
  return sum(tape, y.map((value, i) => tape.multiply(tape.constant(dy[i]!), value)));
}

function gradients(ranks: readonly RankVariables[], derivative: (a: Variable) => Rational): ChannelGradients {
  return {
    dx: ranks.map(({ x }) => x.map(derivative)),
    dgamma: ranks.map(({ gamma }) => derivative(gamma)),
    dbeta: ranks.map(({ beta }) => derivative(beta)),
  };
}

/** dx is written on the tape by differentiating Σ dy·y there, dy being variables, and Σ v·dx is differentiated like any other result. */
function differentiateTwice(
  tape: Tape, ranks: readonly RankVariables[], y: readonly (readonly Variable[])[], dy: readonly (readonly Rational[])[], v: readonly (readonly Rational[])[],
): SecondGradients {
  const upstream = dy.map((values) => values.map((value) => tape.variable(value)));
  const given = upstream.flat();
  const dx = tape.recordDerivatives(sum(tape, y.flat().map((value, i) => tape.multiply(given[i]!, value))));
  const derivative = tape.differentiate(loss(tape, ranks.flatMap(({ x }) => x.map(dx)), v.flat()));
  return {
    ddx: ranks.map(({ x }) => x.map(derivative)),
    ddy: upstream.map((values) => values.map(derivative)),
    ddgamma: ranks.map(({ gamma }) => derivative(gamma)),
  };
}

function sum(tape: Tape, terms: readonly Variable[]): Variable {
  return terms.reduce((total, term) => tape.add(total, term), tape.constant(zero));
}
