/* Generated from spec/protocol/run.schema.json by npm run generate. */

/**
 * Key of the answer; says nothing about the case.
 */
export type Seq = number;
/**
 * Byte of the payload from which the offsets of the case's tensors count, a multiple of 8.
 */
export type At = number;
export type Layer = 'batchnorm1d' | 'batchnorm2d' | 'batchnorm3d' | 'syncbatchnorm';
export type Dtype = 'float16' | 'bfloat16' | 'float32' | 'float64' | 'int64' | 'int32' | 'bool';
export type Step =
  | {
      op: 'forward';
      /**
       * fresh: the mode that the constructor left, no switch is called.
       */
      mode: 'train' | 'eval' | 'fresh';
      /**
       * Index into the rank's inputs.
       */
      input: number;
      /**
       * No switch is called: mode is what the layer must be in by itself. Absent: false.
       */
      stays?: boolean;
    }
  | {
      op: 'backward';
      /**
       * Index of the forward step in the program.
       */
      of: number;
      /**
       * Index into the rank's upstream gradients.
       */
      grad: number;
      /**
       * dgamma and dbeta add up in the parameters over all such steps; what is answered is the sum so far. Absent: the gradients of this step alone.
       */
      accumulates?: true;
      /**
       * Index of v into the rank's upstream gradients: the pass is differentiated once more, and ddx, ddy and ddgamma, the gradients of Σ v·dx by x, dy and γ, are answered in place of dx, dgamma and dbeta.
       */
      direction?: number;
    }
  | {
      /**
       * State and parameters are saved, and the program goes on with a new layer that has loaded them.
       */
      op: 'reload';
      /**
       * copy: a deep copy of the layer in place of saving and loading; conversion: the synchronised layer that the framework makes of it. Absent: checkpoint.
       */
      by?: 'checkpoint' | 'copy' | 'conversion';
    }
  | {
      /**
       * The layer says what it is: constructor, mode, text, what it stores. Nothing changes.
       */
      op: 'describe';
    }
  | {
      /**
       * Settings of the live layer are changed, which hold from the next step on. Nothing is computed.
       */
      op: 'configure';
      set: {
        /**
         * Weight of the new batch; null is the cumulative average.
         */
        momentum?: number | null;
        eps?: number;
        /**
         * Row of the mode table; paused: tracking is switched off and the state stays, see BN-STATE-15.
         */
        statistics?: 'tracked' | 'untracked' | 'batch' | 'running' | 'paused';
        /**
         * Whether gamma and beta are trained from now on.
         */
        frozen?: boolean;
      };
    };

/**
 * Harness to runner: a batch of cases. Expected values never travel. Tensor bytes lie in the payload.
 */
export interface RunMessage {
  type: 'run';
  batch: number;
  /**
   * @minItems 1
   */
  cases: (Case | Alike)[];
}
export interface Case {
  seq: Seq;
  at: At;
  config: Config;
  layer: Layer;
  /**
   * Values set after construction, each of shape [C]; what is absent stays as the framework initialised it.
   */
  initial?: {
    gamma?: Tensor;
    beta?: Tensor;
    running_mean?: Tensor;
    running_var?: Tensor;
  };
  /**
   * Data per rank; one entry unless the layer is synchronised.
   *
   * @minItems 1
   */
  ranks: {
    inputs: Tensor[];
    grads: Tensor[];
  }[];
  program: Step[];
  /**
   * How the layer is called. functional: the framework's function over the layer's parameters and state. Absent: module.
   */
  route?:
    | 'module'
    | 'functional'
    | 'functional-call'
    | 'no-grad'
    | 'inference-mode'
    | 'autocast'
    | 'autocast-float16'
    | 'scripted'
    | 'compiled'
    | 'graph'
    | 'asynchronous';
  /**
   * How x and dy lie in memory, their shape being the same. Absent: contiguous.
   */
  layout?: 'contiguous' | 'channels-last' | 'transposed' | 'strided' | 'offset' | 'expanded';
  /**
   * Threads inside one operation. Absent: as started.
   */
  threads?: number;
  /**
   * Instruction set that the framework is held to. Absent: the machine's own.
   */
  capability?: 'default' | 'avx2';
}
export interface Config {
  /**
   * A whole number ≥ 1, or what must be refused.
   */
  numFeatures: number;
  eps: number;
  /**
   * Weight of the new batch; null is the cumulative average.
   */
  momentum: number | null;
  affine: boolean;
  /**
   * Row of the mode table, see BN-STAT-03.
   */
  statistics: 'tracked' | 'untracked' | 'batch' | 'running';
  /**
   * Type of the layer's parameters and state.
   */
  dtype: 'float16' | 'bfloat16' | 'float32' | 'float64' | 'int64' | 'int32' | 'bool';
  /**
   * Gamma and beta are there but are not trained: no gradient is taken of them. Absent: false.
   */
  frozen?: boolean;
  /**
   * Gamma is there, beta is not. Absent: false.
   */
  scaleOnly?: boolean;
  /**
   * An argument of the constructor besides these, in a word of src/cases/options.ts.
   */
  option?: string;
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
 * A case that differs from an earlier one of the batch in its configuration and its data alone: everything else is taken from there.
 */
export interface Alike {
  seq: Seq;
  at: At;
  config: Config;
  /**
   * Index into this message's cases, of one that is written out.
   */
  like: number;
}
