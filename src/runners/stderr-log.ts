import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { removeOld } from '../spec/write-anew.ts';

/**
 * File that a runner's stderr goes to. The child writes to the descriptor itself: piped through this process, a flood of stderr
 * would be kept in memory.
 */
export interface StderrLog {
  readonly path: string;
  /** Descriptor to hand to the child. */
  readonly descriptor: number;
  /** Marks the start of a new process; `tail` looks no further back. */
  mark(): void;
  append(line: string): void;
  /** Last lines since the mark. */
  tail(): string;
  close(): void;
}

const tailBytes = 4096;
const tailLines = 20;

/**
 * Opens `<folder>/<name>.stderr.log` anew.
 *
 * @throws {UserError} LOG_UNWRITABLE
 */
export function openStderrLog(folder: string, name: string): StderrLog {
  const path = join(folder, `${name}.stderr.log`);
  const descriptor = openAnew(path);
  let start = 0;
  return {
    path,
    descriptor,
    mark: () => void (start = fstatSync(descriptor).size),
    append: (line) => { appendIfPossible(descriptor, line); },
    tail: () => readTail(descriptor, start),
    close: () => closeSync(descriptor),
  };
}

function openAnew(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, removeOld(path)));
    return openSync(path, 'a+');
  } catch (error) {
    throw new UserError('LOG_UNWRITABLE', `cannot write ${path}: ${(error as Error).message}`, 'free the space, or set BN_CONFORMANCE_HOME to a folder that can be written', { cause: error });
  }
}

/** What a runner says on the side is not worth a run whose disk is full. */
function appendIfPossible(descriptor: number, line: string): void {
  try {
    writeSync(descriptor, `${line}\n`);
  } catch {
    // the log lacks a line
  }
}

function readTail(descriptor: number, start: number): string {
  const { size } = fstatSync(descriptor);
  const from = Math.max(start, size - tailBytes);
  const bytes = Buffer.alloc(size - from);
  const length = readSync(descriptor, bytes, 0, bytes.length, from);
  return bytes.toString('utf8', 0, length).trimEnd().split('\n').slice(-tailLines).join('\n');
}
