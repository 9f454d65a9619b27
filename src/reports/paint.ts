import { failingStatuses } from '../gate/decide.ts';
import type { Status } from '../diff/verdict.ts';

/** What a piece of text means; the caller decides how that looks. */
export type PaintName = 'good' | 'bad' | 'warn' | 'quiet' | 'strong';

/** Gives text a look, such as `styleText` of node:util. */
export type Paint = (name: PaintName, text: string) => string;

/** No colour at all. */
export const plain: Paint = (_, text) => text;

export function paintOf(status: Status): PaintName {
  if (failingStatuses.includes(status)) return 'bad';
  if (status === 'conforms') return 'good';
  return status === 'inaccurate' ? 'warn' : 'quiet';
}
