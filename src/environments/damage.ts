import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Marker } from './marker.ts';

/**
 * The first file of an environment's packages that is missing or of another size than its installer recorded, or the first package without a
 * record; null where all is there. Compiled Python is left out: the interpreter makes it again.
 *
 * @param marker  what was there when the environment was made
 * @see https://packaging.python.org/en/latest/specifications/recording-installed-packages/
 */
export async function findDamage(folder: string, { packages }: Pick<Marker, 'packages'>): Promise<string | null> {
  const found: string[] = [];
  for (const site of await siteFolders(folder)) {
    for (const name of (await readdir(site)).filter((each) => each.endsWith('.dist-info'))) {
      const record = await readFile(join(site, name, 'RECORD'), 'utf8').catch(() => null);
      if (record === null) continue;
      found.push(name);
      const damaged = await firstDamaged(site, record);
      if (damaged !== null) return damaged;
    }
  }
  const expected = Object.keys(packages).length;
  return found.length >= expected ? null : `records of ${String(expected - found.length)} packages`;
}

async function siteFolders(folder: string): Promise<readonly string[]> {
  const lib = join(folder, 'lib');
  const names = (await readdir(lib).catch(() => [])).filter((name) => /^python3\.\d+$/.test(name));
  const folders = names.map((name) => join(lib, name, 'site-packages'));
  const there = await Promise.all(folders.map((each) => stat(each).then(() => true, () => false)));
  return folders.filter((_, i) => there[i] === true);
}

async function firstDamaged(site: string, record: string): Promise<string | null> {
  for (const line of record.split('\n')) {
    const [, quoted, plain, rawSize] = /^(?:"((?:[^"]|"")*)"|([^",]*)),[^,]*,(\d*)\r?$/.exec(line) ?? [];
    const path = quoted?.replaceAll('""', '"') ?? plain;
    if (path === undefined || path === '' || path.endsWith('.pyc')) continue;
    const size = await stat(join(site, path)).then((stats) => stats.size, () => null);
    if (size === null || (rawSize !== undefined && rawSize !== '' && size !== Number(rawSize))) return path;
  }
  return null;
}
