import type { RunHeader, RunnerResults } from '../../../../src/reports/run.ts';
import type { Model, RunnerColumns } from './model.ts';

/** The header as the report's own code takes it; the plan itself stays packed. */
export function headerOf({ data: { header } }: Model): RunHeader {
  return { ...header, type: 'header', cases: [], runners: [] };
}

export function runnerOf({ key, page: { facts } }: RunnerColumns): RunnerResults {
  return { runner: key, facts, cases: [] };
}
