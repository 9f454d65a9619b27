/* Generated from spec/schemas/run-record.schema.json by npm run generate. */

/**
 * One line of run.ndjson: a header, one line per runner, one line per case and runner in order of completion, one line of evidence per finding looked into, a footer.
 */
export type RunRecord = HeaderRecord | RunnerRecord | CaseRecord | EvidenceRecord | FooterRecord;
export type Status =
  | 'conforms'
  | 'documented'
  | 'inaccurate'
  | 'violates'
  | 'known'
  | 'stale'
  | 'unsupported'
  | 'ungradable'
  | 'mistrusted'
  | 'crashed'
  | 'timed-out'
  | 'garbled'
  | 'not-run';
/**
 * A JSON number, or one of the words for what JSON cannot write.
 */
export type Number = number | ('NaN' | 'Infinity' | '-Infinity');
export type Observable = 'y' | 'dx' | 'dgamma' | 'dbeta' | 'ddx' | 'ddy' | 'ddgamma' | 'running_mean' | 'running_var' | 'step_count';
/**
 * Observation kept as bit patterns: hexadecimal of the little-endian bytes.
 */
export type ObservedRecord = {
  construct: ObservedStepRecord;
  steps: ObservedStepRecord[];
}[];

export interface HeaderRecord {
  type: 'header';
  schemaVersion: number;
  tool: {
    name: string;
    version: string;
  };
  suite: string;
  seed: number;
  /**
   * Ids in plan order; a case record names its case by its index here.
   */
  cases: string[];
  /**
   * Who was asked, and what of the plan: the indices that it was not asked, because its adapter does not speak the layer.
   */
  runners: {
    /**
     * <id>@<version>
     */
    runner: string;
    /**
     * Layers left out of this runner's plan.
     */
    excluded: string[];
  }[];
  filtered: boolean;
  knownShare: number;
  minimum: number;
  strict: boolean;
  command: string;
  startedAt: string;
  /**
   * Of a part of a plan: which part, and where its cases stand in the whole. `cases` holds those of the part.
   */
  shard?: {
    index: number;
    count: number;
    /**
     * Cases of the whole plan.
     */
    planned: number;
    /**
     * SHA-256 of the ids of the whole plan, a line each.
     */
    digest: string;
    /**
     * By index into `cases`: the index into the whole plan.
     */
    positions: number[];
  };
}
export interface RunnerRecord {
  type: 'runner';
  runner: string;
  framework: string;
  version: string;
  build: string;
  language: string;
  device: string;
  cpu: {
    model: string;
    capability: string;
  };
  threads: number;
  /**
   * Whether the harness made the environment or the user named an interpreter.
   */
  interpreter: 'environment' | 'user';
  dialect: {
    framework: string;
    /**
     * Version range of the dialect that judged.
     */
    versions: string;
    /**
     * The version is unknown and the newest dialect was taken.
     */
    assumed: boolean;
  };
}
export interface CaseRecord {
  type: 'case';
  /**
   * Index into the header's cases.
   */
  index: number;
  runner: string;
  status: Status;
  /**
   * Status before the known-failing list was consulted.
   */
  found:
    | 'conforms'
    | 'documented'
    | 'inaccurate'
    | 'violates'
    | 'known'
    | 'stale'
    | 'unsupported'
    | 'ungradable'
    | 'mistrusted'
    | 'crashed'
    | 'timed-out'
    | 'garbled'
    | 'not-run';
  rule: string | null;
  cause: string | null;
  candidates: string[];
  reason: string | null;
  /**
   * Rules that the case cites.
   */
  rules: string[];
  /**
   * Input elements over all steps and ranks: the size of the case.
   */
  elements: number;
  /**
   * Time in the runner, microseconds.
   */
  durationUs: number;
  deviations: DeviationRecord[];
  accuracy: AccuracyRecord[];
  observed?: ObservedRecord;
}
export interface DeviationRecord {
  kind: 'value' | 'dtype' | 'shape' | 'missing' | 'unexpected' | 'refusal' | 'changed' | 'signature' | 'text' | 'order' | 'unrepeated';
  level: 'must' | 'should';
  rule: string;
  rank: number;
  /**
   * Index into the program; -1 is the construction.
   */
  step: number;
  observable:
    | 'y'
    | 'dx'
    | 'dgamma'
    | 'dbeta'
    | 'ddx'
    | 'ddy'
    | 'ddgamma'
    | 'running_mean'
    | 'running_var'
    | 'step_count'
    | 'error'
    | 'operands'
    | 'constructor';
  /**
   * Flat index of the worst element.
   */
  element: number | null;
  /**
   * How many elements deviate.
   */
  elements: number;
  got: number | string;
  expected: number | string;
  bound: Number;
  /**
   * A JSON number, or one of the words for what JSON cannot write.
   */
  ratio: number | ('NaN' | 'Infinity' | '-Infinity');
  /**
   * A JSON number, or one of the words for what JSON cannot write.
   */
  ulps?: number | ('NaN' | 'Infinity' | '-Infinity');
}
export interface AccuracyRecord {
  observable: Observable;
  graded: number;
  ungradable: number;
  /**
   * A JSON number, or one of the words for what JSON cannot write.
   */
  stable: number | ('NaN' | 'Infinity' | '-Infinity');
  /**
   * A JSON number, or one of the words for what JSON cannot write.
   */
  naive: number | ('NaN' | 'Infinity' | '-Infinity');
}
export interface ObservedStepRecord {
  y?: ObservedTensorRecord;
  dx?: ObservedTensorRecord;
  dgamma?: ObservedTensorRecord;
  dbeta?: ObservedTensorRecord;
  ddx?: ObservedTensorRecord;
  ddy?: ObservedTensorRecord;
  ddgamma?: ObservedTensorRecord;
  running_mean?: ObservedTensorRecord;
  running_var?: ObservedTensorRecord;
  step_count?: number;
  described?: Described;
  error?: {
    class: string;
    message: string;
  };
}
export interface ObservedTensorRecord {
  dtype: string;
  shape: number[];
  hex: string;
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
/**
 * How the smallest case of a finding was looked into, so that it is clear who is to blame.
 */
export interface EvidenceRecord {
  type: 'evidence';
  /**
   * Index into the header's cases.
   */
  index: number;
  runner: string;
  checks: EvidenceCheckRecord[];
}
/**
 * One way in which the smallest case of a finding was asked again, and what came of it.
 */
export interface EvidenceCheckRecord {
  /**
   * A new process; the exact oracle; the other form or memory layout; another number of threads.
   */
  check:
    | 'fresh-process'
    | 'exact-oracle'
    | 'module-form'
    | 'functional-form'
    | 'contiguous'
    | 'channels-last'
    | 'transposed'
    | 'strided'
    | 'threads';
  outcome:
    | 'same-bits'
    | 'other-bits'
    | 'deviates-again'
    | 'deviates-too'
    | 'deviates-otherwise'
    | 'conforms'
    | 'not-reproduced'
    | 'reference-right'
    | 'reference-wrong'
    | 'not-applicable'
    | 'no-answer';
  /**
   * Of the check threads.
   */
  threads?: number;
  /**
   * A JSON number, or one of the words for what JSON cannot write.
   */
  share?: number | ('NaN' | 'Infinity' | '-Infinity');
  /**
   * Why there is no answer, or how the answer differs.
   */
  detail?: string;
}
export interface FooterRecord {
  type: 'footer';
  /**
   * False when the run was interrupted; the cases without a line were not run.
   */
  complete: boolean;
  gate: 'pass' | 'fail';
  reasons: string[];
  durationMs: number;
  /**
   * Entries of the known-failing lists that match no case of any suite, and those that have expired.
   */
  listed?: {
    unmatched: ListedEntry[];
    expired: ListedEntry[];
  };
}
export interface ListedEntry {
  cases: string;
  expires: string;
}
