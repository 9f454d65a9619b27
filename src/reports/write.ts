import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Summary } from '../spec/generated/summary.ts';
import { readRules } from '../spec/rules.ts';
import { discrepanciesCsv } from './discrepancies-csv.ts';
import { junitXml } from './junit.ts';
import { reportPage } from './page.ts';
import { readRun } from './read-run.ts';
import { resultsCsv } from './results-csv.ts';
import { runFileName, unwritable } from './run-file.ts';
import type { Run } from './run.ts';
import { summarise } from './summary.ts';

/** A run with the summary that was written of it. */
export interface WrittenReports {
  readonly run: Run;
  readonly summary: Summary;
}

/**
 * Writes summary.json, results.csv, discrepancies.csv, junit.xml and index.html of the run in a folder. Each file is whole or
 * the old one.
 *
 * @throws {UserError} what `readRun` throws, and OUT_FOLDER_UNWRITABLE
 */
export async function writeReports(folder: string): Promise<WrittenReports> {
  const run = await readRun(join(folder, runFileName));
  const titles = new Map(readRules().map(({ id, title }) => [id, title]));
  const summary = summarise(run);
  await replaceFile(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  await replaceFile(join(folder, 'results.csv'), resultsCsv(run));
  await replaceFile(join(folder, 'discrepancies.csv'), discrepanciesCsv(run));
  await replaceFile(join(folder, 'junit.xml'), junitXml(run, titles));
  await replaceFile(join(folder, 'index.html'), reportPage(run, titles));
  return { run, summary };
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw unwritable(path, error);
  }
}
