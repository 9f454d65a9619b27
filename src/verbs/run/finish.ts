import { type WrittenReports, writeReports } from '../../reports/write.ts';
import type { Reproducer } from '../../reports/reproducer.ts';
import type { Baseline } from '../diff/baseline.ts';
import { compareRuns, type RunDiff } from '../diff/compare.ts';
import { type ScriptSource, writeReproducers } from '../reproduce/findings.ts';
import type { RunOptions } from './options.ts';

/** Everything that is made of the run file of a run that is over. */
export interface WrittenResults extends WrittenReports<RunDiff> {
  readonly reproducers: readonly Reproducer[];
}

/**
 * Writes the reports and the scripts of the findings into the out folder.
 *
 * @throws {UserError} OUT_FOLDER_UNWRITABLE, and what `readRun` throws
 */
export async function writeResults({ out, formats }: RunOptions, baseline: Baseline | null, source: ScriptSource): Promise<WrittenResults> {
  const written = await writeReports(out, formats, baseline === null ? null : (after) => compareRuns(baseline.run, after));
  return { ...written, reproducers: await writeReproducers(written.run, out, source) };
}
