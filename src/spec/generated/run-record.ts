/* Generated from spec/schemas/run-record.schema.json by npm run generate. */

/**
 * One line of run.ndjson: a header, one line per runner, one line per case and runner in order of completion, a footer.
 */
export type RunRecord = HeaderRecord | RunnerRecord | CaseRecord | FooterRecord;
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
export type Observable = 'y' | 'dx' | 'dgamma' | 'dbeta' | 'running_mean' | 'running_var' | 'step_count';
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
  kind: 'value' | 'dtype' | 'shape' | 'missing' | 'unexpected' | 'refusal' | 'changed';
  level: 'must' | 'should';
  rule: string;
  rank: number;
  /**
   * Index into the program; -1 is the construction.
   */
  step: number;
  observable: 'y' | 'dx' | 'dgamma' | 'dbeta' | 'running_mean' | 'running_var' | 'step_count' | 'error' | 'operands';
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
  running_mean?: ObservedTensorRecord;
  running_var?: ObservedTensorRecord;
  step_count?: number;
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
export interface FooterRecord {
  type: 'footer';
  /**
   * False when the run was interrupted; the cases without a line were not run.
   */
  complete: boolean;
  gate: 'pass' | 'fail';
  reasons: string[];
  durationMs: number;
}
