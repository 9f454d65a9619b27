import type { FloatType, IntegerType, Tensor } from '../tensor/tensor.ts';
import type { Option } from './options.ts';

export type Layer = 'batchnorm1d' | 'batchnorm2d' | 'batchnorm3d' | 'syncbatchnorm';

/** Row of the mode table (BN-STAT-03). No layer is made `paused`: that is a tracked one whose tracking was switched off (BN-STATE-15). */
export type StatisticsRow = 'tracked' | 'untracked' | 'batch' | 'running' | 'paused';

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
  /** γ and β are there but are not trained: no gradient is taken of them. Absent: false. */
  readonly frozen?: boolean;
  /** γ is there, β is not and is taken as 0. Absent: false. */
  readonly scaleOnly?: boolean;
  /** An argument besides these. */
  readonly option?: Option;
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
  /** No switch is called: `mode` is what the layer must be in by itself. Absent: false. */
  readonly stays?: boolean;
}

export interface BackwardStep {
  readonly op: 'backward';
  /** dγ and dβ add up in the parameters, over all steps that do so; what is shown is the sum so far (BN-GRAD-05). Absent: false. */
  readonly accumulates?: true;
  /** Index of the forward step in the program. */
  readonly of: number;
  /** Index into the rank's upstream gradients. */
  readonly grad: number;
  /** The pass is differentiated once more: index of v into the rank's upstream gradients; what is shown is the gradient of Σ v·dx by x, dy and γ (BN-GRAD-06). */
  readonly direction?: number;
}

/** How many upstream gradients a program takes. */
export function countGradients(program: readonly Step[]): number {
  return program.reduce((count, step) => (step.op !== 'backward' ? count : count + (step.direction === undefined ? 1 : 2)), 0);
}

/**
 * State and parameters are saved, and the program goes on with a new layer that has loaded them, or with a deep copy (BN-STATE-13), or with
 * the synchronised layer into which the framework converts a network that holds the layer (BN-SYNC-04).
 */
export interface ReloadStep {
  readonly op: 'reload';
  /** Absent: `checkpoint`. */
  readonly by?: 'checkpoint' | 'copy' | 'conversion';
}

/** The layer says what it is: constructor, mode, text, what it stores (BN-ERR-04). */
export interface DescribeStep {
  readonly op: 'describe';
}

/** What can be changed on a live layer; what is absent stays. */
export type LayerSettings = Partial<Pick<LayerConfig, 'eps' | 'momentum' | 'statistics' | 'frozen'>>;

/** Settings of the live layer are changed; they hold from the next step on (BN-STATE-14). */
export interface ConfigureStep {
  readonly op: 'configure';
  readonly set: LayerSettings;
}

/** Settings as a program spells them, such as `momentum 0.5`. */
export function settingsText(set: LayerSettings): string {
  return Object.entries(set).map(([name, value]) => `${name} ${value === null ? 'cumulative' : String(value)}`).join(', ');
}

export type Step = ForwardStep | BackwardStep | ReloadStep | DescribeStep | ConfigureStep;

/**
 * Ways to call one layer.
 *
 *     module           the layer itself
 *     functional       the framework's function over the layer's parameters and state; it has no step count
 *     functional-call  the layer as a function of parameters and state that are handed in
 *     no-grad, inference-mode  the layer where no gradient is recorded
 *     autocast, autocast-float16  the layer where the framework chooses the type of each operation, bfloat16 or float16 where it may be narrow
 *     scripted, compiled, graph  the layer translated ahead: to the framework's script, by its compiler, as a whole graph
 *     asynchronous     the layer in a process whose operations may still run when the call returns
 */
export const routes = ['module', 'functional', 'functional-call', 'no-grad', 'inference-mode', 'autocast', 'autocast-float16', 'scripted', 'compiled', 'graph', 'asynchronous'] as const;
export type Route = (typeof routes)[number];

/** How x and dy lie in memory; the shape is the same. `offset` starts inside a buffer, `expanded` has one row of data for all of the batch. */
export const layouts = ['contiguous', 'channels-last', 'transposed', 'strided', 'offset', 'expanded'] as const;
export type Layout = (typeof layouts)[number];

/** Instruction sets below the machine's own that a framework may be held to. */
export const capabilities = ['default', 'avx2'] as const;
export type Capability = (typeof capabilities)[number];

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
  /** Threads inside one operation. Absent: as many as the run has. */
  readonly threads?: number;
  /** Absent: the machine's own. */
  readonly capability?: Capability;
  /** The inputs, whose values are whole numbers then, are handed over in this type (BN-DTYPE-03). Absent: in their own. */
  readonly inputType?: IntegerType;
}

/** What a runner measures. */
export const observables = ['y', 'dx', 'dgamma', 'dbeta', 'ddx', 'ddy', 'ddgamma', 'running_mean', 'running_var', 'step_count'] as const;
export type Observable = (typeof observables)[number];
