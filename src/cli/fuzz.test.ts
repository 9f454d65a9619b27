import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliIn, transcript } from './spawn.fixture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-fuzz-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('fuzz', () => {
  it('refuses what it cannot understand: exit code 2, and what to do', async () => {
    const said = await transcript(folder, [['fuzz', '--runner', 'pytroch'], ['fuzz', '--runs', '0'], ['fuzz', '--runner', 'miniature-honest', '--case', 'absent.json']]);
    expect(said.replace(/known: .*variants\)/, 'known: …')).toMatchInlineSnapshot(`
      "$ fuzz --runner pytroch
      error: there is no runner "pytroch"; known: … (UNKNOWN_RUNNER)
        did you mean pytorch? a path to a runner description also works
      → 2
      $ fuzz --runs 0
      error: option '--runs <n>' argument '0' is invalid. expected a whole number of at least 1, got '0'
        try 'bn-conformance --help'
      → 2
      $ fuzz --runner miniature-honest --case absent.json
      error: cannot read absent.json: ENOENT: no such file or directory, open 'absent.json' (FILE_NOT_FOUND)
        give a case file as fuzz writes it
      → 2"
    `);
  });

  it('exits with 0 where nothing is new, quiet but for one line a stage', async () => {
    const { code, stdout, stderr } = await cliIn(folder, ['fuzz', '--runner', 'miniature-honest', '--runs', '30']);
    expect([code, stderr]).toEqual([0, 'miniature-honest@1.0: starting']);
    expect(stdout).toMatch(/^miniature-honest@1\.0: 30 runs, seed 1, [\d.]+ s: [^\n]+\nno new findings$/);
    expect(await readdir(folder)).toEqual([]);
  }, 60_000);

  it('exits with 1 and writes the case where something is; --json prints one object', async () => {
    const { code, stdout } = await cliIn(folder, ['fuzz', '--runner', 'miniature-dbeta-averaged', '--runs', '40', '--json', '--out', 'found']);
    const parsed = JSON.parse(stdout) as { readonly schemaVersion: number; readonly runners: readonly { readonly clusters: readonly { readonly finding: { readonly cause: string }; readonly found: { readonly caseFile: string } }[] }[] };
    expect([code, parsed.schemaVersion, parsed.runners[0]?.clusters.map(({ finding }) => finding.cause)]).toEqual([1, 1, expect.arrayContaining(['dbeta-averaged'])]);
    expect((await readdir(join(folder, 'found'))).length).toBe(parsed.runners[0]?.clusters.length);
  }, 60_000);
});
