import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Summary } from '../spec/generated/summary.ts';
import { fileNames, renderReports, type ReportFormat, reportFormats, ruleTitles } from './formats.ts';
import { summaryMarkdown } from './markdown.ts';
import { readRun } from './read-run.ts';
import { runFileName, unwritable } from './run-file.ts';
import type { Run } from './run.ts';
import { summarise } from './summary.ts';

/** A run with the summary that was written of it. */
export interface WrittenReports {
  readonly run: Run;
  readonly summary: Summary;
}

/**
 * Writes the reports of the run in a folder. Each file is whole or the old one; reports of other formats, which an earlier run left
 * there, are removed, for they would be taken for this one's.
 *
 * @throws {UserError} what `readRun` throws, and OUT_FOLDER_UNWRITABLE
 */
export async function writeReports(folder: string, formats: readonly ReportFormat[] = reportFormats): Promise<WrittenReports> {
  const run = await readRun(join(folder, runFileName), { observed: formats.includes('html') });
  const summary = summarise(run);
  await writeReportsOf(run, folder, formats);
  for (const name of fileNames(reportFormats.filter((format) => !formats.includes(format)))) await removeFile(join(folder, name));
  return { run, summary };
}

/**
 * Writes reports of a run into a folder, which is made where it is missing; other files stay.
 *
 * @returns the names of the files
 * @throws {UserError} OUT_FOLDER_UNWRITABLE
 */
export async function writeReportsOf(run: Run, folder: string, formats: readonly ReportFormat[]): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => { throw unwritable(folder, error); });
  for (const [name, text] of renderReports(run, formats)) await replaceFile(join(folder, name), text);
  return fileNames(formats);
}

/**
 * Appends summary.md to a file, such as the job summary of GitHub Actions.
 *
 * @throws {UserError} OUT_FOLDER_UNWRITABLE
 */
export async function appendSummary(run: Run, path: string): Promise<void> {
  await appendFile(path, summaryMarkdown(run, ruleTitles())).catch((error: unknown) => { throw unwritable(path, error); });
}

async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: unknown) => { throw unwritable(path, error); });
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
