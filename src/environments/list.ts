import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { check } from 'proper-lockfile';
import { folderBytes } from './disk.ts';
import { environmentsFolder } from './home.ts';
import { isHeld } from './lock.ts';
import { type Marker, readMarker } from './marker.ts';

/** One environment folder on this machine. */
export interface InstalledEnvironment {
  readonly name: string;
  readonly folder: string;
  /** Size on disk, bytes. */
  readonly bytes: number;
  /** What the folder says of itself; undefined for a half-made one. */
  readonly marker: Marker | undefined;
}

/** Environments under a home folder, by name; none when the folder does not exist. */
export async function listEnvironments(home: string): Promise<InstalledEnvironment[]> {
  const folder = environmentsFolder(home);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.endsWith('.lock')).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => describe(name, join(folder, name))));
}

async function describe(name: string, folder: string): Promise<InstalledEnvironment> {
  const marker = await readMarker(folder);
  return { name, folder, marker, bytes: marker?.bytes ?? (await folderBytes(folder)) };
}

/**
 * Removes the environments that `which` picks, and leaves those that some process is making right now.
 *
 * @returns those removed
 */
export async function pruneEnvironments(home: string, which: (environment: InstalledEnvironment) => boolean): Promise<InstalledEnvironment[]> {
  const removed: InstalledEnvironment[] = [];
  for (const environment of (await listEnvironments(home)).filter(which)) {
    if (await isHeld(environment.folder) || await check(environment.folder, { realpath: false, stale: 30_000 })) continue;
    await rm(environment.folder, { recursive: true, force: true });
    removed.push(environment);
  }
  return removed;
}
