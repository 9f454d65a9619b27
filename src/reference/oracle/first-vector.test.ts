import { describe, expect, it } from 'vitest';
import { fromDecimal } from './decimal.ts';
import { forwardChannel, type ChannelForward, type Moments } from './definition.ts';
import { absolute, add, compare, divide, fromInteger, multiply, one, subtract, type Rational } from './rational.ts';
import { squareRoot } from './root.ts';
import { updateRunning, weightOfBatch } from './state.ts';

/**
 * The published first vector, in decimal settings: m is 1/10 and ε is 1/100000.
 *
 * A list of figures is written as people print it; each must be the exact value rounded to the digits that it shows.
 */
const integers = (numbers: readonly number[]): Rational[] => numbers.map((n) => fromInteger(n));
const tenth = fromDecimal('0.1');
const fresh: Moments = { mean: fromInteger(0), variance: one };

function expectPrinted(exact: readonly Rational[], printed: string): void {
  const figures = printed.split(', ');
  expect(exact).toHaveLength(figures.length);
  for (const [i, figure] of figures.entries()) {
    expect(compare(absolute(subtract(exact[i]!, fromDecimal(figure))), halfUnit(figure)), figure).toBeLessThanOrEqual(0);
  }
}

/** Half a unit of the last digit shown; nothing for 0, which is exact wherever it is printed. */
function halfUnit(figure: string): Rational {
  if (figure === '0') return fromInteger(0);
  const [digits = '', exponent = '0'] = figure.split('e');
  return fromDecimal(`0.5e${Number(exponent) - (digits.split('.')[1] ?? '').length}`);
}

function expectExact(exact: readonly Rational[], figures: string): void {
  expect(figures.split(', ').map((figure, i) => compare(exact[i]!, ratio(figure)))).toEqual(exact.map(() => 0));
}

function ratio(figure: string): Rational {
  const [numerator = '', denominator = '1'] = figure.split('/');
  return divide(fromDecimal(numerator), fromDecimal(denominator));
}

function ask(ranks: readonly (readonly number[])[], running: Moments | null): ChannelForward {
  return { ranks: ranks.map(integers), gamma: one, beta: fromInteger(0), eps: fromDecimal('1e-5'), running };
}

function batchOf(x: readonly number[]): Moments {
  const { batch } = forwardChannel(ask([x], null));
  if (batch === null) throw new Error('training has batch statistics');
  return batch;
}

/** State after one step per batch, of the correct layer and of one that stores the biased variance. */
function train(batches: readonly (readonly number[])[], momentum: Rational | null): { right: Moments[]; biased: Moments[] } {
  const right: Moments[] = [];
  const biased: Moments[] = [];
  for (const [k, x] of batches.entries()) {
    const batch = batchOf(x);
    const m = weightOfBatch(momentum, k + 1);
    right.push(updateRunning(right.at(-1) ?? fresh, batch, x.length, m));
    const old = biased.at(-1) ?? fresh;
    biased.push({ mean: right[k]!.mean, variance: add(multiply(subtract(one, m), old.variance), multiply(m, batch.variance)) });
  }
  return { right, biased };
}

const channels = [
  {
    x: [1, 3, 5], dy: [1, 3, 5], moments: '3, 8/3', inverse: '0.61237128750070689', y: '-1.2247425750014138, 0, 1.2247425750014138',
    rm: '0.3, 0.87, 1.683', rv: '1.3, 2.77, 6.093', biased: '1.1666666666666667, 2.1166667, 4.305', cumulative: '4.5, 10',
    dbeta: '9', dgamma: '4.8989703000056551', dx: '-4.5927674333774e-6, 0, 4.5927674333774e-6',
    eval: '0.9999950000, 2.9999850001, 4.9999750002', evalGamma: '34.999825001312489',
    after: '0.613938252, 2.368047544, 4.122156836', afterBiased: '0.648071292, 2.499703556, 4.351335820',
  },
  {
    x: [2, 6, 1], dy: [2, 4, -6], moments: '3, 14/3', inverse: '0.46290955391201938', y: '-0.46290955391201938, 1.3887286617360581, -0.92581910782403877',
    rm: '0.3, 0.87, 1.683', rv: '1.6, 4.24, 10.116', biased: '1.3666666666666667, 3.0966667, 6.987', cumulative: '4.5, 17.5',
    dbeta: '0', dgamma: '10.184010186064426', dx: '1.6532468480549116, -0.33064500504454093, -1.3226018430103707',
    eval: '1.9999900001, 5.9999700002, 0.9999950000', evalGamma: '21.999890000824993',
    after: '1.343963806, 4.506231584, 0.553396861', afterBiased: '1.454172849, 4.875756022, 0.598777055',
  },
] as const;

describe.each(channels)('first vector, x = $x', (channel) => {
  const { x, dy } = channel;
  const multiples = [1, 2, 3].map((k) => x.map((value) => k * value));
  const states = train(multiples, tenth);

  it('BN-STAT-01 BN-NORM-01 BN-NORM-03 golden: μ, σ², 1/s and y', () => {
    const { y } = forwardChannel(ask([x], null));
    const { mean, variance } = batchOf(x);
    expectExact([mean, variance], channel.moments);
    expectPrinted([divide(one, squareRoot(add(variance, fromDecimal('1e-5'))))], channel.inverse);
    expectPrinted(y.flat(), channel.y);
  });

  it('BN-STATE-02 BN-STATE-03 golden: rm and rv after x, 2x, 3x are decimal numbers', () => {
    expectExact(states.right.map(({ mean }) => mean), channel.rm);
    expectExact(states.right.map(({ variance }) => variance), channel.rv);
    expectPrinted(states.biased.map(({ variance }) => variance), channel.biased);
  });

  it('BN-STATE-05 golden: the cumulative average after x, 2x', () => {
    const state = train(multiples.slice(0, 2), null).right[1]!;
    expectExact([state.mean, state.variance], channel.cumulative);
  });

  it('BN-GRAD-01 BN-GRAD-02 BN-GRAD-03 golden: dβ, dγ and dx in training', () => {
    const { dx, dgamma, dbeta } = forwardChannel(ask([x], null)).differentiate([integers(dy)]);
    expectExact(dbeta, channel.dbeta);
    expectPrinted(dgamma, channel.dgamma);
    expectPrinted(dx.flat(), channel.dx);
  });

  it('BN-NORM-02 BN-GRAD-04 golden: y, dβ, dγ and dx of a fresh layer in evaluation', () => {
    const output = forwardChannel(ask([x], fresh));
    const { dx, dgamma, dbeta } = output.differentiate([integers(dy)]);
    expectPrinted(output.y.flat(), channel.eval);
    expectExact(dbeta, channel.dbeta);
    expectPrinted(dgamma, channel.evalGamma);
    expectPrinted(dx.flat().map((value, i) => divide(value, fromInteger(dy[i]!))), dy.map(() => '0.99999500003749969').join(', '));
  });

  it('BN-STATE-03 golden: y in evaluation after one training step, and what the biased variance gives', () => {
    expectPrinted(forwardChannel(ask([x], states.right[0]!)).y.flat(), channel.after);
    expectPrinted(forwardChannel(ask([x], states.biased[0]!)).y.flat(), channel.afterBiased);
  });
});

describe.each([
  {
    x: [[1, 3], [5, 0, 7]], dy: [[0, 2], [1, 3, 5]], own: ['2, 1', '4, 26/3'], pooled: '3.2, 6.56', state: '0.32, 1.72',
    y: '-0.858955036, -0.0780868214, 0.702781393, -1.24938914, 1.48364961',
    dx: '-0.576128809, -0.0523753462, -0.699924205, 0.723730889, 0.604697472', dgamma: '-0.156173643, 4.37286200',
  },
  {
    x: [[2, 6], [1, 1, 7]], dy: [[1, 3], [2, 4, 6]], own: ['4, 4', '3, 8'], pooled: '3.4, 6.64', state: '0.34, 1.73',
    y: '-0.543304959, 1.00899492, -0.931379930, -0.931379930, 1.39706989',
    dx: '-0.631206613, -0.490937593, -0.0841614116, 0.691988530, 0.514317088', dgamma: '2.48367981, 2.79413979',
  },
])('BN-SYNC-01 BN-SYNC-02 BN-SYNC-03 unequal counts, x = $x', ({ x, dy, own, pooled, state, y, dx, dgamma }) => {
  const output = forwardChannel(ask(x, null));
  const batch = output.batch ?? fresh;

  it('golden: statistics of each rank, pooled, and the state', () => {
    for (const [rank, figures] of own.entries()) {
      const { mean, variance } = batchOf(x[rank]!);
      expectExact([mean, variance], figures);
    }
    expectExact([batch.mean, batch.variance], pooled);
    const after = updateRunning(fresh, batch, output.count, tenth);
    expectExact([after.mean, after.variance], state);
  });

  it('golden: y, dx and dγ per rank', () => {
    const gradients = output.differentiate(dy.map(integers));
    expectPrinted(output.y.flat(), y);
    expectPrinted(gradients.dx.flat(), dx);
    expectPrinted(gradients.dgamma, dgamma);
  });
});
