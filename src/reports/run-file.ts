import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { UserError } from '../spec/user-error.ts';
import { refuseLink, removeOld } from '../spec/write-anew.ts';
import { encodeHeader } from './encode-header.ts';
import { gatherBytes } from './gather-bytes.ts';
import type { PlannedHeader, RunLine } from './run.ts';
import { encodeLine } from './run-lines.ts';

/** Name of the run file in an out folder. */
export const runFileName = 'run.ndjson';

/** A write for every line costs more than judging its case; so many bytes, or so long, are gathered into one. */
const chunkBytes = 262_144;
const longestWaitMs = 50;
/** The first results are wanted sooner. */
const firstWaitMs = 5;

/** A run file being written, line by line. */
export interface RunFile {
  /** Writes the first line. */
  readonly begin: (header: PlannedHeader) => Promise<void>;
  /** Appends one line, which is on its way to the disk within 50 ms; waits while the disk is behind. */
  readonly write: (line: RunLine) => Promise<void>;
  /** Flushes everything to the disk. Without it the file is that of an interrupted run. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a new run file, in place of an old one at the path, or goes on with one.
 *
 * @param keep  bytes of the file to go on after
 * @throws {UserError} OUT_FOLDER_UNWRITABLE, here and from `write` and `close`
 */
export async function createRunFile(path: string, keep = 0): Promise<RunFile> {
  const flags = await prepare(path, keep).catch((error: unknown) => { throw unwritable(path, error); });
  let failure: unknown = null;
  const stream = createWriteStream(path, { flush: true, flags }).on('error', (error) => { failure ??= error; });
  const orUnwritable = (error: unknown): never => { throw unwritable(path, failure ?? error); };
  await once(stream, 'open').catch(orUnwritable);

  let drained: Promise<unknown> | null = null; // one wait for all writers, however many come while the disk is behind
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  const gathered = gatherBytes(chunkBytes);
  const flush = (): boolean => {
    clearTimeout(timer);
    timer = undefined;
    const { bytes, giveBack } = gathered.take();
    sent += bytes.length;
    return stream.write(bytes, giveBack);
  };
  const write = async (text: string): Promise<void> => {
    if (failure !== null) throw unwritable(path, failure);
    timer ??= setTimeout(flush, sent < chunkBytes ? firstWaitMs : longestWaitMs);
    if (gathered.add(text) < chunkBytes || flush()) return;
    drained ??= once(stream, 'drain').finally(() => { drained = null; });
    await drained.catch((error: unknown) => { throw unwritable(path, error); });
  };
  const close = async (): Promise<void> => {
    if (failure === null) flush();
    clearTimeout(timer);
    stream.end();
    await finished(stream).catch(orUnwritable);
  };
  return {
    begin: async (header) => { for (const piece of encodeHeader(header)) await write(piece); },
    write: (line) => write(encodeLine(line)),
    close,
  };
}

/** A link in the place of the file would lead elsewhere: it is not gone on with, and a new file takes its place. */
async function prepare(path: string, keep: number): Promise<string> {
  if (keep === 0) return removeOld(path);
  await refuseLink(path);
  await truncate(path, keep);
  return 'a';
}

/** What the user is told when a file of the out folder cannot be written. */
export function unwritable(path: string, cause: unknown): UserError {
  return new UserError('OUT_FOLDER_UNWRITABLE', `cannot write ${path}: ${(cause as Error).message}`, 'free the space, or give another folder with --out', { cause });
}
