import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { facts, footer, header, line, removeRuns, writeRun } from '../reports/fixtures/sample-run.ts';
import { cliIn, transcript } from './spawn.fixture.ts';

let [folder, claims, core] = ['', '', ''];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-cli-'));
  core = await writeRun([header(), facts(), line(0), line(1), line(2), footer({ gate: 'pass', reasons: [] })]);
  claims = await writeRun([header({ suite: 'claims' }), facts(), line(0), line(1), line(2), footer({ gate: 'pass', reasons: [] })]);
});
afterAll(async () => {
  await removeRuns();
  await rm(folder, { recursive: true, force: true });
});

describe('claims', { timeout: 60_000 }, () => {
  it('prints the table of an earlier run, or one JSON object; only the claims that were named', async () => {
    const [text, json] = [await cliIn(folder, ['claims', 'S4-07', '--run', claims]), await cliIn(folder, ['claims', 'S4', '--run', claims, '--json'])];
    expect([text.code, text.stdout.split('\n').slice(-1)]).toEqual([0, ['1 claim, 1 verdict: 0 holds, 1 does not hold, 0 holds with a condition, 0 not testable here']]);
    const printed = JSON.parse(json.stdout) as { readonly claims: readonly { readonly id: string; readonly verdict: string }[] };
    expect(printed.claims).toHaveLength(22);
    expect(printed.claims.find(({ id }) => id === 'S4-07')?.verdict).toBe('does-not-hold');
  });

  it('what cannot be asked for: exit code 2, and what to do', async () => {
    const text = await transcript(folder, [['claims', 'S0-99', '--run', claims], ['claims', 'S9', '--run', claims], ['claims', '--run', core]]);
    expect(text.replaceAll(core, 'RUN').replaceAll(claims, 'RUN')).toMatchInlineSnapshot(`
      "$ claims S0-99 --run RUN
      error: no claim is called 'S0-99' (CLAIM_UNKNOWN)
        did you mean 'S0-09'? the pages are: S0, S1, S2, S3, S4
      → 2
      $ claims S9 --run RUN
      error: no claim is called 'S9' (CLAIM_UNKNOWN)
        the pages are: S0, S1, S2, S3, S4
      → 2
      $ claims --run RUN
      error: that run is of the suite 'core', which does not settle the claims (CLAIMS_OTHER_SUITE)
        name a run of --suite claims, or leave --run out to ask now
      → 2"
    `);
  });
});
