/* Generated from spec/schemas/golden.schema.json by npm run generate. */

export type Dtype = 'float16' | 'bfloat16' | 'float32' | 'float64';
/**
 * Decimal numbers that the type represents exactly.
 */
export type Values = number[];
export type Step = GoldenForward | GoldenBackward;
/**
 * Rounded to 20 significant digits, trailing zeros left out.
 */
export type Decimals = string[];

/**
 * One case with literal data, and what it must give, by hand or by the exact oracle; never from a framework.
 */
export interface GoldenFile {
  schemaVersion: 1;
  /**
   * Part of the case id; the file is called so.
   */
  name: string;
  /**
   * How a person gets the numbers, line by line.
   *
   * @minItems 1
   */
  derivation: string[];
  layer: 'batchnorm1d' | 'batchnorm2d' | 'batchnorm3d' | 'syncbatchnorm';
  config: GoldenConfig;
  initial: GoldenInitial;
  /**
   * @minItems 1
   */
  ranks: GoldenRank[];
  /**
   * @minItems 1
   */
  program: Step[];
  /**
   * One entry per rank.
   *
   * @minItems 1
   */
  expected: GoldenExpectedRank[];
}
export interface GoldenConfig {
  numFeatures: number;
  eps: number;
  /**
   * Weight of the new batch; null is the cumulative average.
   */
  momentum: number | null;
  affine: boolean;
  statistics: 'tracked' | 'untracked' | 'batch' | 'running';
  dtype: Dtype;
}
/**
 * Values set after construction, one per channel, of the layer's type.
 */
export interface GoldenInitial {
  gamma?: Values;
  beta?: Values;
  running_mean?: Values;
  running_var?: Values;
}
export interface GoldenRank {
  inputs: GoldenTensor[];
  grads: GoldenTensor[];
}
export interface GoldenTensor {
  dtype: Dtype;
  shape: number[];
  data: Values;
}
export interface GoldenForward {
  op: 'forward';
  mode: 'train' | 'eval' | 'fresh';
  input: number;
}
export interface GoldenBackward {
  op: 'backward';
  of: number;
  grad: number;
}
export interface GoldenExpectedRank {
  construct: GoldenStep;
  /**
   * @minItems 1
   */
  steps: GoldenStep[];
}
/**
 * State is that after the step.
 */
export interface GoldenStep {
  y?: Decimals;
  dx?: Decimals;
  dgamma?: Decimals;
  dbeta?: Decimals;
  running_mean?: Decimals;
  running_var?: Decimals;
  step_count?: number;
}
