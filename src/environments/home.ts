import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Names of the variables that decide where environments live. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Folder for what the harness makes on this machine: `BN_CONFORMANCE_HOME`, else `bn-conformance` in the XDG cache.
 *
 * @returns an absolute path; the folder may not exist yet
 */
export function harnessHome(variables: Variables): string {
  const own = variables['BN_CONFORMANCE_HOME'];
  if (own) return resolve(own);
  return join(variables['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'bn-conformance');
}

export function environmentsFolder(home: string): string {
  return join(home, 'environments');
}

export function logsFolder(home: string): string {
  return join(home, 'logs');
}
