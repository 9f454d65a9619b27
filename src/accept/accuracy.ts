import type { FloatType } from '../tensor/tensor.ts';
import { largestFinite, smallestNormal, smallestSubnormal, unitRoundoff } from '../tensor/formats.ts';

/**
 * How an implementation may sum. `summation` is s_n, the error constant of a sum of n terms; `updating` allows for
 * algorithms that carry a running mean (Welford); `onePass` is mean(x²) − mean(x)², used only to recognise a cause.
 */
export interface AccuracyClass {
  readonly summation: (n: number) => number;
  readonly updating: boolean;
  readonly onePass: boolean;
  /** Type of all arithmetic, whatever the layer's; null for the working precision. Used only to recognise a cause. */
  readonly narrow: 'float16' | 'bfloat16' | null;
}

/** s_n of pairwise and vector-tree summation, with room for a blocked start. */
function stableSummation(n: number): number {
  return Math.log2(Math.max(n, 1)) + 8;
}

/** Class A (BN-NUM-02): float64, compensated, pairwise or vector-tree sums; two passes. */
const stable: AccuracyClass = { summation: stableSummation, updating: false, onePass: false, narrow: null }; // BN-NUM-02

/** Class B (BN-NUM-01): naive sums in the working precision; two passes or updating. Contains class A. */
export const naive: AccuracyClass = { // BN-NUM-01
  summation: (n) => Math.max(n, stableSummation(n)), updating: true, onePass: false, narrow: null,
};

/** The two classes that a verdict needs; a cause may be recognised by another pair. */
export interface AccuracyPair {
  readonly stable: AccuracyClass;
  readonly naive: AccuracyClass;
}

export const sanctioned: AccuracyPair = { stable, naive };

/** Safety factor on every first-order bound. */
export const safety = 2; // K

/** What rounding costs in the type that the arithmetic uses and the type of a result. */
export interface Precision {
  /** Type of the arithmetic: float64 for float64, float32 for every narrower type. */
  readonly working: FloatType;
  /** Unit roundoff of the arithmetic. */
  readonly unit: number;
  /** Below this a product may be flushed to zero. */
  readonly tiny: number;
  /** Above this an intermediate overflows. */
  readonly huge: number;
  /** Extra relative rounding when the result's type is narrower than the arithmetic, else 0. */
  readonly resultUnit: number;
  /** Half the smallest subnormal of the result's type. */
  readonly resultTiny: number;
  /** Above this a stored result overflows. */
  readonly resultHuge: number;
}

/**
 * @param dtype   type of the input, which decides the arithmetic
 * @param result  type of the result, by default the same
 */
export function precisionOf(dtype: FloatType, accuracy: AccuracyClass, result: FloatType = dtype): Precision {
  const known = precisions.get(accuracy) ?? {};
  precisions.set(accuracy, known);
  return ((known[dtype] ??= {})[result] ??= newPrecision(dtype, accuracy, result)); // each step of each case asks for several
}

const precisions = new WeakMap<AccuracyClass, Partial<Record<FloatType, Partial<Record<FloatType, Precision>>>>>();

function newPrecision(dtype: FloatType, accuracy: AccuracyClass, result: FloatType): Precision {
  const working = accuracy.narrow ?? (dtype === 'float64' ? 'float64' : 'float32');
  return {
    working,
    unit: unitRoundoff(working),
    tiny: smallestNormal(working),
    huge: largestFinite(working),
    resultUnit: result === working ? 0 : unitRoundoff(result),
    resultTiny: smallestSubnormal(accuracy.narrow ?? result) / 2,
    resultHuge: largestFinite(result),
  };
}

/**
 * Bound of a result that is rounded once more, to its own type: what is rounded is at most |value| + arithmetic.
 *
 * @param arithmetic  bound before that rounding
 */
export function resultBound(arithmetic: number, value: number, { resultUnit, resultTiny }: Precision): number {
  return (1 + resultUnit) * arithmetic + resultUnit * Math.abs(value) + resultTiny;
}
