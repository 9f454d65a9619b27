import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { facts, footer, header, line, removeRuns, violation, writeRun } from '../reports/fixtures/sample-run.ts';
import { cliIn } from './spawn.fixture.ts';

let [folder, good, bad] = ['', '', ''];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-cli-'));
  good = await writeRun([header(), facts(), line(0), line(1), line(2), footer({ gate: 'pass', reasons: [] })]);
  bad = await writeRun([header(), facts(), violation(0), line(1), line(2), footer()]);
});
afterAll(async () => {
  await removeRuns();
  await rm(folder, { recursive: true, force: true });
});

const cli = (...args: readonly string[]) => cliIn(folder, args);

describe('diff', { timeout: 60_000 }, () => {
  it('--gate exits 1 on a regression and 0 on a fix; without it a difference is no failure', async () => {
    const codes = await Promise.all([[good, bad], [good, bad, '--gate'], [bad, good, '--gate'], [bad, bad, '--gate']].map(async (args) => (await cli('diff', ...args)).code));
    expect(codes).toEqual([0, 1, 0, 0]);
  });

  it('says what regressed, as text or Markdown', async () => {
    const [text, markdown] = [await cli('diff', good, join(bad, 'run.ndjson')), await cli('diff', good, bad, '--markdown', '--gate')];
    expect([text.stdout.split('\n').slice(-2), text.stderr]).toEqual([['miniature-biased-variance@1.0  3 in both: 1 regressed, 2 unchanged', '1 regression'], '']);
    expect([markdown.stdout.split('\n')[0], markdown.code]).toEqual(['## Batch Normalization conformance: 1 regression', 1]);
  });

  it('--json prints the changes as one object, and nothing else', async () => {
    const { stdout, stderr, code } = await cli('diff', good, bad, '--json', '--gate');
    expect([code, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1, regressions: 1, before: { suite: 'core', complete: true },
      runners: [{ after: 'miniature-biased-variance@1.0', compared: 3, counts: { regression: 1, fix: 0 }, changes: [{ kind: 'regression', before: { status: 'conforms', cause: null }, after: { status: 'violates', cause: 'biased-running-variance', ratio: 0.25 } }] }],
    });
    expect(await cli('diff', good, bad, '--json', '--markdown')).toMatchObject({ code: 2, stdout: '' });
  });
});
