import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../spec/package-root.ts';
import { listRunners, resolveRunner } from './registry.ts';

let folder: string;
const plain = { schemaVersion: 1, framework: 'toy', title: 'Toy', dialect: 'core', layers: ['batchnorm2d'] };

async function write(name: string, content: unknown): Promise<void> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-registry-'));
  await write('toys/runner.json', { ...plain, id: 'toy', language: 'python', entry: 'adapter.py', defaultVersion: '2.0' });
  await write('toys/environments/1.0.txt', '# python: >=3.8\n');
  await write('toys/environments/2.0.txt', '# python: >=3.8\n');
  await write('liars/runner.json', { ...plain, id: 'liar', language: 'python', entry: 'adapter.py', arguments: ['-q'], variants: 'lies.json' });
  await write('liars/lies.json', { lies: [{ name: 'honest' }, { name: 'biased' }] });
  await write('foreign/runner.json', { ...plain, id: 'foreign', language: 'go', command: ['./runner', '--frames'] });
  await write('protocol/readme', 'no runner');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('runner registry', () => {
  it('lists each description and each variant, by id', async () => {
    expect((await listRunners(folder)).map(({ id }) => id)).toEqual(['foreign', 'liar-biased', 'liar-honest', 'toy']);
  });

  it('every description of this project is valid, and its default version is pinned', async () => {
    const runners = await listRunners(join(packageRoot, 'runners'));
    expect(runners.map(({ id }) => id)).toEqual(expect.arrayContaining(['mindspore', 'miniature-honest', 'pytorch']));
    for (const { id } of runners) expect((await resolveRunner(id, join(packageRoot, 'runners'))).environment).toBeDefined();
  });

  it('takes the default version unless another is asked for', async () => {
    const launch = { kind: 'python', script: join(folder, 'toys', 'adapter.py'), arguments: [] };
    expect(await resolveRunner('toy', folder)).toMatchObject({ id: 'toy', version: '2.0', launch });
    expect(await resolveRunner('toy@1.0', folder)).toMatchObject({
      version: '1.0',
      environment: { runner: 'toys', version: '1.0', file: join(folder, 'toys', 'environments', '1.0.txt') },
    });
  });

  it('a variant is started with its name', async () => {
    expect(await resolveRunner('liar-biased', folder)).toMatchObject({ variant: 'biased', launch: { arguments: ['-q', '--lie', 'biased'] } });
  });

  it('a path to a description, or to its folder, works too', async () => {
    const launch = { kind: 'command', command: [join(folder, 'foreign', 'runner'), '--frames'], folder: join(folder, 'foreign') };
    expect(await resolveRunner(join(folder, 'foreign', 'runner.json'), '/nonexistent')).toMatchObject({ id: 'foreign', version: undefined, launch });
    expect(await resolveRunner(join(folder, 'foreign'), '/nonexistent')).toMatchObject({ id: 'foreign' });
  });

  it.each([
    ['toi', 'UNKNOWN_RUNNER', 'there is no runner "toi"; known: foreign, toy, liar-* (2 variants)', 'did you mean toy? a path to a runner description also works'],
    ['liar', 'UNKNOWN_RUNNER', 'there is no runner "liar"; known: foreign, toy, liar-* (2 variants)', 'a path to a runner description also works'],
    ['toy@2.1', 'UNKNOWN_VERSION', 'toy has no version "2.1"; known: 1.0, 2.0', 'did you mean toy@2.0? another one can be used from your own interpreter: --python toy=PATH'],
    ['foreign@1', 'UNKNOWN_VERSION', 'foreign has no version "1"; known: none', 'another one can be used from your own interpreter: --python foreign=PATH'],
  ])('message: %s', async (word, code, message, hint) => {
    await expect(resolveRunner(word, folder)).rejects.toMatchObject({ code, message, hint });
  });

  it.each([
    [{ ...plain, id: 'bad', language: 'python' }, /bad\/runner\.json: runner must have required property 'entry'/],
    [{ ...plain, id: 'Bad', language: 'python', entry: 'a.py' }, /runner\/id must match pattern/],
    ['{', /bad\/runner\.json: .*JSON/],
  ])('a malformed description is refused: %j', async (content, message) => {
    await write('bad/runner.json', content);
    const path = join(folder, 'bad', 'runner.json');
    await expect(resolveRunner(path, folder)).rejects.toMatchObject({ code: 'RUNNER_DESCRIPTION', message: expect.stringMatching(message) as unknown });
    await rm(join(folder, 'bad'), { recursive: true });
  });
});
