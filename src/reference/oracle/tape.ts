import * as rational from './rational.ts';
import type { Rational } from './rational.ts';
import { squareRoot } from './root.ts';

/** A number on a tape, by its position. */
export type Variable = number & { readonly brand: 'Variable' };

interface Entry {
  readonly operation: 'given' | 'add' | 'subtract' | 'multiply' | 'divide' | 'root';
  readonly left: Variable;
  readonly right: Variable;
  readonly value: Rational;
  /** False when the value depends on constants alone. */
  readonly varies: boolean;
}

/** A record of primitive operations on exact numbers, which can be differentiated backwards. */
export interface Tape {
  /** A number by which one may differentiate. */
  readonly variable: (value: Rational) => Variable;
  readonly constant: (value: Rational) => Variable;
  readonly add: (a: Variable, b: Variable) => Variable;
  readonly subtract: (a: Variable, b: Variable) => Variable;
  readonly multiply: (a: Variable, b: Variable) => Variable;
  readonly divide: (a: Variable, b: Variable) => Variable;
  /** √a to the tape's relative precision: the one operation that is not exact. */
  readonly root: (a: Variable) => Variable;
  readonly value: (a: Variable) => Rational;
  /** ∂result/∂a of every a on the tape, exact for the recorded values. */
  readonly differentiate: (result: Variable) => (a: Variable) => Rational;
}

/** An empty tape whose roots have a relative precision of 2^−rootBits. */
export function createTape(rootBits: number): Tape {
  const entries: Entry[] = [];
  const at = (a: Variable): Entry => entries[a]!;
  const push = (entry: Entry): Variable => (entries.push(entry) - 1) as Variable;
  const give = (value: Rational, varies: boolean) => push({ operation: 'given', left: 0 as Variable, right: 0 as Variable, value, varies });
  const apply = (operation: 'add' | 'subtract' | 'multiply' | 'divide') => (left: Variable, right: Variable) =>
    push({ operation, left, right, value: rational[operation](at(left).value, at(right).value), varies: at(left).varies || at(right).varies });
  return {
    variable: (value) => give(value, true),
    constant: (value) => give(value, false),
    add: apply('add'),
    subtract: apply('subtract'),
    multiply: apply('multiply'),
    divide: apply('divide'),
    root: (a) => push({ operation: 'root', left: a, right: a, value: squareRoot(at(a).value, rootBits), varies: at(a).varies }),
    value: (a) => at(a).value,
    differentiate: (result) => differentiate(entries, result),
  };
}

/** Reverse mode: from the result to the start, each entry hands its derivative on to its operands. */
function differentiate(entries: readonly Entry[], result: Variable): (a: Variable) => Rational {
  const derivatives = new Map<Variable, Rational>([[result, rational.one]]);
  const hand = (to: Variable, share: () => Rational): void => {
    if (entries[to]!.varies) derivatives.set(to, rational.add(derivatives.get(to) ?? rational.zero, share()));
  };
  for (let position = result; position >= 0; position--) {
    const derivative = derivatives.get(position);
    if (derivative !== undefined) handOn(entries, entries[position]!, derivative, hand);
  }
  return (a) => derivatives.get(a) ?? rational.zero;
}

function handOn(entries: readonly Entry[], { operation, left, right, value }: Entry, derivative: Rational, hand: (to: Variable, share: () => Rational) => void): void {
  const a = entries[left]!.value;
  const b = entries[right]!.value;
  switch (operation) {
    case 'given':
      return;
    case 'add':
      hand(left, () => derivative);
      return hand(right, () => derivative);
    case 'subtract':
      hand(left, () => derivative);
      return hand(right, () => rational.negate(derivative));
    case 'multiply':
      hand(left, () => rational.multiply(derivative, b));
      return hand(right, () => rational.multiply(derivative, a));
    case 'divide':
      hand(left, () => rational.divide(derivative, b));
      return hand(right, () => rational.negate(rational.divide(rational.multiply(derivative, value), b)));
    case 'root':
      return hand(left, () => rational.divide(derivative, rational.add(value, value)));
  }
}
