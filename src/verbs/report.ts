import { dirname } from 'node:path';
import type { ReportFormat } from '../reports/format-names.ts';
import { readRun } from '../reports/read-run.ts';
import type { Run } from '../reports/run.ts';
import { writeReportsOf } from '../reports/write.ts';
import { compareRuns } from './diff/compare.ts';
import { readRunAt, runFileAt } from './report/locate-run.ts';

export interface ReportOptions {
  /** None writes nothing. */
  readonly formats: readonly ReportFormat[];
  /** Folder of the reports; that of the run file by default. */
  readonly out?: string | undefined;
  /** An earlier run, a folder or a run file, that the page compares this one with. */
  readonly baseline?: string | undefined;
}

/** A run that was read, and what was written of it. */
export interface Reported {
  readonly run: Run;
  readonly folder: string;
  readonly names: readonly string[];
}

/**
 * Makes reports of a run that is over.
 *
 * @param place  a folder with a run.ndjson, or such a file
 * @throws {UserError} what `readRun` throws, OUT_FOLDER_UNWRITABLE, and DIFF_NOTHING_IN_COMMON
 */
export async function report(place: string, { formats, out, baseline }: ReportOptions): Promise<Reported> {
  const file = await runFileAt(place);
  const run = await readRun(file, { observed: formats.includes('html') });
  const folder = out ?? dirname(file);
  const comparison = baseline === undefined ? null : compareRuns(await readRunAt(baseline), run);
  return { run, folder, names: formats.length === 0 ? [] : await writeReportsOf(run, folder, formats, comparison) };
}
