import type { Observable } from '../cases/case.ts';
import type { ElementType } from '../tensor/bytes.ts';
import type { Numbers } from '../tensor/tensor.ts';

/** A tensor that a runner measured, in the framework's own element type. */
export interface ObservedTensor {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Numbers;
}

/** An exception of the framework. */
export interface ObservedError {
  /** Class of the exception, such as ValueError. */
  readonly class: string;
  readonly message: string;
}

/** Observables of which a runner returns tensors. */
export const tensorObservables = ['y', 'dx', 'dgamma', 'dbeta', 'ddx', 'ddy', 'ddgamma', 'running_mean', 'running_var'] as const;
export type TensorObservable = (typeof tensorObservables)[number];

/** What a call is given, besides the state. */
export type ChangedOperand = 'x' | 'dy' | 'gamma' | 'beta';

/** A result of one channel, or without extent, lies in both. */
export type MemoryOrder = 'contiguous' | 'channels-last';

/** An argument of a constructor; without a default it must be given. */
export interface ObservedArgument {
  readonly name: string;
  readonly kind: 'positional' | 'keyword' | 'rest';
  /** Text for what JSON does not have. */
  readonly default?: number | string | boolean | null;
}

/** A tensor that a layer stores. */
export interface ObservedBuffer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** What a layer says of itself. */
export interface ObservedDescription {
  /** Of the constructor, in order. */
  readonly arguments: readonly ObservedArgument[];
  /** Names of what a call must be given. */
  readonly inputs: readonly string[];
  readonly training: boolean;
  readonly repr: string;
  readonly parameters: readonly (ObservedBuffer & { readonly trainable: boolean })[];
  readonly buffers: readonly ObservedBuffer[];
}

/** What one step showed. State is that after the step. A refused step carries the error and ends the program. */
export type StepObservation = Readonly<Partial<Record<TensorObservable, ObservedTensor>>> & {
  readonly step_count?: number;
  readonly error?: ObservedError;
  readonly described?: ObservedDescription;
  /** Memory orders that the results lie in (BN-SHAPE-04). */
  readonly order?: { readonly y?: readonly MemoryOrder[]; readonly dx?: readonly MemoryOrder[] };
  /** What had other bits when the runner asked the same again (BN-NUM-04). */
  readonly unrepeated?: readonly Observable[];
  /** What the step changed that is not its to change (BN-STATE-12). */
  readonly changed?: readonly ChangedOperand[];
};

/** What one rank showed. */
export interface RankObservation {
  /** State after construction and after the initial values were set, or the constructor's refusal. */
  readonly construct: StepObservation;
  readonly steps: readonly StepObservation[];
}

/** What a runner measured on one case. */
export interface Observation {
  /** One entry per rank. */
  readonly ranks: readonly RankObservation[];
  /** Time that the case took in the runner, microseconds. */
  readonly durationUs: number;
}
