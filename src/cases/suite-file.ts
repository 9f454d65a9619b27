import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SuiteFile } from '../spec/generated/suite.ts';
import { didYouMean } from '../spec/did-you-mean.ts';
import { packageRoot } from '../spec/package-root.ts';
import { UserError } from '../spec/user-error.ts';
import { readValidated } from '../spec/validated-file.ts';
import { type Golden, readGoldens } from './golden.ts';
import { readMuseum } from './museum.ts';

const casesFolder = join(packageRoot, 'cases');
const folder = join(casesFolder, 'suites');
const museumFolder = join(casesFolder, 'museum');

/** Names of the suites under cases/suites. */
export function listSuites(): readonly string[] {
  return readdirSync(folder).map((name) => basename(name, '.json')).sort();
}

/**
 * A suite with the blocks of those that it includes before its own, and those of the museum after them where it holds the museum.
 *
 * @param suite  name of a suite under cases/suites, or the path of a suite file: a word with a slash, or one that ends in `.json`
 * @throws {UserError} SUITE_UNKNOWN, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_INVALID
 */
export function readSuite(suite: string): SuiteFile {
  const file = readValidated<SuiteFile>('schemas/suite', isPath(suite) ? suite : pathOf(suite));
  const included = (file.includes ?? []).flatMap((name) => readValidated<SuiteFile>('schemas/suite', pathOf(name)).blocks);
  const exhibits = file.museum === true ? readMuseum(museumFolder).flatMap(({ blocks }) => blocks) : [];
  return { ...file, blocks: [...included, ...file.blocks, ...exhibits] };
}

/** The literal data that a suite asks: the goldens, and those of the museum. */
export function readLiterals(suite: SuiteFile): readonly Golden[] {
  return [...(suite.goldens ? readGoldens(join(casesFolder, 'golden')) : []), ...(suite.museum === true ? readGoldens(join(museumFolder, 'goldens')) : [])];
}

function isPath(suite: string): boolean {
  return /[/\\]|\.json$/.test(suite);
}

function pathOf(suite: string): string {
  const path = join(folder, `${suite}.json`);
  if (existsSync(path)) return path;
  const suites = listSuites();
  throw new UserError('SUITE_UNKNOWN', `no suite is called '${suite}'`, `${didYouMean(suite, suites)}the suites are: ${suites.join(', ')}`);
}
