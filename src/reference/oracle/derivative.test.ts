import { describe, expect, it } from 'vitest';
import { fromDecimal } from './decimal.ts';
import { forwardChannel, type ChannelForward } from './definition.ts';
import { absolute, add, compare, divide, fromInteger, fromNumber, multiply, one, subtract, zero, type Rational } from './rational.ts';

const h = divide(one, fromInteger(2n ** 200n));
const tolerance = fromDecimal('1e-30');
const values = (...numbers: number[]): Rational[] => numbers.map(fromNumber);

const forward: ChannelForward = {
  ranks: [values(0.5, -1.25, 3), values(2, 0.75)],
  gamma: fromNumber(-1.5),
  beta: fromNumber(0.3),
  eps: fromNumber(1e-5),
  running: null,
  rootBits: 768,
};
const dy = [values(1, -2, 0.5), values(0.1, 4)];

function loss(changed: ChannelForward): Rational {
  return forwardChannel(changed).y.flat().map((y, i) => multiply(y, dy.flat()[i]!)).reduce(add, zero);
}

/** (L(a + h) − L(a))/h, whose own error is about h·L″ + 2^−768·L/h: far below 1e-30. */
function quotient(from: ChannelForward, to: ChannelForward): Rational {
  return divide(subtract(loss(to), loss(from)), h);
}

function nudge(from: ChannelForward, rank: number, index: number): ChannelForward {
  return { ...from, ranks: from.ranks.map((x, r) => x.map((value, i) => (r === rank && i === index ? add(value, h) : value))) };
}

function expectNear(got: Rational, expected: Rational): void {
  expect(compare(absolute(subtract(got, expected)), multiply(absolute(expected), tolerance))).toBeLessThan(0);
}

describe.each([
  ['BN-GRAD-01 BN-SYNC-02 by batch statistics of two ranks', forward],
  ['BN-GRAD-04 by running statistics', { ...forward, running: { mean: fromNumber(0.7), variance: fromNumber(1.9) } }],
] as const)('%s', (_, from) => {
  const { dx, dgamma, dbeta } = forwardChannel(from).differentiate(dy);

  it('dx is the limit of the exact difference quotient, to 30 digits', () => {
    for (const [rank, gradients] of dx.entries()) {
      for (const [index, gradient] of gradients.entries()) expectNear(gradient, quotient(from, nudge(from, rank, index)));
    }
  });

  it('BN-GRAD-02 BN-GRAD-03 BN-SYNC-03 dγ and dβ of the ranks add up to the exact difference quotient', () => {
    expectNear(dgamma.reduce(add), quotient(from, { ...from, gamma: add(from.gamma, h) }));
    expectNear(dbeta.reduce(add), quotient(from, { ...from, beta: add(from.beta, h) }));
    expect(compare(dbeta[0]!, fromDecimal('-0.5'))).toBe(0);
  });
});

describe('control', () => {
  it('the running gradient is not the batch gradient', () => {
    const running = forwardChannel(forward).batch;
    const frozen = forwardChannel({ ...forward, running }).differentiate(dy).dx[0]![0]!;
    const through = quotient(forward, nudge(forward, 0, 0));
    expect(compare(absolute(subtract(frozen, through)), multiply(absolute(through), fromDecimal('0.1')))).toBe(1);
  });
});
