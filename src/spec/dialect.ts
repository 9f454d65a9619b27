import { join } from 'node:path';
import semver from 'semver';
import type { DialectFile, VersionDialect } from './generated/dialect.ts';
import { packageRoot } from './package-root.ts';
import { readValidated } from './validated-file.ts';

/** The dialect of one version of a framework. */
export interface Dialect extends VersionDialect {
  readonly framework: string;
  readonly title: string;
  readonly version: string;
  /** No range covers the version, so that the newest one speaks for it; whoever reports says so. */
  readonly assumed: boolean;
}

/**
 * The part of `spec/dialects/<framework>.json` that covers a version.
 *
 * @param version  as the framework reports it; a local part (`2.13.0+cpu`) and a short form (`1.0`) are understood
 * @returns the newest range, marked `assumed`, when none covers the version
 * @throws {UserError} FILE_NOT_FOUND or FILE_INVALID
 */
export function readDialect(framework: string, version: string, folder?: string): Dialect {
  return readDialects(framework, folder)(version);
}

/** As `readDialect`, for who learns later which version it is. */
export function readDialects(framework: string, folder: string = join(packageRoot, 'spec', 'dialects')): (version: string) => Dialect {
  const file = readValidated<DialectFile>('schemas/dialect', join(folder, `${framework}.json`));
  return (version) => dialectOf(file, version);
}

function dialectOf(file: DialectFile, version: string): Dialect {
  const number = semver.valid(version) ?? semver.coerce(version)?.version;
  const covering = file.versions.find(({ range }) => number !== undefined && semver.satisfies(number, range));
  const speaking = covering ?? file.versions[0];
  if (speaking === undefined) throw new Error('the schema asks for at least one range');
  return { ...speaking, framework: file.framework, title: file.title, version, assumed: covering === undefined };
}
