import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { header, line, removeRuns, sampleLines, writeRun } from '../reports/fixtures/sample-run.ts';
import { cliIn, transcript } from './spawn.fixture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-cli-'));
});
afterAll(async () => {
  await removeRuns();
  await rm(folder, { recursive: true, force: true });
});

const cli = (...args: readonly string[]) => cliIn(folder, args);

describe('report', { timeout: 60_000 }, () => {
  it('writes what is asked for, beside the run or elsewhere', async () => {
    const run = await writeRun(sampleLines);
    const { code, stdout, stderr } = await cli('report', run, '--format', 'html,csv', '--format', 'badge', '--out', join(folder, 'made'));
    expect([code, stdout, stderr]).toEqual([0, 'wrote results.csv, discrepancies.csv, badge.json, index.html to FOLDER/made', '']);
    await cliIn(run, ['report', '.']);
    expect(readdirSync(run).sort()).toEqual(['badge.json', 'ctrf.json', 'discrepancies.csv', 'index.html', 'junit.xml', 'results.csv', 'run.ndjson', 'summary.json', 'summary.md']);
  });

  it('--json prints summary.json alone, of a failed run too, and writes nothing that was not asked for', async () => {
    const run = await writeRun(sampleLines);
    const { code, stdout } = await cli('report', join(run, 'run.ndjson'), '--json');
    expect([code, readdirSync(run)]).toEqual([0, ['run.ndjson']]);
    await cli('report', run, '--json', '--format', 'json');
    expect([`${stdout}\n`, readdirSync(run).sort()]).toEqual([readFileSync(join(run, 'summary.json'), 'utf8'), ['run.ndjson', 'summary.json']]);
  });

  it('what cannot be understood: exit code 2, and what to do', async () => {
    const old = join(folder, 'old.ndjson');
    writeFileSync(old, `${JSON.stringify(header({ schemaVersion: 7 }))}\n`);
    const broken = join(folder, 'broken.ndjson');
    writeFileSync(broken, `${JSON.stringify(header())}\n${JSON.stringify({ ...line(0), status: 'fine' })}\n`);
    expect(await transcript(folder, [['report', 'nowhere'], ['report', '.', '--format', 'marcdown'], ['report', broken], ['diff', old, 'nowhere'], ['diff', broken], ['run', '--runner', 'miniature-honest', '--suite', 'smoke', '--baseline', 'nowhere']])).toMatchInlineSnapshot(`
      "$ report nowhere
      error: cannot read nowhere/run.ndjson: ENOENT: no such file or directory, open 'nowhere/run.ndjson' (RUN_FILE_UNREADABLE)
        name a folder that a run wrote, with its run.ndjson
      → 2
      $ report . --format marcdown
      error: there is no report format 'marcdown' (FORMAT_UNKNOWN)
        did you mean 'markdown'? the formats are: json, csv, junit, ctrf, markdown, badge, html
      → 2
      $ report FOLDER/broken.ndjson
      error: FOLDER/broken.ndjson, line 2: case/status must be equal to one of the allowed values ["conforms","documented","inaccurate","violates","known","stale","unsupported","ungradable","mistrusted","crashed","timed-out","garbled","not-run"] (RUN_LINE_INVALID)
        run again, or take the file as this tool wrote it
      → 2
      $ diff FOLDER/old.ndjson nowhere
      error: FOLDER/old.ndjson has schemaVersion 7, expected 1 to 1 (RUN_VERSION_UNKNOWN)
        read it with bn-conformance 0.1.0, which wrote it
      → 2
      $ diff FOLDER/broken.ndjson
      error: missing required argument 'after'
        try 'bn-conformance --help'
      → 2
      $ run --runner miniature-honest --suite smoke --baseline nowhere
      error: cannot read nowhere/run.ndjson: ENOENT: no such file or directory, open 'nowhere/run.ndjson' (RUN_FILE_UNREADABLE)
        name a folder that a run wrote, with its run.ndjson
      → 2"
    `);
  });

  it('help has examples', async () => {
    for (const verb of ['report', 'diff', 'run']) expect((await cli(verb, '--help')).stdout).toMatch(/\nExamples:\n {2}bn-conformance /);
  });
});
