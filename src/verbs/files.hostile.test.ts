import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { harnessHome } from '../environments/home.ts';
import { hostileTexts, mutatedJson, scratchFolder, yamlWords } from '../spec/hostile-document.fixture.ts';
import { packageRoot } from '../spec/package-root.ts';
import { UserError } from '../spec/user-error.ts';
import { mutatedText, survive, type Tally } from '../tensor/hostile.fixture.ts';
import { interpreterOf } from './fixtures/interpreter-of.ts';
import { foundText, readFound } from './fuzz/found-file.ts';
import { updateKnown } from './known.ts';
import { scriptsIn } from './reproduce/findings.ts';
import { runnerNamed } from './runners-folder.ts';

const minutes = 60_000;
const folder = mkdtempSync(scratchFolder);
afterAll(() => rmSync(folder, { recursive: true }));
const bothWays = ({ tried, refused, read }: Tally) => [refused > tried / 20, read > tried / 50];

describe('files of verbs from a stranger', () => {
  it('property: found cases', async () => {
    const { id, ...document } = JSON.parse(readFileSync(join(packageRoot, 'cases', 'found', 'pytorch-04e1fad8f5b4.json'), 'utf8')) as Readonly<Record<string, unknown>>;
    expect(id).toMatch(/^batchnorm/); // without it the data may be changed
    const [path, again] = [join(folder, 'found.json'), join(folder, 'again.json')];
    const tally = await survive({
      name: 'found cases', inputs: mutatedJson([document]), refusals: [UserError],
      read: (text) => {
        writeFileSync(path, text);
        const question = readFound(path);
        writeFileSync(again, foundText(question));
        if (readFound(again).id !== question.id) throw new Error('written, it is another case');
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);

  it('property: known-failing lists that are rewritten', async () => {
    const list = 'schemaVersion: 1\nentries:\n  - cases: a/x=* # why\n    versions: "*"\n    status: violates\n    cause: biased-running-variance\n    reason: TO BE FILLED IN\n';
    const ran = [{ id: 'a/x=1', record: { found: 'violates', cause: 'biased-running-variance', candidates: [] } }, { id: 'b/x=1', record: { found: 'violates', cause: 'unexplained', candidates: [] } }] as const;
    const path = join(folder, 'known.yaml');
    const where = { version: '2.0.0', device: 'cpu', capability: '', threads: 1 };
    const tally = await survive({
      name: 'known-failing lists, rewritten', inputs: mutatedText([list], [...yamlWords, ...hostileTexts]), refusals: [UserError],
      read: (text) => {
        writeFileSync(path, text);
        updateKnown(path, ran, where, '2027-01-01');
        const { added, removed } = updateKnown(path, ran, where, '2027-01-01');
        if (added.length + removed.length > 0) throw new Error(`a second time it adds ${added.join()} and removes ${removed.join()}`);
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);

  it('property: an index of scripts names no file but its own', async () => {
    const tally = await survive({
      name: 'indexes of scripts', inputs: mutatedJson([{ schemaVersion: 1, scripts: [{ script: 'a-b@1.0.py', why: null }, { script: null, why: 'x' }] }]), refusals: [],
      read: (text) => {
        const stray = scriptsIn(text).find((name) => !/^[^/\\]+\.py$/.test(name) || name.startsWith('.'));
        if (stray !== undefined) throw new Error(`it names ${stray}`);
      },
    });
    expect(tally.read).toBe(tally.tried);
  }, 10 * minutes);

  it('property: the protocol’s readers in Python', async () => {
    const python = await interpreterOf(await runnerNamed('miniature-honest'), harnessHome(env));
    const script = fileURLToPath(new URL('../../runners/protocol/hostile_inputs.py', import.meta.url));
    const { HOSTILE_INPUTS: count = '20000', HOSTILE_SEED: seed = '1', HOSTILE_TALLIES: tallies = '' } = env;
    const { stdout, stderr, exitCode } = await execa(python, [script, count, seed, folder], { reject: false });
    expect([exitCode, stderr]).toEqual([0, '']);
    const surveys = stdout.split('\n').map((line) => JSON.parse(line) as Tally);
    expect(surveys.map(({ parser }) => parser)).toEqual(['Python: frames', 'Python: cases', 'Python: .npy files']);
    expect(surveys.map(bothWays)).toEqual(surveys.map(() => [true, true]));
    expect(Math.max(...surveys.map(({ worstMs }) => worstMs))).toBeLessThan(2000);
    if (tallies !== '') writeFileSync(tallies, `${stdout}\n`, { flag: 'a' });
  }, 10 * minutes);
});
