import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
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

/** Opens `<folder>/<name>.stderr.log` anew. */
export function openStderrLog(folder: string, name: string): StderrLog {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.stderr.log`);
  removeOld(path);
  closeSync(openSync(path, 'wx'));
  const descriptor = openSync(path, 'a+');
  let start = 0;
  return {
    path,
    descriptor,
    mark: () => void (start = fstatSync(descriptor).size),
    append: (line) => void writeSync(descriptor, `${line}\n`),
    tail: () => readTail(descriptor, start),
    close: () => closeSync(descriptor),
  };
}

function readTail(descriptor: number, start: number): string {
  const { size } = fstatSync(descriptor);
  const from = Math.max(start, size - tailBytes);
  const bytes = Buffer.alloc(size - from);
  const length = readSync(descriptor, bytes, 0, bytes.length, from);
  return bytes.toString('utf8', 0, length).trimEnd().split('\n').slice(-tailLines).join('\n');
}
