import type { Finding } from '../../diff/findings.ts';
import type { Status } from '../../diff/verdict.ts';
import type { Origin } from './found-file.ts';

/** What `fuzz` was asked. */
export interface FuzzOptions {
  /** Runner ids, with or without a version; the defaults when empty. */
  readonly runners: readonly string[];
  /** Interpreter by runner id, in place of the environment. */
  readonly python: Readonly<Record<string, string>>;
  readonly runs: number;
  readonly seed: number;
  /** Folder for what is found. */
  readonly out: string;
  /** Case files to ask in place of drawn cases. */
  readonly cases: readonly string[];
  /** Threads that a framework may use inside one operation. */
  readonly threads: number;
  readonly device: string;
  readonly timeLimitMs: number;
  /** Folder of environments and logs. */
  readonly home: string;
}

/** All runs of one runner that deviate for the same cause. */
export interface Cluster {
  readonly finding: Finding;
  /** Its simplest case and where it was written; null for a cause that the known-failing list names. */
  readonly found: Found | null;
}

export interface Found {
  readonly origin: Origin;
  /** One line about the simplest case. */
  readonly summary: string;
  readonly caseFile: string;
  /** Null where no script can be written for the framework. */
  readonly script: string | null;
}

/** What came of one runner. */
export interface FuzzedRunner {
  readonly runner: string;
  readonly version: string;
  readonly statuses: Readonly<Partial<Record<Status, number>>>;
  readonly clusters: readonly Cluster[];
  readonly durationMs: number;
}

export interface FuzzOutcome {
  readonly seed: number;
  readonly runs: number;
  readonly runners: readonly FuzzedRunner[];
}

/** Clusters whose cause the runner's known-failing list does not name. */
export function newClusters({ runners }: FuzzOutcome): number {
  return runners.reduce((total, { clusters }) => total + clusters.filter(({ finding }) => !finding.known).length, 0);
}
