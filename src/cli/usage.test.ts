import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliIn, main, transcript } from './spawn.fixture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = (...args: readonly string[]) => cliIn(folder, args);
const allRefused = (...commands: readonly (readonly string[])[]) => transcript(folder, commands);
const smoke = ['run', '--suite', 'smoke', '--runner', 'miniature-honest'];

describe('what cannot be understood: exit code 2, and what to do', () => {
  it('verbs', async () => {
    expect(await allRefused(['rnu'], ['conform'], ['run', 'pytorch'], ['envs', 'purge'], ['show'])).toMatchInlineSnapshot(`
      "$ rnu
      error: unknown command 'rnu'
      (Did you mean run?)
        try 'bn-conformance --help'
      → 2
      $ conform
      error: unknown command 'conform'
        try 'bn-conformance --help'
      → 2
      $ run pytorch
      error: too many arguments for 'run'. Expected 0 arguments but got 1.
        try 'bn-conformance --help'
      → 2
      $ envs purge
      error: too many arguments for 'list'. Expected 0 arguments but got 1.
        try 'bn-conformance --help'
      → 2
      $ show
      error: missing required argument 'case|rule'
        try 'bn-conformance --help'
      → 2"
    `);
  });

  it('no verb prints the help', async () => {
    const { code, stdout, stderr } = await cli();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: bn-conformance[^]*\nerror: no verb given\n {2}try 'bn-conformance --help'$/);
  });

  it('flags', async () => {
    expect(await allRefused(
      ['run', '--suit', 'smoke'], ['run', '--frob'], ['run', '--jobs', '0'], ['run', '--seed', '1.5'], ['run', '--python', 'pytorch'], ['run', '--suite'],
    )).toMatchInlineSnapshot(`
      "$ run --suit smoke
      error: unknown option '--suit'
      (Did you mean --suite?)
        try 'bn-conformance --help'
      → 2
      $ run --frob
      error: unknown option '--frob'
        try 'bn-conformance --help'
      → 2
      $ run --jobs 0
      error: option '--jobs <n>' argument '0' is invalid. expected a whole number of at least 1, got '0'
        try 'bn-conformance --help'
      → 2
      $ run --seed 1.5
      error: option '--seed <n>' argument '1.5' is invalid. expected a whole number of at least 0, got '1.5'
        try 'bn-conformance --help'
      → 2
      $ run --python pytorch
      error: option '--python <id=path>' argument 'pytorch' is invalid. expected ID=PATH, such as pytorch=/usr/bin/python3, got 'pytorch'
        try 'bn-conformance --help'
      → 2
      $ run --suite
      error: option '--suite <name>' argument missing
        try 'bn-conformance --help'
      → 2"
    `);
  });

  it('runners and versions', async () => {
    const text = await allRefused(['run', '--runner', 'pytorhc'], ['run', '--runner', 'miniature-hones'], ['run', '--runner', 'pytorch@2.12.0']);
    expect(text.replaceAll(/\d+ variants/g, 'N variants')).toMatchInlineSnapshot(`
      "$ run --runner pytorhc
      error: there is no runner "pytorhc"; known: flax, keras, mindspore, pytorch, miniature-* (N variants) (UNKNOWN_RUNNER)
        did you mean pytorch? a path to a runner description also works
      → 2
      $ run --runner miniature-hones
      error: there is no runner "miniature-hones"; known: flax, keras, mindspore, pytorch, miniature-* (N variants) (UNKNOWN_RUNNER)
        did you mean miniature-honest? a path to a runner description also works
      → 2
      $ run --runner pytorch@2.12.0
      error: pytorch has no version "2.12.0"; known: 2.13.0 (UNKNOWN_VERSION)
        did you mean pytorch@2.13.0? another one can be used from your own interpreter: --python pytorch=PATH
      → 2"
    `);
  });

  it('suites, cases and rules', async () => {
    const text = await allRefused(['run', '--suite', 'smok'], ['list', '--suite', 'everything'], [...smoke, '--select', 'batchnorm2d/stat/one-value/**'], ['show', 'BN-STATE-3']);
    expect(text.replace(/\d+ planned/, 'N planned').replace(/the first is .*/, 'the first is ID')).toMatchInlineSnapshot(`
      "$ run --suite smok
      error: no suite is called 'smok' (SUITE_UNKNOWN)
        did you mean 'smoke'? the suites are: claims, core, full, museum, smoke
      → 2
      $ list --suite everything
      error: no suite is called 'everything' (SUITE_UNKNOWN)
        the suites are: claims, core, full, museum, smoke
      → 2
      $ run --suite smoke --runner miniature-honest --select batchnorm2d/stat/one-value/**
      error: --select 'batchnorm2d/stat/one-value/**' matches none of the N planned cases (SELECT_EMPTY)
        '*' stands for one component and '**' for any number; 'list' prints the ids, the first is ID
      → 2
      $ show BN-STATE-3
      error: no rule is called 'BN-STATE-3' (RULE_UNKNOWN)
        did you mean 'BN-STATE-03'? spec/batch-norm.md lists them
      → 2"
    `);
  });

  it('interpreters', async () => {
    expect(await allRefused(['run', '--runner', 'pytorch', '--python', 'pytorch=/nonexistent'], [...smoke, '--python', 'pytorhc=python3'])).toMatchInlineSnapshot(`
      "$ run --runner pytorch --python pytorch=/nonexistent
      error: there is no file /nonexistent (PYTHON_NOT_FOUND)
        give the path of a CPython 3 that has the framework installed: --python RUNNER=PATH
      → 2
      $ run --suite smoke --runner miniature-honest --python pytorhc=python3
      error: --python names 'pytorhc', which is not among the runners of this run (PYTHON_STRAY)
        the runners are: miniature-honest
      → 2"
    `);
  });

  it('runs that are not there, and nothing to do', async () => {
    expect(await allRefused(['known'], ['known', '--update', '--run', join(folder, 'nowhere')])).toMatchInlineSnapshot(`
      "$ known
      error: known was told nothing to do (KNOWN_WHAT)
        add --update to rewrite the lists by the run in --run
      → 2
      $ known --update --run FOLDER/nowhere
      error: cannot read FOLDER/nowhere/run.ndjson: ENOENT: no such file or directory, open 'FOLDER/nowhere/run.ndjson' (RUN_FILE_UNREADABLE)
        name a folder that a run wrote, with its run.ndjson
      → 2"
    `);
  });

  it('leaves no out folder behind', async () => {
    await cli('run', '--suite', 'smok');
    expect(existsSync(join(folder, 'reports'))).toBe(false);
  });
});

describe('a reader that has read enough, such as head', () => {
  it('ends the output, and nothing else', async () => {
    const listing = execa('node', [main, 'list', '--suite', 'core'], { reject: false, stdin: 'ignore' });
    listing.stdout.once('data', () => listing.stdout.destroy());
    const { exitCode, stderr } = await listing;
    expect([exitCode, stderr]).toEqual([0, '']);
  });
});
