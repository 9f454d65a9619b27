import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `complete.json` says. It is written last, so a folder without it is half-made. */
export interface Marker {
  readonly schemaVersion: 1;
  readonly runner: string;
  readonly version: string;
  /** Environment file that it was made from. */
  readonly file: string;
  /** Version of the interpreter. */
  readonly python: string;
  /** Size on disk, bytes. */
  readonly bytes: number;
  /** Installed packages by name. */
  readonly packages: Readonly<Record<string, string>>;
  /** ISO 8601 time. */
  readonly created: string;
}

const name = 'complete.json';

/** The marker of an environment folder; undefined when it is absent or unreadable. */
export async function readMarker(folder: string): Promise<Marker | undefined> {
  return readFile(join(folder, name), 'utf8').then(markerIn, () => undefined);
}

/** The marker that a text holds; undefined for any other text. */
export function markerIn(text: string): Marker | undefined {
  try {
    const raw: unknown = JSON.parse(text);
    return isMarker(raw) ? raw : undefined;
  } catch {
    return undefined;
  }
}

function isMarker(raw: unknown): raw is Marker {
  if (typeof raw !== 'object' || raw === null) return false;
  const { schemaVersion, runner, version, file, python, bytes, packages, created } = raw as Partial<Record<keyof Marker, unknown>>;
  const areTexts = [runner, version, file, python, created].every((value) => typeof value === 'string');
  return schemaVersion === 1 && areTexts && Number.isFinite(bytes) && typeof packages === 'object' && packages !== null && Object.values(packages).every((value) => typeof value === 'string');
}

/** Written beside and renamed, so that a reader sees all of it or nothing. */
export async function writeMarker(folder: string, marker: Marker): Promise<void> {
  const draft = join(folder, `.${name}.${process.pid}`);
  await writeFile(draft, `${JSON.stringify(marker, null, 2)}\n`);
  await rename(draft, join(folder, name));
}
