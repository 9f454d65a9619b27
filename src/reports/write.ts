import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Summary } from '../spec/generated/summary.ts';
import { fileNames, type ReportFormat, reportFormats } from './format-names.ts';
import { renderReports, ruleTitles } from './formats.ts';
import { summaryMarkdown } from './markdown.ts';
import type { ComparedRuns } from './page-comparison.ts';
import { presentable } from './presentable.ts';
import { readRun } from './read-run.ts';
import { runFileName, unwritable } from './run-file.ts';
import type { Run } from './run.ts';
import { summarise } from './summary.ts';

/** A run with the summary that was written of it. */
export interface WrittenReports<T> {
  readonly run: Run;
  readonly summary: Summary;
  /** Null where there is nothing to compare with. */
  readonly comparison: T | null;
}

/**
 * Writes the reports of the run in a folder. Each file is whole or the old one; reports of other formats, which an earlier run left
 * there, are removed, for they would be taken for this one's.
 *
 * @param compare  with an earlier run, for the page
 * @throws {UserError} what `readRun` throws, and OUT_FOLDER_UNWRITABLE
 */
export async function writeReports<T extends ComparedRuns>(folder: string, formats: readonly ReportFormat[] = reportFormats, compare: ((run: Run) => T) | null = null): Promise<WrittenReports<T>> {
  const run = await readRun(join(folder, runFileName), { observed: formats.includes('html') });
  const summary = summarise(run);
  const comparison = compare?.(run) ?? null;
  await writeReportsOf(run, folder, formats, comparison);
  for (const name of fileNames(reportFormats.filter((format) => !formats.includes(format)))) await removeFile(join(folder, name));
  return { run, summary, comparison };
}

/**
 * Writes reports of a run into a folder, which is made where it is missing; other files stay.
 *
 * @returns the names of the files
 * @throws {UserError} OUT_FOLDER_UNWRITABLE
 */
export async function writeReportsOf(run: Run, folder: string, formats: readonly ReportFormat[], comparison: ComparedRuns | null = null): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => { throw unwritable(folder, error); });
  for (const [name, text] of renderReports(run, formats, comparison === null ? {} : { comparison })) await replaceFile(join(folder, name), text);
  return fileNames(formats);
}

/**
 * Appends summary.md to a file, such as the job summary of GitHub Actions.
 *
 * @throws {UserError} OUT_FOLDER_UNWRITABLE
 */
export async function appendSummary(run: Run, path: string): Promise<void> {
  await appendFile(path, summaryMarkdown(presentable(run), ruleTitles())).catch((error: unknown) => { throw unwritable(path, error); });
}

async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: unknown) => { throw unwritable(path, error); });
}

async function replaceFile(path: string, text: Iterable<string>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const orUnwritable = (error: unknown): never => { throw unwritable(path, error); };
  try {
    await writePieces(temporary, text, orUnwritable);
    await rename(temporary, path).catch(orUnwritable);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

/** A write for every piece would cost more than making it. */
const chunkBytes = 262_144;
/** As many as a character may take. */
const bytesOfACharacter = 3;

/**
 * In one piece of memory from beginning to end: chunks of their own would stay until the engine collects them.
 *
 * @param onError  told of what goes wrong with the file, not with the text
 */
async function writePieces(path: string, text: Iterable<string>, onError: (error: unknown) => never): Promise<void> {
  const file = await open(path, 'w').catch(onError);
  const chunk = Buffer.alloc(chunkBytes);
  let used = 0;
  try {
    for (const piece of text) {
      if (used + piece.length * bytesOfACharacter > chunkBytes) {
        await file.writeFile(chunk.subarray(0, used)).catch(onError);
        used = 0;
      }
      if (piece.length * bytesOfACharacter > chunkBytes) await file.writeFile(piece).catch(onError);
      else used += chunk.write(piece, used);
    }
    await file.writeFile(chunk.subarray(0, used)).catch(onError);
  } finally {
    await file.close().catch(onError);
  }
}
