import { depthOf, type Summation } from './sums.ts';

/** How mean and variance are found; see `statistics.ts` for the derived error of each. */
export type Variance = 'two-pass' | 'corrected' | 'welford' | 'welford-lanes';

/**
 * How 1/s is used.
 *
 *     reciprocal  fl(1/fl(√v)), then products       at most 5/2·u from v + ε, of which 3/2·u where √ and ÷ are one operation
 *     rsqrt       fl(1/√v), then products           at most 3/2·u
 *     division    every product by 1/s is a quotient by fl(√v)
 */
export type Root = 'reciprocal' | 'rsqrt' | 'division';

/** ((x − μ)·invstd)·γ + β, or αx + β′ with α = γ·invstd and β′ = β − μ·α. */
export type Output = 'direct' | 'folded';

/**
 * How dx and dγ are found in training.
 *
 *     projected   ((dy − Σdy/n) − (x − μ)·(Σdy(x − μ)·invstd²/n))·invstd·γ
 *     normalised  (γ·invstd)·((dy − Σdy/n) − x̂·(Σdy·x̂/n))
 *     scaled      (γ·invstd/n)·((n·dy − Σdy) − x̂·Σdy·x̂)
 */
export type Gradient = 'projected' | 'normalised' | 'scaled';

/** One honest implementation. */
export interface HonestForm {
  readonly sums: Summation;
  readonly variance: Variance;
  readonly root: Root;
  readonly output: Output;
  readonly gradient: Gradient;
  /** Products that are added are not rounded. */
  readonly fused: boolean;
  /** Subnormal float32 values and results are zero. */
  readonly flushes: boolean;
}

/** Class A is `stable`, class B is `naive`. */
export type Level = 'stable' | 'naive';

/**
 * Whether the bound of a class was derived for a form: class A sums n terms in at most log₂n + 8 additions each and makes
 * two passes; class B takes every form.
 */
export function isInClass(form: HonestForm, level: Level, n: number): boolean {
  if (level === 'naive') return true;
  return (form.variance === 'two-pass' || form.variance === 'corrected') && depthOf(form.sums, n) <= Math.log2(n) + 8;
}

export const summations: readonly Summation[] = ['sequential', 'lanes4', 'lanes8', 'lanes16', 'blocked', 'pairwise', 'compensated', 'wide'];
export const variances: readonly Variance[] = ['two-pass', 'corrected', 'welford', 'welford-lanes'];
export const roots: readonly Root[] = ['reciprocal', 'rsqrt', 'division'];
export const outputs: readonly Output[] = ['direct', 'folded'];
export const gradients: readonly Gradient[] = ['projected', 'normalised', 'scaled'];
