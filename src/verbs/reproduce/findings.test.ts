import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { harnessHome } from '../../environments/home.ts';
import { plain } from '../../reports/paint.ts';
import { reproduce } from '../reproduce.ts';
import { runnerNamed } from '../runners-folder.ts';
import type { RunOptions, RunOutcome } from '../run/options.ts';
import { formatOutcome } from '../run/outcome.ts';
import { run } from '../run/run.ts';
import { numbersPath } from './write-script.ts';

const minutes = 60_000;
const home = harnessHome(process.env);
const listener = { stage: () => undefined, progress: () => undefined };
const nothingKnown = 'schemaVersion: 1\nentries: []\n';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'bn-findings-'));
});
afterAll(() => rm(out, { recursive: true, force: true }));

async function runSmoke(change: Partial<RunOptions>): Promise<RunOutcome> {
  const known = join(out, 'nothing-known.yaml');
  await writeFile(known, nothingKnown);
  const options: RunOptions = {
    suite: 'smoke', runners: ['pytorch', 'mindspore'], python: {}, select: [], out: join(out, 'run'), formats: ['json'], strict: false, known, jobs: 2, threads: 1, device: 'cpu',
    timeLimitMs: minutes, home, command: 'bn-conformance run --suite smoke', ...change,
  };
  return run(options, listener, new AbortController().signal);
}

async function exitCodeOf(runner: string, script: string): Promise<readonly [number | undefined, string]> {
  const { environment } = await runnerNamed(runner);
  if (environment === undefined) throw new TypeError('expected a pinned environment');
  const { python } = await ensureEnvironment(environment, { home, onProgress: () => undefined });
  const { exitCode, stdout, stderr } = await execa(python, [join(out, 'run', 'reproduce', script)], { reject: false, env: { GLOG_v: '3' } });
  return [exitCode, stdout === '' ? stderr : stdout];
}

describe('the scripts of a run', { timeout: 5 * minutes }, () => {
  it('each finding has one, named by cause and runner, which shows the deviation without the harness; or a line why it has none', async () => {
    const outcome = await runSmoke({});
    const { reproducers } = outcome;
    expect(reproducers.map(({ runner, cause, script, why }) => script ?? `${runner} ${cause}: ${why ?? ''}`).sort()).toMatchInlineSnapshot(`
      [
        "naive-accumulation-mindspore@2.10.0.py",
        "naive-accumulation-pytorch@2.13.0.py",
        "nan-state-from-one-value-mindspore@2.10.0.py",
        "narrow-layer-arithmetic-pytorch@2.13.0.py",
        "state-changed-by-refused-call-pytorch@2.13.0.py",
        "statistics-not-updated-mindspore@2.10.0.py",
      ]
    `);
    const scripted = reproducers.flatMap(({ runner, script }) => (script === null ? [] : [{ runner, script }]));
    for (const { runner, script } of scripted) {
      const [code, stdout] = await exitCodeOf(runner, script);
      expect([script, code, stdout.includes('DEVIATES')], stdout).toEqual([script, 1, true]);
    }
    const text = formatOutcome(outcome, 'OUT', plain);
    expect(scripted.filter(({ script }) => !text.includes(`reproduce: OUT/reproduce/${script}\n`))).toEqual([]);
    expect(text).toMatch(/\nscripts: OUT\/reproduce \(6 scripts[^\n]*\n$/);
    const large = scripted.filter(({ script }) => script.startsWith('naive-accumulation')).map(({ script }) => numbersPath(join(out, 'run', 'reproduce', script)));
    for (const path of large) expect((await readFile(path)).length, path).toBeGreaterThan(8 * 40_000);
  });

  it('control: where one framework deviates alone, the script of the other one exits with 0', async () => {
    const { reproducers, run: { runners } } = await runSmoke({ suite: 'core', select: ['batchnorm1d/shape/empty/program=train/shape=0x3/statistics=tracked/**'] });
    const [deviating] = reproducers.filter(({ script }) => script !== null);
    expect(deviating).toMatchObject({ runner: 'mindspore@2.10.0', cause: 'empty-batch-moves-state' });
    expect(await exitCodeOf('mindspore', deviating?.script ?? '')).toEqual([1, expect.stringMatching(/running_(mean|var): DEVIATES/)]);
    const other = runners.find(({ runner }) => runner.startsWith('pytorch'))?.cases.find(({ id }) => id === deviating?.example);
    expect(other?.status).toBe('conforms');
    const [path = ''] = await reproduce(deviating?.example ?? '', { runners: ['pytorch'], suite: 'core', out: join(out, 'run', 'reproduce') });
    expect(await exitCodeOf('pytorch', basename(path))).toEqual([0, expect.not.stringContaining('DEVIATES')]);
  });

  it('a run without findings leaves none, nor those of the run before it; other files stay', async () => {
    const folder = join(out, 'run', 'reproduce');
    const [first] = (await runSmoke({ runners: ['mindspore'], select: ['batchnorm1d/stat/one-value/**'] })).reproducers;
    expect(first?.script).toBe('nan-state-from-one-value-mindspore@2.10.0.py');
    await writeFile(join(folder, 'mine.py'), '');
    expect((await runSmoke({ runners: ['pytorch'], select: ['batchnorm1d/state/trajectory/**/momentum=0.1/**'] })).reproducers).toEqual([]);
    await expect(readFile(join(folder, 'nan-state-from-one-value-mindspore@2.10.0.py'))).rejects.toThrow('ENOENT');
    expect(await readFile(join(folder, 'mine.py'), 'utf8')).toBe('');
  });

  it('of a miniature the script holds the model with its lie; of a process that lies the line says why there is none', async () => {
    const { reproducers } = await runSmoke({ runners: ['miniature-biased-running-variance'] });
    expect(reproducers[0]).toMatchObject({ cause: 'biased-running-variance', script: 'biased-running-variance-miniature-biased-running-variance@1.0.py', why: null });
    expect(await exitCodeOf('miniature-honest', reproducers[0]?.script ?? '')).toEqual([1, expect.stringMatching(/running_var: DEVIATES/)]);
    const misbehaving = await runSmoke({ runners: ['miniature-corrupted-frame'] });
    expect(misbehaving.reproducers[0]).toMatchObject({ status: 'garbled', script: null, why: 'corrupted-frame is no lie of the model but of the process that answers, or of its stream: a script has neither' });
    expect(formatOutcome(misbehaving, 'OUT', plain)).toMatch(/no script: corrupted-frame is no lie of the model[^]*\nscripts: [^\n]*1 finding without one/);
  });
});
