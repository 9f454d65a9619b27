import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { causeIds } from '../diff/catalogue.ts';
import type { KnownFailing, KnownFailingFile } from '../spec/generated/known-failing.ts';
import { didYouMean } from '../spec/did-you-mean.ts';
import { packageRoot } from '../spec/package-root.ts';
import { UserError } from '../spec/user-error.ts';
import { readValidated } from '../spec/validated-file.ts';

/**
 * Entries of a known-failing file.
 *
 * An unexplained entry names one case and links a stand-alone script, by its path from the root of this repository or
 * from the folder of the list.
 *
 * @throws {UserError} FILE_NOT_FOUND, FILE_UNREADABLE, FILE_INVALID, CAUSE_UNKNOWN, UNEXPLAINED_PATTERN, UNEXPLAINED_SCRIPT
 */
export function readKnownFailing(path: string): readonly KnownFailing[] {
  const { entries } = readValidated<KnownFailingFile>('schemas/known-failing', path);
  for (const [index, entry] of entries.entries()) {
    const place = `${path}, /entries/${String(index)}`;
    if (!causeIds.includes(entry.cause)) throw unknownCause(path, entry);
    if (entry.cause === 'unexplained') checkUnexplained(path, place, entry);
  }
  return entries;
}

function unknownCause(path: string, { cases, cause }: KnownFailing): UserError {
  return new UserError('CAUSE_UNKNOWN', `${path}: entry '${cases}' names the cause '${cause}'`, `${didYouMean(cause, causeIds)}a cause is one of: ${causeIds.join(', ')}`);
}

/** What an id is made of; anything else may match several. */
const literal = /^[\w.=+/-]+$/;

function checkUnexplained(path: string, place: string, { cases, link }: KnownFailing): void {
  if (!literal.test(cases)) throw new UserError('UNEXPLAINED_PATTERN', `${place}: the unexplained entry '${cases}' is a pattern`, 'name its cases one by one, and link the stand-alone script that shows the deviation');
  if ([packageRoot, dirname(path)].some((folder) => isFile(resolve(folder, link)))) return;
  throw new UserError('UNEXPLAINED_SCRIPT', `${place}/link: the unexplained entry '${cases}' links '${link}', which is no file`, 'link the stand-alone script that shows the deviation, by its path from the root of this repository or from the folder of the list');
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
