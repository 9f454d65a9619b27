import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Environment, ensureEnvironment } from './ensure.ts';
import { listEnvironments, pruneEnvironments } from './list.ts';
import { type Marker, writeMarker } from './marker.ts';
import { chooseInterpreter, findInterpreters } from './find-interpreter.ts';
import { readEnvironmentFile } from './environment-file.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bn-environments-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const anyPython = '# python: >=3.7\n# disk: 20M\n';

async function writeFileOf(text: string): Promise<string> {
  const file = join(home, '1.0.txt');
  await writeFile(file, text);
  return file;
}

async function ensure(text: string, progress: string[] = [], more: { signal?: AbortSignal } = {}): Promise<Environment> {
  const request = { runner: 'toy', version: '1.0', file: await writeFileOf(text) };
  return ensureEnvironment(request, { home, onProgress: (line) => progress.push(line), ...more });
}

/** The folder that the next call will use, half-made, with the lock of a process that died a minute ago. */
async function leaveHalfMade(text: string): Promise<string> {
  const file = await readEnvironmentFile(await writeFileOf(text));
  const { minor } = chooseInterpreter(file, await findInterpreters(process.env));
  const folder = join(home, 'environments', `toy-1.0-${file.hash}-py${minor}`);
  await mkdir(join(folder, 'left-over'), { recursive: true });
  await mkdir(`${folder}.lock`);
  const past = new Date(Date.now() - 60_000);
  await utimes(`${folder}.lock`, past, past);
  return folder;
}

describe('an environment is made once', { timeout: 120_000 }, () => {
  it('half-made under a dead lock, two calls at once: one makes it anew, the other waits and says so', async () => {
    const folder = await leaveHalfMade(anyPython);
    expect(await listEnvironments(home)).toMatchObject([{ folder, marker: undefined }]);
    const progress: string[] = [];
    const both = await Promise.all([ensure(anyPython, progress), ensure(anyPython, progress)]);
    expect(both.map((one) => one.folder)).toEqual([folder, folder]);
    expect(both.map(({ created }) => created).sort()).toEqual([false, true]);
    expect(progress.filter((line) => line.includes('waiting for another process'))).toHaveLength(1);
    expect(await readdir(folder)).not.toContain('left-over');
    await expect(stat(`${folder}.lock`)).rejects.toThrow('ENOENT');
  });

  it('rebuilt without its interpreter, then found again, listed with its size, pruned', async () => {
    const text = `${anyPython}pip\n`;
    const folder = await leaveHalfMade(text);
    const marker: Marker = { schemaVersion: 1, runner: 'toy', version: '1.0', file: 'f', python: '3', bytes: 1, packages: {}, created: '' };
    await writeMarker(folder, marker);
    const made = await ensure(text);
    expect(made).toMatchObject({ folder, created: true });
    expect(await ensure(text)).toEqual({ ...made, created: false });

    const listed = await listEnvironments(home);
    expect(listed).toMatchObject([{ folder, marker: { schemaVersion: 1, runner: 'toy', version: '1.0', packages: { pip: expect.any(String) as unknown } } }]);
    expect(listed[0]?.bytes).toBeGreaterThan(2 ** 20);
    const logs = await readdir(join(home, 'logs'));
    expect(await readFile(join(home, 'logs', logs[0]!), 'utf8')).toContain('Requirement already satisfied: pip');

    expect(await pruneEnvironments(home, () => false)).toEqual([]);
    expect(await pruneEnvironments(home, () => true)).toHaveLength(1);
    expect(await listEnvironments(home)).toEqual([]);
  });
});

describe('what goes wrong is said', { timeout: 60_000 }, () => {
  it('no interpreter in range', async () => {
    await expect(ensure('# python: >=2.5 <2.6\n')).rejects.toMatchObject({ code: 'PYTHON_NOT_FOUND' });
  });

  it('a requirement that cannot exist: the telling line, the log, no folder left', async () => {
    await expect(ensure(`${anyPython}./no-such-package\n`)).rejects.toMatchObject({
      code: 'ENVIRONMENT_FAILED',
      message: expect.stringMatching(/ERROR: .*no-such-package/) as unknown,
      hint: expect.stringContaining(join(home, 'logs')) as unknown,
    });
    expect(await listEnvironments(home)).toEqual([]);
  });

  it('too small a disk', async () => {
    await expect(ensure('# python: >=3.7\n# disk: 99999999G\n')).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(/^99999999\.0 GiB are needed in .*, \d.* are free$/) as unknown,
    });
  });

  it('an abort ends it and leaves neither folder nor lock', async () => {
    const controller = new AbortController();
    const request = { runner: 'toy', version: '1.0', file: await writeFileOf(anyPython) };
    const onProgress = () => controller.abort(new Error('enough')); // the first line comes as the work starts
    await expect(ensureEnvironment(request, { home, onProgress, signal: controller.signal })).rejects.toThrow('enough');
    expect(await readdir(join(home, 'environments'))).toEqual([]);
  });
});
