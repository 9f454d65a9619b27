import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { MuseumFile } from '../spec/generated/museum.ts';
import { UserError } from '../spec/user-error.ts';
import { readValidated } from '../spec/validated-file.ts';

/**
 * The faults of a folder, by number: each shipped once, and holds the cases that would have shown it.
 *
 * @throws {UserError} FILE_INVALID for a file that breaks schemas/museum or has another name than its row
 */
export function readMuseum(folder: string): readonly MuseumFile[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
  return names.map((name) => readRow(join(folder, name)));
}

function readRow(path: string): MuseumFile {
  const file = readValidated<MuseumFile>('schemas/museum', path);
  if (file.row.toLowerCase() !== basename(path, '.json')) throw new UserError('FILE_INVALID', `${path} holds row '${file.row}'`, 'name the file after its row');
  return file;
}
