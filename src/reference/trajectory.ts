import type { LayerConfig } from '../cases/case.ts';
import type { RuleId } from '../spec/rule-id.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Mode after `fresh` has been resolved. */
export type EffectiveMode = 'train' | 'eval';

/*
 * `low`, where a record has it: what the exact values have beyond the float64 numbers beside it, as src/reference/wide computes them.
 */

/** Which statistics normalise. */
export type StatisticsSource = 'batch' | 'running';

/** Per-channel statistics of n = `count` values: mean μ and *biased* variance σ², each [C]. */
export interface BatchStatistics {
  readonly count: number;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Running mean and variance, each [C]. */
export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Running state: mean and variance [C]; `count` is what the layer counts, `updates` how often its statistics moved. */
export interface RunningState extends Moments {
  readonly count: number;
  readonly updates: number;
  readonly low?: { readonly mean: Float64Array; readonly variance: Float64Array };
}

/** γ and β [C] in the layer's type; all ones and zeros where nothing was set. */
export interface Affine {
  readonly gamma: Float64Array;
  readonly beta: Float64Array;
}

/** How a step moved the state: from `before`, towards `batch`, by `weight` (m of that step). */
export interface StateUpdate {
  readonly before: RunningState;
  readonly batch: BatchStatistics;
  readonly weight: number;
}

/** Everything that one forward step computed on one rank. */
export interface ForwardRecord {
  readonly op: 'forward';
  /** Settings that the step was computed with. */
  readonly config: LayerConfig;
  readonly mode: EffectiveMode;
  readonly source: StatisticsSource;
  readonly x: Tensor;
  /** Statistics of the (pooled) batch. */
  readonly batch: BatchStatistics;
  /** μ and s that normalise, each [C]; s in input units. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly gamma: Float64Array;
  readonly beta: Float64Array;
  readonly y: Float64Array;
  readonly low?: { readonly y: Float64Array };
  readonly update: StateUpdate | null;
  readonly state: RunningState | null;
}

/** Sums over the elements of each channel, [C]: Σdy and Σdy·x̂ over n = `count` elements. */
export interface GradientSums {
  readonly count: number;
  readonly dy: Float64Array;
  readonly dyNormalised: Float64Array;
}

/** dγ and dβ after a backward that adds to those of the accumulating ones before it; `earlier` is the last of these. */
export interface Accumulated {
  readonly dgamma: Float64Array;
  /** null where γ stands alone. */
  readonly dbeta: Float64Array | null;
  readonly low?: { readonly dgamma: Float64Array | null; readonly dbeta: Float64Array | null };
  readonly earlier: BackwardRecord | null;
}

/** A backward step differentiated once more: the gradients of Σ v·dx, and the pass that has v in place of dy. */
export interface SecondOrder {
  readonly along: BackwardRecord;
  /** By x and by dy, in their shape. */
  readonly ddx: Float64Array;
  readonly ddy: Float64Array;
  /** By γ; null where no gradient is taken of it. */
  readonly ddgamma: Float64Array | null;
}

/** Everything that one backward step computed on one rank. */
export interface BackwardRecord {
  readonly op: 'backward';
  readonly forward: ForwardRecord;
  readonly dy: Tensor;
  /** Statistics by which dx treats the layer, its μ, s and γ, and the sums (over all ranks) that dx subtracts. */
  readonly source: StatisticsSource;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** γ that scales dx, [C]. */
  readonly gamma: Float64Array;
  readonly sums: GradientSums;
  readonly dx: Float64Array;
  /** null without affine; dβ also where β is not there. */
  readonly dgamma: Float64Array | null;
  readonly dbeta: Float64Array | null;
  /** Where the step accumulates: what it shows in place of its own dγ and dβ. */
  readonly accumulated?: Accumulated;
  /** Where the step is differentiated once more: what it shows in place of dx, dγ and dβ. */
  readonly second?: SecondOrder;
  readonly low?: { readonly dx: Float64Array; readonly dgamma: Float64Array | null; readonly dbeta: Float64Array | null };
  readonly update: StateUpdate | null;
  readonly state: RunningState | null;
}

/** The step must be refused under `rule`, or (`orFinite`) may leave a finite state instead. Nothing is expected after it. */
export interface RefusalRecord {
  readonly op: 'refusal';
  readonly rule: RuleId;
  readonly orFinite: boolean;
  readonly state: RunningState | null;
}

/** The layer was saved and loaded, copied or converted: its state is what it was. */
export interface ReloadRecord {
  readonly op: 'reload';
  /** It was converted into a synchronised one. */
  readonly converted?: boolean;
  readonly state: RunningState | null;
}

/** The layer was asked what it is, which changes nothing. */
export interface DescribeRecord {
  readonly op: 'describe';
  readonly state: RunningState | null;
}

/** Settings were changed, which moves nothing. */
export interface ConfigureRecord {
  readonly op: 'configure';
  readonly config: LayerConfig;
  readonly state: RunningState | null;
}

export type StepRecord = ForwardRecord | BackwardRecord | ReloadRecord | DescribeRecord | ConfigureRecord | RefusalRecord;

/** One rank's way through the program. A refusal is the last step. */
export interface RankTrajectory {
  readonly construct: RunningState | null;
  /** The rule under which the construction itself must be refused. */
  readonly refused?: RuleId;
  readonly steps: readonly StepRecord[];
}

export interface Trajectory {
  readonly ranks: readonly RankTrajectory[];
}
