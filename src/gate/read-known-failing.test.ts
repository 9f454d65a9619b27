import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../spec/package-root.ts';
import { readKnownFailing } from './read-known-failing.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-list-'));
  await mkdir(join(folder, 'evidence'));
  await writeFile(join(folder, 'evidence', 'shown.py'), 'raise SystemExit(1)\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const one = 'batchnorm1d/sync/pooled/ranks=2x3+3x3/eps=1e-5';

/** Entries of a list of one unexplained entry, or the message that refuses it, with the list's folder left out. */
async function read(change: Readonly<Record<string, string>>): Promise<string | number> {
  const entry = { cases: one, versions: '*', status: 'violates', cause: 'unexplained', reason: 'a reason', link: 'evidence/shown.py', owner: 'somebody', expires: '2099-01-01', ...change };
  const path = join(folder, 'list.json');
  await writeFile(path, JSON.stringify({ schemaVersion: 1, entries: [{ ...entry, cause: 'eps-ignored' }, entry] }));
  try {
    return readKnownFailing(path).length;
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, '');
  }
}

describe('an unexplained entry', () => {
  it('names one case, and a script beside the list or in this repository', async () => {
    expect(await read({})).toBe(2);
    expect(await read({ link: 'runners/pytorch/evidence/step_count_after_refusal.py' })).toBe(2);
  });

  it.each(['batchnorm1d/**', '*/sync/pooled/ranks=2x3', 'batchnorm1d/sync/shape=5x?', 'batchnorm1d/(stat|sync)/pooled', 'batchnorm[12]d/sync', 'batchnorm{1,2}d/sync'])('is refused as a pattern: %s', async (cases) => {
    expect(await read({ cases })).toBe(`list.json, /entries/1: the unexplained entry '${cases}' is a pattern`);
  });

  it.each(['evidence/missing.py', 'evidence', 'https://example.org/1'])('is refused when its link is no file: %s', async (link) => {
    expect(await read({ link })).toBe(`list.json, /entries/1/link: the unexplained entry '${one}' links '${link}', which is no file`);
  });

  it('control: an explained entry may be a pattern and link a page', async () => {
    expect(await read({ cause: 'eps-ignored', cases: '**', link: 'https://example.org/1' })).toBe(2);
  });
});

describe('every entry', () => {
  it('names a cause that there is', async () => {
    expect(await read({ cause: 'eps-ignord' })).toBe(`list.json: entry '${one}' names the cause 'eps-ignord'`);
  });

  it.each(['reason', 'link', 'owner'])('is refused while its %s is a placeholder', async (key) => {
    expect(await read({ [key]: 'TO BE FILLED IN' })).toContain(`/entries/0/${key} must NOT be valid`);
  });
});

describe('the lists of this repository', () => {
  const lists = readdirSync(join(packageRoot, 'runners')).map((name) => join(packageRoot, 'runners', name, 'known-failing.yaml')).filter((path) => existsSync(path));

  it('are read, and every script that they speak of exists', () => {
    expect(lists.length).toBeGreaterThan(1);
    const scripts = lists.flatMap((path) => readFileSync(path, 'utf8').match(/runners\/[\w/-]+\.py/g) ?? []);
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((path) => !existsSync(join(packageRoot, path)))).toEqual([]);
    for (const path of lists) expect(readKnownFailing(path).length).toBeGreaterThan(0);
  });
});
