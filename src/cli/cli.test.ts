import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRun } from '../reports/read-run.ts';
import type { Summary } from '../spec/generated/summary.ts';
import { packageRoot } from '../spec/package-root.ts';

/** What `npm run build` made; `npm test` builds before it tests. */
const main = join(packageRoot, 'dist', 'cli', 'main.js');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Answer {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

async function cli(...args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await execa('node', [main, ...args], { reject: false, cwd: folder, stdin: 'ignore' });
  const plain = (text: string) => text.replaceAll(folder, 'FOLDER');
  return { code: exitCode, stdout: plain(stdout), stderr: plain(stderr) };
}

/** Command, exit code and message of commands that must say nothing on stdout. */
async function allRefused(...commands: readonly (readonly string[])[]): Promise<string> {
  const answers = await Promise.all(commands.map((args) => cli(...args)));
  expect(answers.map(({ stdout }) => stdout).join('')).toBe('');
  return answers.map(({ code, stderr }, index) => `$ ${commands[index]?.join(' ').replaceAll(folder, 'FOLDER') ?? ''}\n${stderr}\n→ ${String(code)}`).join('\n');
}

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
      error: there is no runner "pytorhc"; known: mindspore, pytorch, miniature-* (N variants) (UNKNOWN_RUNNER)
        did you mean pytorch? a path to a runner description also works
      → 2
      $ run --runner miniature-hones
      error: there is no runner "miniature-hones"; known: mindspore, pytorch, miniature-* (N variants) (UNKNOWN_RUNNER)
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
        did you mean 'smoke'? the suites are: core, smoke
      → 2
      $ list --suite everything
      error: no suite is called 'everything' (SUITE_UNKNOWN)
        the suites are: core, smoke
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

/** A known-failing file of one entry. */
async function knownFile(name: string, change: Readonly<Record<string, string>>): Promise<string> {
  const entry = { cases: "'**/num/golden/**'", versions: "'*'", status: 'violates', cause: 'eps-ignored', reason: 'an example', link: 'https://example.org/1', owner: 'somebody', expires: "'2099-01-01'", ...change };
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, ['schemaVersion: 1', 'entries:', ...Object.entries(entry).map(([key, value], index) => `  ${index === 0 ? '-' : ' '} ${key}: ${value}`), ''].join('\n'));
  return path;
}

describe('known-failing files', () => {
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
          ^
       (FILE_UNREADABLE)
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

  it('an entry that fits makes the case known, up to the share that the suite records', async () => {
    const known = await knownFile('fits', { cases: "'*/grad/backward/program=train-backward/shape=5x3/**'", cause: 'biased-running-variance' });
    const args = ['--runner', 'miniature-biased-running-variance', '--select', '*/grad/backward/program=train-backward/shape=5x3/**', '--known', known, '--json'];
    const { code, stdout } = await cli('run', '--suite', 'smoke', '--out', join(folder, 'fits'), ...args);
    expect(JSON.parse(stdout)).toMatchObject({ statuses: { known: 1 }, gate: 'fail', reasons: ["known 1 of 1 planned, above the suite's share of 0.1"] });
    expect(code).toBe(1);
  });
});

describe('a run', () => {
  it('that passes: exit code 0, the report on stdout, the stages on stderr, all files in the out folder', async () => {
    const out = join(folder, 'passes');
    const { code, stdout, stderr } = await cli(...smoke, '--out', out);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "miniature-honest@1.0  39 planned: 39 conforms (100 % of the 39 offered conform)
      known 0 of 39 planned
      gate: pass
      reports: FOLDER/passes"
    `);
    expect(stderr).toMatch(/^miniature-honest@1\.0: looking for its environment\n[^]*miniature-honest@1\.0: starting$/);
    expect(readdirSync(out).sort()).toEqual(['discrepancies.csv', 'index.html', 'junit.xml', 'results.csv', 'run.ndjson', 'summary.json']);
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
    expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBe(planned);
    expect(reasons).toContain(`${String(statuses['not-run'])} not-run`);
  });

  it('with a selection asks those cases only, and says that it was filtered', async () => {
    const out = join(folder, 'selected');
    const { code, stdout } = await cli(...smoke, '--out', out, '--select', '**/num/golden/name=first-vector/**', '--json');
    expect([code, (JSON.parse(stdout) as Summary).planned]).toEqual([0, 1]);
    expect((await readRun(join(out, 'run.ndjson'))).header).toMatchObject({ filtered: true, cases: [expect.stringContaining('batchnorm1d/num/golden/name=first-vector/')] });
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

describe('an interrupted run', () => {
  it('SIGINT: exit code 1, valid files that say not-run, no runner process left', async () => {
    const out = join(folder, 'interrupted');
    const running = execa('node', [main, 'run', '--suite', 'core', '--runner', 'miniature-honest', '--out', out], { reject: false, cwd: folder, stdin: 'ignore' });
    const file = join(out, 'run.ndjson');
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8').split('\n').length > 50, { timeout: 15_000 }).toBe(true);
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
    expect(summary.statuses['not-run'] + summary.statuses.conforms).toBe(summary.planned);
    expect(results?.cases).toHaveLength(summary.planned);
    await expect.poll(() => runners.filter(isAlive), { timeout: 2000 }).toEqual([]);
  }, 60_000);
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
