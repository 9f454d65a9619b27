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
  /** The same derivatives as numbers on the tape, which can be differentiated in turn. */
  readonly recordDerivatives: (result: Variable) => (a: Variable) => Variable;
}

/** An empty tape whose roots have a relative precision of 2^−rootBits. */
export function createTape(rootBits: number): Tape {
  const entries: Entry[] = [];
  const at = (a: Variable): Entry => entries[a]!;
  const push = (entry: Entry): Variable => (entries.push(entry) - 1) as Variable;
  const give = (value: Rational, varies: boolean) => push({ operation: 'given', left: 0 as Variable, right: 0 as Variable, value, varies });
  const apply = (operation: 'add' | 'subtract' | 'multiply' | 'divide') => (left: Variable, right: Variable) =>
    push({ operation, left, right, value: rational[operation](at(left).value, at(right).value), varies: at(left).varies || at(right).varies });
  const tape: Tape = {
    variable: (value) => give(value, true),
    constant: (value) => give(value, false),
    add: apply('add'),
    subtract: apply('subtract'),
    multiply: apply('multiply'),
    divide: apply('divide'),
    root: (a) => push({ operation: 'root', left: a, right: a, value: squareRoot(at(a).value, rootBits), varies: at(a).varies }),
    value: (a) => at(a).value,
    differentiate: (result) => differentiate(entries, result),
    recordDerivatives: (result) => recordDerivatives(entries, tape, result),
  };
  return tape;
}

/** Reverse mode as `differentiate`, by operations of the tape itself; only what was there before is gone through. */
function recordDerivatives(entries: readonly Entry[], tape: Tape, result: Variable): (a: Variable) => Variable {
  const derivatives = new Map<Variable, Variable>([[result, tape.constant(rational.one)]]);
  const nothing = tape.constant(rational.zero);
  const hand = (to: Variable, share: () => Variable): void => {
    if (!entries[to]!.varies) return;
    const before = derivatives.get(to);
    derivatives.set(to, before === undefined ? share() : tape.add(before, share()));
  };
  for (let position = result; position >= 0; position--) {
    const derivative = derivatives.get(position);
    if (derivative !== undefined) recordShares(entries[position]!, position, derivative, tape, hand);
  }
  return (a) => derivatives.get(a) ?? nothing;
}

function recordShares({ operation, left, right }: Entry, own: Variable, derivative: Variable, tape: Tape, hand: (to: Variable, share: () => Variable) => void): void {
  const negated = (a: Variable) => tape.multiply(tape.constant(rational.negate(rational.one)), a);
  switch (operation) {
    case 'given':
      return;
    case 'add':
      hand(left, () => derivative);
      return hand(right, () => derivative);
    case 'subtract':
      hand(left, () => derivative);
      return hand(right, () => negated(derivative));
    case 'multiply':
      hand(left, () => tape.multiply(derivative, right));
      return hand(right, () => tape.multiply(derivative, left));
    case 'divide':
      hand(left, () => tape.divide(derivative, right));
      return hand(right, () => negated(tape.divide(tape.multiply(derivative, own), right)));
    case 'root':
      return hand(left, () => tape.divide(derivative, tape.add(own, own)));
  }
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
