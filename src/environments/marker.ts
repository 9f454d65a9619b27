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
  try {
    const raw = JSON.parse(await readFile(join(folder, name), 'utf8')) as { readonly schemaVersion?: unknown };
    return raw.schemaVersion === 1 ? (raw as Marker) : undefined;
  } catch {
    return undefined;
  }
}

/** Written beside and renamed, so that a reader sees all of it or nothing. */
export async function writeMarker(folder: string, marker: Marker): Promise<void> {
  const draft = join(folder, `.${name}.${process.pid}`);
  await writeFile(draft, `${JSON.stringify(marker, null, 2)}\n`);
  await rename(draft, join(folder, name));
}
