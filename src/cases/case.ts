import type { FloatType, Tensor } from '../tensor/tensor.ts';

export type Layer = 'batchnorm1d' | 'batchnorm2d' | 'batchnorm3d' | 'syncbatchnorm';

/** Row of the mode table (BN-STAT-03). */
export type StatisticsRow = 'tracked' | 'untracked' | 'batch' | 'running';

/** `fresh`: the mode that the constructor left, no switch is called (BN-STATE-08). */
export type Mode = 'train' | 'eval' | 'fresh';

/** Constructor arguments in canonical form. */
export interface LayerConfig {
  readonly numFeatures: number;
  /** ε, in squared input units. */
  readonly eps: number;
  /** m, the weight of the *new* batch (dimensionless); null is the cumulative average. */
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly statistics: StatisticsRow;
  /** Type of parameters and state. */
  readonly dtype: FloatType;
}

/** Values set after construction, each of shape [C]; what is absent stays as initialised (BN-STATE-01). */
export interface InitialValues {
  readonly gamma?: Tensor;
  readonly beta?: Tensor;
  readonly running_mean?: Tensor;
  readonly running_var?: Tensor;
}

export interface ForwardStep {
  readonly op: 'forward';
  readonly mode: Mode;
  /** Index into the rank's inputs. */
  readonly input: number;
}

export interface BackwardStep {
  readonly op: 'backward';
  /** Index of the forward step in the program. */
  readonly of: number;
  /** Index into the rank's upstream gradients. */
  readonly grad: number;
}

/** State and parameters are saved, and the program goes on with a new layer that has loaded them (BN-STATE-13). */
export interface ReloadStep {
  readonly op: 'reload';
}

export type Step = ForwardStep | BackwardStep | ReloadStep;

/** `functional`: the framework's function over the layer's parameters and state, instead of the layer. */
export const routes = ['module', 'functional'] as const;
export type Route = (typeof routes)[number];

/** How x and dy lie in memory; the shape is the same. */
export const layouts = ['contiguous', 'channels-last', 'transposed', 'strided'] as const;
export type Layout = (typeof layouts)[number];

/** Data of one rank. Inputs are [N, C, …spatial]. */
export interface RankData {
  readonly inputs: readonly Tensor[];
  readonly grads: readonly Tensor[];
}

/** One question put to a framework, materialised. */
export interface Case {
  readonly id: string;
  readonly layer: Layer;
  readonly config: LayerConfig;
  readonly initial: InitialValues;
  /** One entry unless the layer is synchronised. */
  readonly ranks: readonly RankData[];
  readonly program: readonly Step[];
  /** Absent: `module`. */
  readonly route?: Route;
  /** Absent: `contiguous`. */
  readonly layout?: Layout;
}

/** What a runner measures. */
export const observables = ['y', 'dx', 'dgamma', 'dbeta', 'running_mean', 'running_var', 'step_count'] as const;
export type Observable = (typeof observables)[number];
