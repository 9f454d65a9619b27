import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type ReadOptions, readRun } from '../../reports/read-run.ts';
import { runFileName } from '../../reports/run-file.ts';
import type { Run } from '../../reports/run.ts';

/** The run file that a place names: the place itself, or run.ndjson in the folder. */
export async function runFileAt(place: string): Promise<string> {
  const isFile = await stat(place).then((found) => found.isFile(), () => extname(place) === '.ndjson');
  return isFile ? place : join(place, runFileName);
}

/**
 * The run of a folder, or of a run file.
 *
 * @throws {UserError} what `readRun` throws
 */
export async function readRunAt(place: string, options: ReadOptions = {}): Promise<Run> {
  return readRun(await runFileAt(place), options);
}
