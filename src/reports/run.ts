import type { Accuracy, Deviation } from '../diff/verdict.ts';
import type { CaseRecord, EvidenceCheckRecord, EvidenceRecord, FooterRecord, HeaderRecord, RunnerRecord } from '../spec/generated/run-record.ts';
import type { Texts } from './packed-texts.ts';

export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

export type RunHeader = Omit<DeepReadonly<HeaderRecord>, 'cases'> & { readonly cases: Texts };
/** A header whose ids are made when their turn to be written comes: of 100,000 cases they take 20 MB. */
export type PlannedHeader = Omit<RunHeader, 'cases'> & { readonly cases: Iterable<string> };
export type RunnerFacts = DeepReadonly<RunnerRecord>;
export type RunFooter = DeepReadonly<FooterRecord>;

/** A deviation as a run file keeps it. */
export type RunDeviation = Omit<Deviation, 'rule'> & {
  readonly rule: string;
  /** Distance in units of the observable's type, for the reader; never a verdict. */
  readonly ulps?: number;
};

/** One case line with numbers as numbers; the file writes what JSON cannot as words. */
export type CaseLine = DeepReadonly<Omit<CaseRecord, 'deviations' | 'accuracy'>> & {
  readonly deviations: readonly RunDeviation[];
  readonly accuracy: readonly Accuracy[];
};

/** One way in which the smallest case of a finding was asked again, and what came of it. */
export type Evidence = DeepReadonly<Omit<EvidenceCheckRecord, 'share'>> & {
  /** Largest |reference − exact| ÷ bound where the case deviates. */
  readonly share?: number;
};

export type EvidenceLine = DeepReadonly<Omit<EvidenceRecord, 'checks'>> & { readonly checks: readonly Evidence[] };

/** One line of run.ndjson. */
export type RunLine = RunHeader | RunnerFacts | CaseLine | EvidenceLine | RunFooter;

/** A case of a runner, by its id. */
export type CaseResult = CaseLine & {
  readonly id: string;
  /** Of the smallest case of a finding; absent where it was not looked into. */
  readonly evidence?: readonly Evidence[];
};

/** What a runner was asked, in plan order; a planned case without a line is `not-run`. */
export interface RunnerResults {
  /** `<id>@<version>`, the key in every file. */
  readonly runner: string;
  /** Null when the run ended before the runner said who it is. */
  readonly facts: RunnerFacts | null;
  readonly cases: readonly CaseResult[];
}

/** A run file as read: everything that the other reports are a function of. */
export interface Run {
  readonly header: RunHeader;
  readonly runners: readonly RunnerResults[];
  /** Null when the file does not end with one. */
  readonly footer: RunFooter | null;
  /** The footer says so, and every planned case has its line. */
  readonly complete: boolean;
}
