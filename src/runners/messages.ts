import type { Case } from '../cases/case.ts';
import type { ElementType } from '../tensor/bytes.ts';
import type { ChangedOperand, ObservedDescription, ObservedError, StepObservation, TensorObservable } from './observation.ts';

/** Harness to runner, first message. */
export interface StartMessage {
  readonly type: 'start';
  readonly protocolVersion: 1;
  readonly schemaVersion: 1;
  /** Threads that the framework may use inside one operation. */
  readonly threads: number;
  /** Device to run on, `cpu` unless the user asked for another. */
  readonly device: string;
  /** Absolute path of a folder for large tensors of results, as .npy files. */
  readonly exchange?: string | undefined;
}

/** What the framework can or cannot do here. */
export interface Capability {
  readonly name: string;
  readonly offered: boolean;
  readonly reason?: string;
}

/** Runner to harness, answer to start: who the runner is. */
export interface StartedMessage {
  readonly type: 'started';
  readonly protocolVersion: number;
  readonly schemaVersion: number;
  readonly framework: string;
  readonly version: string;
  readonly build: string;
  readonly language: string;
  readonly device: string;
  readonly cpu: { readonly model: string; readonly capability: string };
  readonly threads: number;
  readonly layers: readonly Case['layer'][];
  readonly capabilities: readonly Capability[];
  /** Whether large tensors may come to it as .npy files. */
  readonly readsFiles?: boolean;
}

/** Runner to harness: a line for the runner's log. */
export interface LogMessage {
  readonly type: 'log';
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly message: string;
}

/** Where a tensor's bytes lie in the payload. */
export interface RawTensor {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Bytes, a multiple of 8. */
  readonly offset?: number;
  /** Absolute path of a .npy file, in place of the payload. */
  readonly file?: string;
}

export type RawStep = Readonly<Partial<Record<TensorObservable, RawTensor>>> & {
  readonly step_count?: number;
  readonly error?: ObservedError;
  readonly described?: ObservedDescription;
  readonly changed?: readonly ChangedOperand[];
  readonly order?: StepObservation['order'];
  readonly unrepeated?: StepObservation['unrepeated'];
};

export interface RawRank {
  readonly construct: RawStep;
  readonly steps: readonly RawStep[];
}

/** Runner to harness: the answer to one case. */
export type ResultMessage =
  | { readonly type: 'result'; readonly seq: number; readonly outcome: 'observed'; readonly ranks: readonly RawRank[]; readonly durationUs: number }
  | {
      readonly type: 'result';
      readonly seq: number;
      readonly outcome: 'unsupported';
      readonly reason: string;
      readonly source: string;
      readonly probe: { readonly call: string; readonly error: ObservedError };
    }
  | { readonly type: 'result'; readonly seq: number; readonly outcome: 'failed'; readonly error: ObservedError };

/** What a runner may say. */
export type RunnerMessage = StartedMessage | ResultMessage | LogMessage;
