/* Generated from spec/protocol/result.schema.json by npm run generate. */

/**
 * Runner to harness: the answer to one case, in any order.
 */
export type ResultMessage = ObservedResult | UnsupportedResult | FailedResult;
export type Dtype = 'float16' | 'bfloat16' | 'float32' | 'float64' | 'int64' | 'int32' | 'bool';

export interface ObservedResult {
  type: 'result';
  seq: number;
  outcome: 'observed';
  /**
   * Time that the case took in the runner, microseconds.
   */
  durationUs: number;
  /**
   * @minItems 1
   */
  ranks: Rank[];
}
export interface Rank {
  construct: Step;
  steps: Step1[];
}
/**
 * State after construction and after the initial values were set, or the constructor's refusal.
 */
export interface Step {
  y?: Tensor;
  dx?: Tensor;
  dgamma?: Tensor;
  dbeta?: Tensor;
  ddx?: Tensor;
  ddy?: Tensor;
  ddgamma?: Tensor;
  running_mean?: Tensor;
  running_var?: Tensor;
  step_count?: number;
  /**
   * What the call changed and must not: its input, its upstream gradient or a parameter. Absent: nothing that the runner looked at.
   */
  changed?: ('x' | 'dy' | 'gamma' | 'beta')[];
  /**
   * Memory orders that the results lie in. Absent: the runner has not looked.
   */
  order?: {
    y?: ('contiguous' | 'channels-last')[];
    dx?: ('contiguous' | 'channels-last')[];
  };
  /**
   * What had other bits when the runner asked the same again, at once or after another case. Absent: nothing, or it has asked once.
   */
  unrepeated?: ('y' | 'dx' | 'dgamma' | 'dbeta' | 'ddx' | 'ddy' | 'ddgamma' | 'running_mean' | 'running_var' | 'step_count')[];
  described?: Described;
  error?: Error;
}
/**
 * Raw little-endian bytes in row-major (C) order, `offset` bytes behind the case's `at` in the payload; or a .npy file for a large one.
 */
export interface Tensor {
  dtype: Dtype;
  shape: number[];
  /**
   * Bytes from the case's `at`, a multiple of 8.
   */
  offset?: number;
  /**
   * Absolute path of a .npy file.
   */
  file?: string;
}
/**
 * What a layer says of itself.
 */
export interface Described {
  /**
   * Of the constructor, in order.
   */
  arguments: Argument[];
  /**
   * Names of what a call must be given.
   */
  inputs: string[];
  /**
   * Mode that the constructor left.
   */
  training: boolean;
  repr: string;
  parameters: {
    name: string;
    shape: number[];
    dtype: string;
    trainable: boolean;
  }[];
  buffers: {
    name: string;
    shape: number[];
    dtype: string;
  }[];
}
export interface Argument {
  name: string;
  /**
   * rest: any further ones.
   */
  kind: 'positional' | 'keyword' | 'rest';
  /**
   * Text for what JSON does not have; absent where the argument must be given.
   */
  default?: number | string | boolean | null;
}
export interface Error {
  /**
   * Class of the exception, such as ValueError.
   */
  class: string;
  message: string;
}
/**
 * What one step showed. State is read after the step. A refused step carries the error and the state after the refusal, and ends the program.
 */
export interface Step1 {
  y?: Tensor;
  dx?: Tensor;
  dgamma?: Tensor;
  dbeta?: Tensor;
  ddx?: Tensor;
  ddy?: Tensor;
  ddgamma?: Tensor;
  running_mean?: Tensor;
  running_var?: Tensor;
  step_count?: number;
  /**
   * What the call changed and must not: its input, its upstream gradient or a parameter. Absent: nothing that the runner looked at.
   */
  changed?: ('x' | 'dy' | 'gamma' | 'beta')[];
  /**
   * Memory orders that the results lie in. Absent: the runner has not looked.
   */
  order?: {
    y?: ('contiguous' | 'channels-last')[];
    dx?: ('contiguous' | 'channels-last')[];
  };
  /**
   * What had other bits when the runner asked the same again, at once or after another case. Absent: nothing, or it has asked once.
   */
  unrepeated?: ('y' | 'dx' | 'dgamma' | 'dbeta' | 'ddx' | 'ddy' | 'ddgamma' | 'running_mean' | 'running_var' | 'step_count')[];
  described?: Described;
  error?: Error;
}
/**
 * The framework does not offer this. The probe is a call against the real framework and the refusal that it got.
 */
export interface UnsupportedResult {
  type: 'result';
  seq: number;
  outcome: 'unsupported';
  reason: string;
  /**
   * Where the framework's documentation or source says so.
   */
  source: string;
  probe: {
    call: string;
    error: Error;
  };
}
/**
 * The runner itself, not the framework, failed on the case.
 */
export interface FailedResult {
  type: 'result';
  seq: number;
  outcome: 'failed';
  error: Error;
}
