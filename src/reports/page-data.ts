import type { ShardName } from '../cases/shard.ts';
import type { Status } from '../diff/verdict.ts';
import type { PowerFile } from '../spec/generated/power.ts';
import type { Evidence, RunHeader, RunnerFacts } from './run.ts';

/*
 * What the page is given: two JSON blocks, which reports/page reads back. Case results are columns over the plan, texts are numbers
 * into `strings`, so that 100,000 results stay below 20 MB; what the first view does not need is a block of its own, read when it is.
 */

/** A number, or the word for what JSON cannot write. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export interface PageData {
  readonly header: Omit<RunHeader, 'cases' | 'runners' | 'type' | 'shard'>;
  /** Null for a run of the whole plan. */
  readonly shard: ShardName | null;
  /** Null when the run was interrupted before its end. */
  readonly durationMs: number | null;
  readonly complete: boolean;
  readonly gate: 'pass' | 'fail';
  readonly reasons: readonly string[];
  readonly rules: readonly PageRule[];
  readonly strings: readonly string[];
  readonly ids: PageIds;
  /** Per case: index into `ruleSets`, the rules that it cites. */
  readonly ruleSetOf: readonly number[];
  /** Indices into `rules`. */
  readonly ruleSets: readonly (readonly number[])[];
  readonly runners: readonly PageRunner[];
  /** What several results say alike; a result names its outcome. */
  readonly outcomes: readonly PageOutcome[];
  readonly findings: readonly PageFinding[];
  readonly coverage: PageCoverage;
  readonly comparison: PageComparison | null;
  readonly power: PagePower | null;
  readonly claims: readonly PageClaim[] | null;
}

/** What the views of single cases and of accuracy need besides. */
export interface PageValues {
  /** In the order of the runners. */
  readonly runners: readonly PageRunnerValues[];
  readonly details: readonly PageDetail[];
}

export interface PageRunnerValues {
  /** Per observable and case: largest error ÷ class A bound, −1 where nothing was graded, −2 for infinity. */
  readonly accuracy: Readonly<Record<string, readonly number[]>>;
  /** Case, then its deviations, worst first. */
  readonly deviations: readonly (readonly [index: number, ...deviations: PageDeviation[]])[];
}

export interface PageRule {
  readonly id: string;
  readonly level: string;
  readonly title: string;
  readonly formula: string;
  readonly sources: readonly string[];
}

/** The ids of the plan: a prefix with axes, and the value of each. */
export interface PageIds {
  readonly axes: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly templates: readonly PageTemplate[];
  /** Per case: its template, then an index into the values of each of the template's axes. */
  readonly rows: readonly number[];
}

/** `<layer>/<behaviour>` with the axes that its ids spell out. */
export interface PageTemplate {
  readonly prefix: string;
  /** Indices into `axes`. */
  readonly axes: readonly number[];
  /** Axis and value of what the ids leave out. */
  readonly defaults: readonly (readonly [axis: string, value: string])[];
}

export interface PageRunner {
  readonly runner: string;
  /** Null when the run ended before the runner said who it is. */
  readonly facts: RunnerFacts | null;
  readonly excluded: readonly string[];
  /** Null for a framework without a dialect. */
  readonly dialect: PageDialect | null;
  /** One letter per case, see `statusLetters`; a dot where the case is not in this runner's plan. */
  readonly status: string;
  /** Case and outcome, alternating; a case without an outcome has nothing to say. */
  readonly outcomes: readonly number[];
  /** Elements graded and ungradable, per observable. */
  readonly grading: Readonly<Record<string, readonly [graded: number, ungradable: number]>>;
  /** Deviations that were left out, to keep the page small. */
  readonly deviationsLeftOut: number;
}

/** kind, level, rule, rank, step, observable, element, elements, got, expected, bound, ratio, ulps. */
export type PageDeviation = readonly [
  kind: string, level: string, rule: string, rank: number, step: number, observable: string, element: number | null, elements: number,
  got: number | string, expected: number | string, bound: JsonNumber, ratio: JsonNumber, ulps: JsonNumber | null,
];

/** Indices into `strings`, −1 for nothing. */
export interface PageOutcome {
  readonly found: Status;
  readonly rule: number;
  readonly cause: number;
  readonly candidates: readonly number[];
  readonly reason: number;
}

/** How a framework spells a configuration. */
export interface PageDialect {
  readonly title: string;
  readonly layers: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, { readonly name: string | null; readonly conversion: string; readonly kind: string }>>;
  readonly statistics: Readonly<Record<string, string | null>>;
  readonly freshMode: string;
}

/** A finding, or a documented departure, of one runner. */
export interface PageFinding {
  /** Index into `runners`. */
  readonly runner: number;
  readonly kind: 'open' | 'known' | 'documented';
  readonly status: Status;
  readonly cause: string;
  readonly title: string | null;
  readonly candidates: readonly string[];
  readonly rule: string;
  readonly cases: readonly number[];
  readonly example: number;
  readonly worstRatio: JsonNumber;
  readonly translation: string | null;
  readonly reasons: readonly string[];
  readonly evidence: readonly PageEvidence[];
  readonly harnessError: string | null;
}

export interface PageEvidence {
  readonly check: Evidence['check'];
  readonly outcome: Evidence['outcome'];
  readonly text: string;
}

/** Values of one case, computed again when the page is written. */
export interface PageDetail {
  readonly case: number;
  readonly config: readonly (readonly [name: string, value: string])[];
  /** One sentence per step of the program. */
  readonly program: readonly string[];
  /** False when the run recorded other expected values than these: another version of the tool wrote it. */
  readonly agrees: boolean;
  readonly ranks: readonly PageRank[];
}

export interface PageRank {
  /** The construction, then each step. */
  readonly steps: readonly PageStep[];
  readonly states: readonly PageState[];
}

export interface PageStep {
  /** −1 is the construction. */
  readonly step: number;
  /** The rule under which the step must be refused. */
  readonly refusal: string | null;
  readonly observables: readonly PageObservable[];
  readonly count: number | null;
  /** What each runner that was kept showed beside tensors. */
  readonly shown: readonly { readonly runner: number; readonly count: number | null; readonly error: string | null }[];
}

export interface PageObservable {
  readonly observable: string;
  readonly rule: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The first elements, where no runner's values were kept: value, class A and class B bound. */
  readonly first: readonly (readonly [value: JsonNumber, stable: JsonNumber, naive: JsonNumber])[];
  readonly runners: readonly PageObserved[];
}

export interface PageObserved {
  readonly runner: number;
  /** Elements outside the class B bound. */
  readonly outside: number;
  readonly dtype: string;
  readonly worst: readonly PageElement[];
  /** Largest error ÷ class B bound of each channel. */
  readonly channels: readonly JsonNumber[];
}

/** element, got, expected, class A bound, class B bound, error ÷ class B bound, ulps, bits of got, bits of expected. */
export type PageElement = readonly [
  element: number, got: JsonNumber, expected: JsonNumber, stable: JsonNumber, naive: JsonNumber, ratio: JsonNumber, ulps: JsonNumber, gotBits: string, expectedBits: string,
];

/** A running statistic over the program, of some channels. */
export interface PageState {
  readonly observable: string;
  readonly channels: readonly number[];
  /** Per channel, after construction and after each step. */
  readonly expected: readonly (readonly JsonNumber[])[];
  readonly runners: readonly { readonly runner: number; readonly values: readonly (readonly (JsonNumber | null)[])[] }[];
}

export interface PageCoverage {
  /** Title of each behaviour that the plan asks. */
  readonly behaviours: Readonly<Record<string, string>>;
  /** Null when this tool does not know the suite, or plans it otherwise. */
  readonly excluded: readonly PageExclusion[] | null;
}

export interface PageExclusion {
  readonly behaviour: string;
  readonly combination: string;
  readonly rule: string;
  readonly why: string;
  readonly cells: number;
}

export interface PageComparison {
  readonly before: { readonly suite: string; readonly startedAt: string; readonly version: string };
  readonly notes: readonly string[];
  readonly runners: readonly {
    readonly before: string;
    readonly after: string;
    readonly compared: number;
    readonly changes: readonly PageChange[];
  }[];
}

export interface PageChange {
  readonly kind: string;
  readonly id: string;
  readonly before: PageSide | null;
  readonly after: PageSide | null;
}

export interface PageSide {
  readonly status: Status;
  readonly cause: string | null;
  readonly ratio: JsonNumber | null;
}

/** What the harness catches, as `score` measured it. */
export type PagePower = Omit<PowerFile, 'schemaVersion'>;

/** A statement of a document, and what the run says of it. */
export interface PageClaim {
  readonly id: string;
  readonly document: string;
  readonly statement: string;
  /** Where on the page it stands. */
  readonly place: string;
  readonly verdicts: readonly { readonly runner: string; readonly verdict: string; readonly why: string; readonly example: string | null }[];
}

/** One letter per status, in the order of `statuses`. */
export const statusLetters = 'abcdefghijklm';
