import { listAvailable } from '../environments/catalogue.ts';
import { formatBytes } from '../environments/disk.ts';
import { ensureEnvironment } from '../environments/ensure.ts';
import { readEnvironmentFile } from '../environments/environment-file.ts';
import { type InstalledEnvironment, listEnvironments, pruneEnvironments } from '../environments/list.ts';
import { defaultRunners, runnerNamed, runnersFolder } from './runners-folder.ts';

/** Environments with their sizes, for a person or as JSON. */
export async function formatEnvironments(home: string, json: boolean): Promise<string> {
  const environments = await listEnvironments(home);
  if (json) return `${JSON.stringify({ schemaVersion: 1, home, environments: environments.map(({ name, bytes, marker }) => ({ name, bytes, complete: marker !== undefined })) }, null, 2)}\n`;
  const lines = environments.map(({ name, bytes, marker }) => `${formatBytes(bytes).padStart(9)}  ${name}${marker === undefined ? ' (half-made)' : ''}`);
  const total = environments.reduce((sum, { bytes }) => sum + bytes, 0);
  return `${[...lines, `${formatBytes(total).padStart(9)}  in all, under ${home}`].join('\n')}\n`;
}

/** Makes the environments of the named runners, one after the other. */
export async function createEnvironments(ids: readonly string[], home: string, onProgress: (text: string) => void): Promise<string> {
  const lines: string[] = [];
  for (const id of ids.length > 0 ? ids : defaultRunners) {
    const { environment } = await runnerNamed(id);
    if (environment === undefined) continue;
    const { folder, created } = await ensureEnvironment(environment, { home, onProgress, probe: true });
    lines.push(`${id}: ${created ? 'made' : 'there already'}, ${folder}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Removes environments whose file has changed or gone, half-made ones, or all. */
export async function pruneUnused(home: string, all: boolean): Promise<string> {
  const wanted = await wantedPrefixes();
  const unused = ({ name, marker }: InstalledEnvironment): boolean => all || marker === undefined || !wanted.some((prefix) => name.startsWith(prefix));
  const removed = await pruneEnvironments(home, unused);
  return `${[...removed.map(({ name, bytes }) => `removed ${name}, ${formatBytes(bytes)}`), `${String(removed.length)} removed`].join('\n')}\n`;
}

async function wantedPrefixes(): Promise<readonly string[]> {
  const available = await listAvailable(runnersFolder);
  return Promise.all(available.map(async ({ runner, version, file }) => `${runner}-${version}-${(await readEnvironmentFile(file)).hash}`));
}
