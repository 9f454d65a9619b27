import { availableParallelism } from 'node:os';
import type { ShardName } from '../../cases/shard.ts';
import type { GateDecision } from '../../gate/decide.ts';
import type { ReportFormat } from '../../reports/format-names.ts';
import type { Reproducer } from '../../reports/reproducer.ts';
import type { Run } from '../../reports/run.ts';
import type { Summary } from '../../spec/generated/summary.ts';
import type { RunDiff } from '../diff/compare.ts';

/** Runner processes at one time, unless the user says how many: both frameworks of a run work, and one alone has a process on each of two processors. */
export const defaultJobs = Math.max(2, availableParallelism());

/** What `run` was asked. */
export interface RunOptions {
  readonly suite: string;
  /** Runner ids, with or without a version; the defaults when empty. */
  readonly runners: readonly string[];
  /** Interpreter by runner id, in place of the environment. */
  readonly python: Readonly<Record<string, string>>;
  readonly select: readonly string[];
  readonly out: string;
  /** Reports to write beside run.ndjson; all of them by default. */
  readonly formats?: readonly ReportFormat[] | undefined;
  /** Earlier run, a folder or a run file: a regression against it fails the gate. */
  readonly baseline?: string | undefined;
  readonly seed?: number | undefined;
  readonly strict: boolean;
  /** Known-failing file for all runners, in place of each framework's own. */
  readonly known?: string | undefined;
  /** Runner processes at one time. */
  readonly jobs: number;
  /** Threads that a framework may use inside one operation. */
  readonly threads: number;
  readonly device: string;
  readonly timeLimitMs: number;
  /** Stop after so many failing cases. */
  readonly maxFailures?: number | undefined;
  /** Go on with the run in the out folder: what it asked of whom stands there. */
  readonly resume?: boolean | undefined;
  /** Earlier run, a folder or a run file: ask again what failed there. */
  readonly rerun?: string | undefined;
  /** Ask one part of the plan. */
  readonly shard?: ShardName | undefined;
  /** Folder of environments and logs. */
  readonly home: string;
  /** The command as typed, for the reports. */
  readonly command: string;
}

/** How far one runner is. */
export interface RunnerProgress {
  readonly done: number;
  readonly planned: number;
  readonly deviations: number;
}

/** Who hears of a run while it goes on. */
export interface RunListener {
  /** A runner enters a stage: making its environment, starting, asking. */
  readonly stage: (runner: string, text: string) => void;
  readonly progress: (runner: string, progress: RunnerProgress) => void;
}

export interface RunOutcome {
  readonly run: Run;
  readonly summary: Summary;
  readonly decision: GateDecision;
  /** Whether every planned case was asked. */
  readonly complete: boolean;
  /** The stand-alone scripts of the findings, beside the reports. */
  readonly reproducers: readonly Reproducer[];
  /** What changed since the baseline; null without one. */
  readonly changes: RunDiff | null;
}
