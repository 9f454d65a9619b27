import type { Accepted, AcceptedValues } from '../../accept/accepted.ts';
import type { Observation, StepObservation } from '../../runners/observation.ts';
import { roundArray } from '../../tensor/round.ts';
import type { FloatType, Numbers } from '../../tensor/tensor.ts';

/** A way in which people compare two tensors: does `got` pass for `expected`, which is the reference in the tensor's type? */
export interface Tolerance {
  readonly name: string;
  /** Where its numbers come from. */
  readonly source: string;
  readonly passes: (got: Numbers, expected: Float64Array, dtype: FloatType) => boolean;
}

/** |got − expected| ≤ atol + rtol·|expected| for every element; NaN equals NaN. */
function allClose(rtol: number, atol: number): Tolerance['passes'] {
  return (got, expected) => expected.every((value, i) => same(got[i]!, value) || Math.abs(got[i]! - value) <= atol + rtol * Math.abs(value));
}

function same(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** Defaults of torch.testing.assert_close by type: rtol, atol. */
const assertClose: Readonly<Record<FloatType, readonly [number, number]>> = {
  float16: [1e-3, 1e-5], bfloat16: [1.6e-2, 1e-5], float32: [1.3e-6, 1e-5], float64: [1e-7, 1e-7],
};

const ulpMost = 6;
const cosineLeast = 0.99;
const cosineDistanceMost = 1e-4;
const medianShare = 0.05;

/** What people use in place of a derived bound. */
export const tolerances: readonly Tolerance[] = [
  { name: 'allclose, defaults', source: 'numpy.allclose and torch.allclose documentation: rtol 1e-5, atol 1e-8', passes: allClose(1e-5, 1e-8) },
  { name: 'assert_close, defaults', source: 'torch.testing.assert_close documentation, table of default tolerances', passes: (got, expected, dtype) => allClose(...assertClose[dtype])(got, expected, dtype) },
  { name: 'fixed 1e-3', source: 'absolute and relative', passes: allClose(1e-3, 1e-3) },
  { name: 'fixed 1e-4', source: 'absolute and relative', passes: allClose(1e-4, 1e-4) },
  { name: 'fixed 1e-5', source: 'absolute and relative', passes: allClose(1e-5, 1e-5) },
  { name: '6 ulp', source: 'of the expected value, in the type of the result', passes: (got, expected, dtype) => expected.every((value, i) => same(got[i]!, value) || Math.abs(got[i]! - value) <= ulpMost * ulpOf(value, dtype)) },
  { name: 'cosine > 0.99, mean 1e-4', source: 'cosine similarity of the tensors, and mean absolute difference', passes: cosineAndMean },
  { name: '5 % of the median', source: 'of |expected|, absolute', passes: withinMedianShare },
];

function cosineAndMean(got: Numbers, expected: Float64Array): boolean {
  let dot = 0;
  let gotSquares = 0;
  let expectedSquares = 0;
  let distance = 0;
  for (let i = 0; i < expected.length; i++) {
    dot += got[i]! * expected[i]!;
    gotSquares += got[i]! ** 2;
    expectedSquares += expected[i]! ** 2;
    distance += Math.abs(got[i]! - expected[i]!);
  }
  const closeOnAverage = expected.length === 0 || distance / expected.length <= cosineDistanceMost;
  const bothZero = gotSquares === 0 && expectedSquares === 0;
  return closeOnAverage && (bothZero || dot / Math.sqrt(gotSquares * expectedSquares) > cosineLeast);
}

function withinMedianShare(got: Numbers, expected: Float64Array): boolean {
  const sorted = expected.map(Math.abs).sort();
  const most = medianShare * (sorted[Math.floor(sorted.length / 2)] ?? 0);
  return expected.every((value, i) => same(got[i]!, value) || Math.abs(got[i]! - value) <= most);
}

/** Distance to the next larger number of the type. */
function ulpOf(value: number, dtype: FloatType): number {
  const { fraction, least } = formats[dtype];
  const exponent = value === 0 ? least : Math.max(least, Math.floor(Math.log2(Math.abs(value))));
  return 2 ** (exponent - fraction);
}

/** Explicit bits of the fraction, and the smallest normal exponent. */
const formats: Readonly<Record<FloatType, { readonly fraction: number; readonly least: number }>> = {
  float16: { fraction: 10, least: -14 }, bfloat16: { fraction: 7, least: -126 }, float32: { fraction: 23, least: -126 }, float64: { fraction: 52, least: -1022 },
};

/**
 * Whether a tolerance rejects an observation, by any tensor of any step. What is no number (a missing refusal, a wrong shape or type,
 * a step count) is not its business.
 */
export function rejects({ passes }: Tolerance, pairs: readonly Pair[]): boolean {
  return pairs.some(({ got, expected, dtype }) => !passes(got, expected, dtype));
}

/** One tensor as measured, and the reference rounded to its type. */
export interface Pair {
  readonly got: Numbers;
  readonly expected: Float64Array;
  readonly dtype: FloatType;
}

/** Every tensor of an observation that has the accepted size. */
export function pairsOf(accepted: Accepted, observation: Observation): readonly Pair[] {
  return accepted.ranks.flatMap(({ construct, steps }, rank) => {
    const seen = observation.ranks[rank];
    if (seen === undefined) return [];
    return [construct, ...steps].flatMap((step, i) => pairsOfStep(step.kind === 'values' ? step.values : step.state.values, i === 0 ? seen.construct : seen.steps[i - 1]));
  });
}

function pairsOfStep(values: readonly AcceptedValues[], seen: StepObservation | undefined): readonly Pair[] {
  if (seen === undefined) return [];
  return values.flatMap((accepted) => {
    const got = seen[accepted.observable]?.data;
    return got?.length === accepted.value.length ? [{ got, expected: roundedOf(accepted), dtype: accepted.dtype }] : [];
  });
}

/** The same expectation meets every miniature; it is rounded once. */
const rounded = new WeakMap<AcceptedValues, Float64Array>();

function roundedOf(accepted: AcceptedValues): Float64Array {
  const known = rounded.get(accepted);
  if (known !== undefined) return known;
  const fresh = roundArray(accepted.value, accepted.dtype);
  rounded.set(accepted, fresh);
  return fresh;
}
