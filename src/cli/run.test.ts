import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRun } from '../reports/read-run.ts';
import type { Summary } from '../spec/generated/summary.ts';
import { cliIn, main } from './spawn.fixture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = (...args: readonly string[]) => cliIn(folder, args);
const smoke = ['run', '--suite', 'smoke', '--runner', 'miniature-honest'];

/** The first run on a machine makes the environment of the miniatures. */
const timeout = 180_000;

describe('a run', { timeout }, () => {
  it('that passes: exit code 0, the report on stdout, the stages on stderr, all files in the out folder', async () => {
    const out = join(folder, 'passes');
    const { code, stdout, stderr } = await cli(...smoke, '--out', out);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\d+/g, 'N')).toMatchInlineSnapshot(`
      "miniature-honest@N.N  N planned: N conforms (N % of the N offered conform)
      known N of N planned
      gate: pass
      reports: FOLDER/passes"
    `);
    expect(stderr).toMatch(/^miniature-honest@1\.0: looking for its environment\n[^]*miniature-honest@1\.0: starting$/);
    expect(readdirSync(out).sort()).toEqual(['badge.json', 'ctrf.json', 'discrepancies.csv', 'index.html', 'junit.xml', 'results.csv', 'run.ndjson', 'summary.json', 'summary.md']);
  });

  it('with --json prints summary.json and nothing else', async () => {
    const out = join(folder, 'json');
    const { stdout } = await cli(...smoke, '--out', out, '--json');
    expect(`${stdout}\n`).toBe(readFileSync(join(out, 'summary.json'), 'utf8'));
  });

  it('that fails: exit code 1; --max-failures stops it, what was not asked is not-run', async () => {
    const args = ['run', '--suite', 'smoke', '--runner', 'miniature-eps-outside-sqrt', '--out', join(folder, 'fails'), '--json'];
    const whole = await cli(...args);
    const failures = (JSON.parse(whole.stdout) as Summary).statuses.violates;
    expect([whole.code, failures > 3]).toEqual([1, true]);
    const stopped = await cli(...args, '--max-failures', '2');
    const { statuses, planned, gate, reasons } = JSON.parse(stopped.stdout) as Summary;
    expect([stopped.code, gate]).toEqual([1, 'fail']);
    expect(statuses.violates).toBeGreaterThanOrEqual(2);
    expect(statuses['not-run']).toBeGreaterThan(0);
    expect(Object.values(statuses).reduce((sum: number, count: number) => sum + count, 0)).toBe(planned);
    expect(reasons).toContain(`${String(statuses['not-run'])} not-run`);
  });

  it('with a selection asks those cases only, and says that it was filtered', async () => {
    const out = join(folder, 'selected');
    const { code, stdout } = await cli(...smoke, '--out', out, '--select', '**/num/golden/name=first-vector/**', '--json');
    expect([code, (JSON.parse(stdout) as Summary).planned]).toEqual([0, 1]);
    const { header } = await readRun(join(out, 'run.ndjson'));
    expect([header.filtered, [...header.cases]]).toEqual([true, [expect.stringContaining('batchnorm1d/num/golden/name=first-vector/')]]);
  });

  it('with another seed draws other data under the same ids', async () => {
    const { stdout } = await cli(...smoke, '--out', join(folder, 'seed'), '--seed', '7', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ seed: 7, gate: 'pass' });
  });
});

/** Processes below a process, by id. */
async function descendantsOf(pid: number): Promise<readonly number[]> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid=']);
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] => rows.filter(([, ppid]) => ppid === parent).flatMap(([child = 0]) => [child, ...below(child)]);
  return below(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('an interrupted run', { timeout }, () => {
  it('SIGINT: exit code 1, valid files that say not-run, no runner process left', async () => {
    const out = join(folder, 'interrupted');
    const running = execa('node', [main, 'run', '--suite', 'core', '--runner', 'miniature-honest', '--out', out], { reject: false, cwd: folder, stdin: 'ignore' });
    const file = join(out, 'run.ndjson');
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8').split('\n').length > 50, { timeout: 120_000 }).toBe(true);
    const runners = await descendantsOf(running.pid ?? 0);
    expect(runners.length).toBeGreaterThan(0);
    running.kill('SIGINT');
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\ninterrupted: what was not asked is counted as not-run\n/);
    const { footer, complete, runners: [results] } = await readRun(file);
    expect([footer?.complete, footer?.gate, complete]).toEqual([false, 'fail', false]);
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
    expect(summary.statuses['not-run']).toBeGreaterThan(1000);
    expect(summary.statuses['not-run'] + summary.statuses.conforms + summary.statuses.unsupported).toBe(summary.planned);
    expect(results?.cases).toHaveLength(summary.planned);
    await expect.poll(() => runners.filter(isAlive), { timeout: 2000 }).toEqual([]);
  });
});

describe('the other verbs', () => {
  it('list: the plan and its arithmetic', async () => {
    const { code, stdout } = await cli('list', '--suite', 'smoke', '--json');
    const listing = JSON.parse(stdout) as { readonly planned: Readonly<Record<string, number>>; readonly axes: Readonly<Record<string, readonly string[]>> };
    expect([code, Object.keys(listing.planned)]).toEqual([0, ['pytorch@2.13.0', 'mindspore@2.10.0']]);
    expect(listing.axes['layer']).toEqual(['batchnorm1d', 'batchnorm2d', 'batchnorm3d', 'syncbatchnorm']);
    const ids = await cli('list', '--suite', 'smoke', '--ids', '--select', '**/one-value/**');
    expect(ids.stdout).toMatchInlineSnapshot(`"batchnorm1d/stat/one-value/program=train/shape=1x3/affine=true/momentum=0.1/initial=default/data=unit"`);
  });

  it('show: a rule', async () => {
    const { code, stdout } = await cli('show', 'BN-STATE-03');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^BN-STATE-03 \(must\) running variance stores the unbiased batch variance\n {2}formula/);
  });

  it('help and version: exit code 0, and nothing on stderr', async () => {
    const asked = [['--version'], ['--help'], ['run', '--help'], ['envs', 'list', '--help'], ['help', 'show']];
    const answers = await Promise.all(asked.map((args) => cli(...args)));
    expect(answers.map(({ code, stdout, stderr }) => [code, stdout !== '', stderr])).toEqual(asked.map(() => [0, true, '']));
  });

  it('envs list --json: one object', async () => {
    const { code, stdout } = await cli('envs', 'list', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1 });
  });
});

describe('a run for others', { timeout }, () => {
  it('--format writes these reports alone, --baseline makes a regression a reason, GitHub Actions gets annotations and a summary', async () => {
    const [before, out, summary] = ['honest', 'biased', 'step.md'].map((name) => join(folder, name)) as [string, string, string];
    const one = ['--suite', 'smoke', '--select', '**/num/golden/name=first-vector/**', '--format', 'json'];
    const honest = await cli('run', '--runner', 'miniature-honest', '--out', before, ...one);
    expect([honest.code, honest.stderr.includes('::'), readdirSync(before).sort()]).toEqual([0, false, ['run.ndjson', 'summary.json']]);
    const renamed = readFileSync(join(before, 'run.ndjson'), 'utf8').replaceAll('miniature-honest@', 'miniature-biased-running-variance@');
    writeFileSync(join(before, 'run.ndjson'), renamed);
    const args = ['run', '--runner', 'miniature-biased-running-variance', '--out', out, ...one, '--baseline', before];
    const biased = await cliIn(folder, args, { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary });
    expect(biased.code).toBe(1);
    expect(biased.stdout).toContain('1 in both: 1 regressed, 0 unchanged\n1 regression\n');
    expect((JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary).reasons).toEqual(['1 violates', '1 regression of miniature-biased-running-variance@1.0 against the baseline']);
    expect(biased.stderr.match(/^::.*$/gm)?.map((text) => text.split('::')[1])).toEqual(['error title=Batch Normalization conformance%3A gate failed', 'error title=miniature-biased-running-variance@1.0%3A violates%2C biased-running-variance']);
    expect(readFileSync(summary, 'utf8')).toMatch(/^## Batch Normalization conformance: gate failed\n/);
    const json = await cliIn(folder, [...args, '--json'], { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: folder });
    expect([JSON.parse(json.stdout) as unknown, json.stderr.includes('::')]).toMatchObject([{ gate: 'fail' }, false]);
    expect(json.stderr).toContain('warning: cannot write FOLDER: EISDIR');
  });
});
