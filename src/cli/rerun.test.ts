import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRun } from '../reports/read-run.ts';
import { cliIn, transcript } from './spawn.fixture.ts';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'bn-rerun-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = (...args: readonly string[]) => cliIn(folder, args);
const at = (name: string) => join(folder, name);
const idsIn = async (name: string, statuses: readonly string[]) => {
  const { runners } = await readRun(join(at(name), 'run.ndjson'));
  return runners.flatMap(({ runner, cases }) => cases.filter(({ status }) => statuses.includes(status)).map(({ id }) => `${runner} ${id}`)).sort();
};

/** The first run on a machine makes the environment of the miniatures. */
const timeout = 180_000;

describe('run --rerun', { timeout }, () => {
  beforeAll(async () => {
    await cli('run', '--suite', 'smoke', '--runner', 'miniature-eps-outside-sqrt', '--seed', '7', '--out', at('first'));
  }, timeout);

  it('asks what failed there, with its suite, seed and runners, and nothing else', async () => {
    const { code } = await cli('run', '--rerun', at('first'), '--out', at('again'));
    const failed = await idsIn('first', ['violates']);
    expect([code, failed.length > 3]).toEqual([1, true]);
    expect(await idsIn('again', ['violates'])).toEqual(failed);
    const { header, complete } = await readRun(join(at('again'), 'run.ndjson'));
    expect([header.seed, header.filtered, header.cases.length, complete]).toEqual([7, true, failed.length, true]);
  });

  it('of another runner, when one is named, and of fewer cases, when they are', async () => {
    const { code } = await cli('run', '--rerun', join(at('first'), 'run.ndjson'), '--runner', 'miniature-honest', '--select', 'batchnorm1d/**', '--out', at('mended'));
    const conforming = await idsIn('mended', ['conforms']);
    expect([code, conforming.length > 0, conforming.every((id) => id.startsWith('miniature-honest@1.0 batchnorm1d/'))]).toEqual([0, true, true]);
  });

  it('refuses a run in which nothing failed, a folder without one, and what the earlier run has said already', async () => {
    await cli('run', '--suite', 'smoke', '--runner', 'miniature-honest', '--out', at('honest'));
    expect(await transcript(folder, [['run', '--rerun', at('honest')], ['run', '--rerun', at('nowhere')], ['run', '--rerun', at('first'), '--seed', '8']])).toMatchInlineSnapshot(`
      "$ run --rerun FOLDER/honest
      error: no case of FOLDER/honest failed its gate (RERUN_NOTHING_FAILED)
        leave --rerun out to ask the whole suite again
      → 2
      $ run --rerun FOLDER/nowhere
      error: cannot read FOLDER/nowhere/run.ndjson: ENOENT: no such file or directory, open 'FOLDER/nowhere/run.ndjson' (RUN_FILE_UNREADABLE)
        name a folder that a run wrote, with its run.ndjson
      → 2
      $ run --rerun FOLDER/first --seed 8
      error: option '--rerun <run>' cannot be used with option '--seed <n>'
        try 'bn-conformance --help'
      → 2"
    `);
  });
});
