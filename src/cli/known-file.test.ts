import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../spec/generated/summary.ts';
import { cliIn, transcript } from './spawn.fixture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = (...args: readonly string[]) => cliIn(folder, args);
const allRefused = (...commands: readonly (readonly string[])[]) => transcript(folder, commands);
const smoke = ['run', '--suite', 'smoke', '--runner', 'miniature-honest'];

/** A known-failing file of one entry. */
async function knownFile(name: string, change: Readonly<Record<string, string>>): Promise<string> {
  const entry = { cases: "'**/num/golden/**'", versions: "'*'", status: 'violates', cause: 'eps-ignored', reason: 'an example', link: 'https://example.org/1', owner: 'somebody', expires: "'2099-01-01'", ...change };
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, ['schemaVersion: 1', 'entries:', ...Object.entries(entry).map(([key, value], index) => `  ${index === 0 ? '-' : ' '} ${key}: ${value}`), ''].join('\n'));
  return path;
}

/** The first run on a machine makes the environment of the miniatures. */
const timeout = 180_000;

describe('known-failing files', { timeout }, () => {
  const using = (path: string) => [...smoke, '--out', join(folder, 'known'), '--known', path];

  it('that cannot be used: exit code 2 before anything starts', async () => {
    const text = await allRefused(
      using(join(folder, 'none.yaml')), using(await knownFile('syntax', { cases: '[' })), using(await knownFile('schema', { status: 'fails', expires: "'soon'" })),
      using(await knownFile('placeholder', { reason: 'TO BE FILLED IN', owner: 'TO BE FILLED IN' })), using(await knownFile('cause', { cause: 'eps-ignord' })),
    );
    expect(text.replace(/(a cause is one of: ).*/, '$1…')).toMatchInlineSnapshot(`
      "$ run --suite smoke --runner miniature-honest --out FOLDER/known --known FOLDER/none.yaml
      error: cannot read FOLDER/none.yaml: ENOENT: no such file or directory, open 'FOLDER/none.yaml' (FILE_NOT_FOUND)
        check the path and its permissions
      → 2
      $ run --suite smoke --runner miniature-honest --out FOLDER/known --known FOLDER/syntax.yaml
      error: FOLDER/syntax.yaml does not parse: Flow sequence in block collection must be sufficiently indented and end with a ] at line 4, column 5:

        - cases: [
          versions: '*'
          ^ (FILE_UNREADABLE)
        correct the syntax at that place
      → 2
      $ run --suite smoke --runner miniature-honest --out FOLDER/known --known FOLDER/schema.yaml
      error: FOLDER/schema.yaml is not a valid schemas/known-failing file
        /entries/0/status must be equal to one of the allowed values ["inaccurate","violates","mistrusted","crashed","timed-out","garbled"], got "fails"
        /entries/0/expires must match pattern "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", got "soon" (FILE_INVALID)
        correct these places; spec/schemas/known-failing.schema.json says what is allowed
      → 2
      $ run --suite smoke --runner miniature-honest --out FOLDER/known --known FOLDER/placeholder.yaml
      error: FOLDER/placeholder.yaml is not a valid schemas/known-failing file
        /entries/0/reason must NOT be valid, got "TO BE FILLED IN"
        /entries/0/owner must NOT be valid, got "TO BE FILLED IN" (FILE_INVALID)
        correct these places; spec/schemas/known-failing.schema.json says what is allowed
      → 2
      $ run --suite smoke --runner miniature-honest --out FOLDER/known --known FOLDER/cause.yaml
      error: FOLDER/cause.yaml: entry '**/num/golden/**' names the cause 'eps-ignord' (CAUSE_UNKNOWN)
        did you mean 'eps-ignored'? a cause is one of: …
      → 2"
    `);
    expect(existsSync(join(folder, 'known'))).toBe(false);
  });

  it('an entry whose cases do not deviate is stale: exit code 1', async () => {
    const { code, stdout } = await cli(...using(await knownFile('stale', { expires: "'2020-01-01'" })), '--json');
    const summary = JSON.parse(stdout) as Summary;
    expect([code, summary.gate]).toEqual([1, 'fail']);
    expect(summary.reasons).toEqual([`${String(summary.statuses.stale)} stale`]);
  });

  it('an entry that matches no case of any suite fails the gate, an expired one under --strict', async () => {
    const path = await knownFile('stray', { cases: 'batchnorm9d/**', expires: "'2020-01-01'" });
    const lenient = await cli(...using(path));
    expect(lenient.code).toBe(1);
    expect(lenient.stdout).toContain("\ngate: fail\n  known-failing entry 'batchnorm9d/**' matches no case of any suite\nwarning: known-failing entry 'batchnorm9d/**' expired on 2020-01-01\n");
    const strict = await cli(...using(path), '--strict', '--json');
    expect((JSON.parse(strict.stdout) as Summary).reasons).toEqual(["known-failing entry 'batchnorm9d/**' matches no case of any suite", "known-failing entry 'batchnorm9d/**' expired on 2020-01-01"]);
  });

  it('an entry that fits makes the case known; the share that the suite records says nothing of a part of it', async () => {
    const known = await knownFile('fits', { cases: "'*/grad/backward/program=train-backward/shape=5x3/**'", cause: 'biased-running-variance' });
    const args = ['--runner', 'miniature-biased-running-variance', '--select', '*/grad/backward/program=train-backward/shape=5x3/**', '--known', known, '--json'];
    const { code, stdout } = await cli('run', '--suite', 'smoke', '--out', join(folder, 'fits'), ...args);
    expect(JSON.parse(stdout)).toMatchObject({ statuses: { known: 1 }, gate: 'pass', reasons: [] });
    expect(code).toBe(0);
  });
});
