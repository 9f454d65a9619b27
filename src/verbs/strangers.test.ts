import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { harnessHome } from '../environments/home.ts';
import { header } from '../reports/fixtures/sample-run.ts';
import { decodeResult } from '../runners/decode-result.ts';
import { Exchange } from '../runners/exchange.ts';
import { openSession } from '../runners/session.ts';
import { openStderrLog } from '../runners/stderr-log.ts';
import { parseRunnerMessage } from '../runners/validate-message.ts';
import { knownFromRun } from './known-from-run.ts';
import { reproduce } from './reproduce.ts';
import { readResumed } from './run/resume.ts';
import { run } from './run/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'bn-stranger-'));
afterAll(() => rmSync(folder, { recursive: true }));

const outside = join(folder, 'outside');
const out = join(folder, 'out');
const secret = 'mine';
beforeEach(() => {
  rmSync(out, { recursive: true, force: true });
  rmSync(outside, { recursive: true, force: true });
  mkdirSync(out);
  mkdirSync(outside);
  for (const name of ['file', 'index.json', 'mine.py']) writeFileSync(join(outside, name), secret);
});

const untouched = () => readdirSync(outside).map((name) => `${name}: ${readFileSync(join(outside, name), 'utf8')}`);
const asItWas = [`file: ${secret}`, `index.json: ${secret}`, `mine.py: ${secret}`];
const listener = { stage: () => undefined, progress: () => undefined };
const biased = { suite: 'smoke', runners: ['miniature-biased-running-variance'], python: {}, select: ['batchnorm1d/state/trajectory/**'], out, formats: ['json', 'csv'] as const, strict: false, jobs: 1, threads: 1, device: 'cpu', timeLimitMs: 60_000, home: harnessHome(env), command: 'bn-conformance run' };

describe('an out folder from a stranger', () => {
  it('its links are replaced, and what they lead to is not written', async () => {
    for (const name of ['run.ndjson', '.run.holder', 'summary.json', 'results.csv', 'index.html']) symlinkSync(join(outside, 'file'), join(out, name));
    const { summary } = await run(biased, listener, new AbortController().signal);
    expect([summary.gate, untouched()]).toEqual(['fail', asItWas]);
    expect(['run.ndjson', 'summary.json', 'results.csv'].map((name) => lstatSync(join(out, name)).isFile())).toEqual([true, true, true]);
    expect(readdirSync(join(out, 'reproduce')).length).toBeGreaterThan(1); // control: there was something to write
  }, 120_000);

  it('a folder of scripts that leads elsewhere is refused, and a script is written in place of a link', async () => {
    symlinkSync(outside, join(out, 'reproduce'));
    await expect(run(biased, listener, new AbortController().signal)).rejects.toMatchObject({ code: 'OUT_FOLDER_UNWRITABLE', message: expect.stringContaining('symbolic link') as string });
    expect(untouched()).toEqual(asItWas);
    const options = { runners: ['miniature-biased-running-variance'], suite: 'smoke', out };
    const [path = ''] = await reproduce('**/name=first-vector/**', options);
    rmSync(path);
    symlinkSync(join(outside, 'file'), path);
    await reproduce('**/name=first-vector/**', options);
    expect([untouched(), lstatSync(path).isFile()]).toEqual([asItWas, true]);
  }, 120_000);

  it('a log of a runner is no link', () => {
    symlinkSync(join(outside, 'file'), join(out, 'x.stderr.log'));
    const log = openStderrLog(out, 'x');
    log.append('a line');
    log.close();
    expect(untouched()).toEqual(asItWas);
  });
});

describe('a run file from a stranger', () => {
  /** A description whose program leaves a trace, and a run that names it as its runner. */
  function trap(): string {
    const trace = join(outside, 'trace');
    const description = { schemaVersion: 1, id: 'trap', framework: 'trap', title: 'Trap', dialect: 'core', language: 'x', command: ['touch', trace], layers: ['batchnorm1d'] };
    writeFileSync(join(out, 'runner.json'), JSON.stringify(description));
    writeFileSync(join(out, 'run.ndjson'), `${JSON.stringify(header({ suite: 'smoke', runners: [{ runner: join(out, 'runner.json'), excluded: [] }] }))}\n`);
    return trace;
  }

  it('starts no program: neither by --resume nor by known --update', async () => {
    const trace = trap();
    await expect(readResumed(out)).rejects.toMatchObject({ code: 'RUN_RUNNER_UNKNOWN' });
    expect(await knownFromRun(out)).toContain('it never started');
    expect([existsSync(trace), existsSync(join(out, 'known-failing.yaml'))]).toEqual([false, false]);
  });

  it('says what it likes in a script, and runs nothing there', async () => {
    const evil = '"""\nimport os; os.system("touch TRACE") #\\';
    const { run: measured } = await run(biased, listener, new AbortController().signal);
    const id = measured.runners[0]?.cases[0]?.id ?? '';
    const path = join(out, 'run.ndjson');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"cause":"biased-running-variance"', `"cause":${JSON.stringify(evil)}`));
    const [script = ''] = await reproduce(id, { runners: biased.runners, run: out, out: join(out, 'scripts') });
    const text = readFileSync(script, 'utf8');
    const names = await execa('python3', ['-c', 'import ast, sys; print([type(n).__name__ for n in ast.walk(ast.parse(open(sys.argv[1]).read())) if isinstance(n, ast.Attribute) and n.attr == "system"])', script]);
    expect([names.stdout, text.includes('os.system')]).toEqual(['[]', true]); // it is there, as words of the docstring
  }, 120_000);
});

describe('a runner', () => {
  it('reads no file for us but those that it puts into its own folder', () => {
    const step = { y: { dtype: 'float32', shape: [1, 1], file: '/etc/passwd' } };
    const message = parseRunnerMessage({ type: 'result', seq: 0, outcome: 'observed', durationUs: 0, ranks: [{ construct: {}, steps: [step] }] });
    if (message.type !== 'result') throw new TypeError('expected a result');
    const exchange = Exchange.open();
    expect(() => decodeResult(message, Buffer.alloc(8), () => '', (...asked) => exchange?.take(...asked) ?? Float64Array.of())).toThrow('the file /etc/passwd, which does not lie in the folder that was offered');
    exchange?.close();
  });

  it('does not see a secret of the user, and sees what BN_CONFORMANCE_ENV lists', async () => {
    const seen = join(out, 'variables.json');
    const launch = { kind: 'command', command: ['python3', '-c', `import json, os; json.dump(dict(os.environ), open(${JSON.stringify(seen)}, "w"))`], folder: out } as const;
    Object.assign(env, { BN_TEST_SECRET: 'x', BN_TEST_LICENCE: 'y', BN_CONFORMANCE_ENV: 'BN_TEST_LIC*' });
    await expect(openSession({ id: 'curious', launch }, { logFolder: out })).rejects.toMatchObject({ code: 'RUNNER_BROKEN' });
    for (const name of ['BN_TEST_SECRET', 'BN_TEST_LICENCE', 'BN_CONFORMANCE_ENV']) Reflect.deleteProperty(env, name);
    const variables = JSON.parse(readFileSync(seen, 'utf8')) as Readonly<Record<string, string>>;
    expect(Object.keys(variables).filter((name) => name.startsWith('BN_'))).toEqual(['BN_TEST_LICENCE']);
  });
});
