import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimsFile } from './generated/claims.ts';
import { packageRoot } from './package-root.ts';
import { UserError } from './user-error.ts';
import { readValidated } from './validated-file.ts';

/** The suite whose cases settle the claims; a run of it keeps what was observed of every case. */
export const claimsSuite = 'claims';

/** What the pages of `spec/claims/` say, one file per page, in the order of the files' names. */
export function readClaims(folder: string = join(packageRoot, 'spec', 'claims')): readonly ClaimsFile[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
  return refuseTwice(names.map((name) => readValidated<ClaimsFile>('schemas/claims', join(folder, name))));
}

/** @throws {UserError} FILE_INVALID when an id is given twice, or is not of its page */
function refuseTwice(files: readonly ClaimsFile[]): readonly ClaimsFile[] {
  const ids = files.flatMap(({ claims }) => claims.map(({ id }) => id));
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new UserError('FILE_INVALID', `spec/claims gives the id ${repeated} twice`, 'take the next free number of that page');
  const stray = files.flatMap(({ seed, claims }) => claims.filter(({ id }) => !id.startsWith(`${seed}-`)))[0];
  if (stray !== undefined) throw new UserError('FILE_INVALID', `spec/claims gives the id ${stray.id} to another page`, 'an id begins with the name of its page, such as S0-01');
  return files;
}
