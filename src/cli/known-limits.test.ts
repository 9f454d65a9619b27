import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliIn, transcript } from './spawn.fixture.ts';
import { blockOf, suiteFile } from './suite-file.fixture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-limits-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The first run on a machine makes the environment of the miniatures. */
const timeout = 180_000;

/** A list of one entry that names every case, but for `change`. */
async function listFile(name: string, change: Readonly<Record<string, string>> = {}): Promise<string> {
  const entry = { cases: '**', versions: '*', status: 'violates', cause: 'biased-running-variance', reason: 'an example', link: 'https://example.org/1', owner: 'somebody', expires: '2099-01-01', ...change };
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, JSON.stringify({ schemaVersion: 1, entries: [entry] }));
  return path;
}

const asked = (suite: string, known: string) => ['run', '--suite', suite, '--runner', 'miniature-biased-running-variance', '--known', known, '--out', join(folder, 'out')];

/** Two cases in training, which deviate, and two in evaluation, which do not. */
const suite = (name: string, knownShare: number) => suiteFile(folder, name, { knownShare, blocks: [blockOf({ program: ['train', 'eval'], eps: ['1e-5', '1e-3'] })] });
const inTraining = '*/norm/output/program=train/**';

describe('known n of planned', { timeout }, () => {
  const totals = (stdout: string) => stdout.slice(stdout.indexOf('miniature-biased-running-variance@1.0  '));

  it('a list that would hide more than the suite allows fails the gate', async () => {
    const { code, stdout } = await cliIn(folder, asked(await suite('little', 0.4), await listFile('wide', { cases: inTraining })));
    expect(code).toBe(1);
    expect(totals(stdout)).toMatchInlineSnapshot(`
      "miniature-biased-running-variance@1.0  4 planned: 2 conforms, 2 known (50 % of the 4 offered conform)
      known 2 of 4 planned
      gate: fail
        known 2 of 4 planned, above the suite's share of 0.4
      reports: FOLDER/out
      scripts: FOLDER/out/reproduce (1 script)"
    `);
  });

  it('control: at the recorded share it passes, and is printed', async () => {
    const { code, stdout } = await cliIn(folder, asked(await suite('half', 0.5), await listFile('wide', { cases: inTraining })));
    expect(code).toBe(0);
    expect(totals(stdout)).toMatchInlineSnapshot(`
      "miniature-biased-running-variance@1.0  4 planned: 2 conforms, 2 known (50 % of the 4 offered conform)
      known 2 of 4 planned
      gate: pass
      reports: FOLDER/out
      scripts: FOLDER/out/reproduce (1 script)"
    `);
  });

  it('a list that names every case hides nothing: what does not deviate is stale', async () => {
    const { code, stdout } = await cliIn(folder, asked(await suite('all', 1), await listFile('all')));
    expect(code).toBe(1);
    expect(totals(stdout)).toMatchInlineSnapshot(`
      "miniature-biased-running-variance@1.0  4 planned: 2 known, 2 stale
      known 2 of 4 planned
      gate: fail
        2 stale
      reports: FOLDER/out
      scripts: FOLDER/out/reproduce (1 script)"
    `);
  });
});

describe('an unexplained entry', { timeout }, () => {
  it('that names several cases, or links no script: exit code 2 before anything starts', async () => {
    const one = 'batchnorm1d/norm/output/program=train/shape=5x3';
    const lists = [
      await listFile('pattern', { cause: 'unexplained' }),
      await listFile('page', { cause: 'unexplained', cases: one }),
      await listFile('missing', { cause: 'unexplained', cases: one, link: 'evidence/none.py' }),
    ];
    const path = await suite('any', 1);
    expect(await transcript(folder, lists.map((list) => asked(path, list)))).toMatchInlineSnapshot(`
      "$ run --suite FOLDER/any.json --runner miniature-biased-running-variance --known FOLDER/pattern.yaml --out FOLDER/out
      error: FOLDER/pattern.yaml, /entries/0: the unexplained entry '**' is a pattern (UNEXPLAINED_PATTERN)
        name its cases one by one, and link the stand-alone script that shows the deviation
      → 2
      $ run --suite FOLDER/any.json --runner miniature-biased-running-variance --known FOLDER/page.yaml --out FOLDER/out
      error: FOLDER/page.yaml, /entries/0/link: the unexplained entry 'batchnorm1d/norm/output/program=train/shape=5x3' links 'https://example.org/1', which is no file (UNEXPLAINED_SCRIPT)
        link the stand-alone script that shows the deviation, by its path from the root of this repository or from the folder of the list
      → 2
      $ run --suite FOLDER/any.json --runner miniature-biased-running-variance --known FOLDER/missing.yaml --out FOLDER/out
      error: FOLDER/missing.yaml, /entries/0/link: the unexplained entry 'batchnorm1d/norm/output/program=train/shape=5x3' links 'evidence/none.py', which is no file (UNEXPLAINED_SCRIPT)
        link the stand-alone script that shows the deviation, by its path from the root of this repository or from the folder of the list
      → 2"
    `);
  });
});
