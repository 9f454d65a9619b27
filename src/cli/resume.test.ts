import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive, isChildOf, livingProcesses } from '../verbs/fixtures/processes.ts';
import { reportsWithoutTimes } from './same-run.fixture.ts';
import { cliIn, main } from './spawn.fixture.ts';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'bn-resume-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = (...args: readonly string[]) => cliIn(folder, args);
const at = (name: string) => join(folder, name);
const asked = ['run', '--select', 'batchnorm2d/norm/output/**', '--runner', 'miniature-eps-outside-sqrt', '--runner', 'miniature-honest'];

/** The first run on a machine makes the environment of the miniatures. */
const timeout = 300_000;

const sizeOf = (path: string): Promise<number> => stat(path).then(({ size }) => size, () => 0);
const lines = (name: string) => readFileSync(at(`${name}/run.ndjson`), 'utf8').trimEnd().split('\n');

/** Starts, or goes on with, a run, and sends it a signal when its file has grown by so much. */
async function interrupt(name: string, args: readonly string[], bytes: number, signal: 'SIGKILL' | 'SIGINT' | 'SIGTERM'): Promise<void> {
  const path = at(`${name}/run.ndjson`);
  const before = args.includes('--resume') ? await sizeOf(path) : 0;
  const child = execa('node', [main, ...args], { reject: false, cwd: folder, stdin: 'ignore', detached: true });
  const over = child.then(() => true);
  while (await sizeOf(path) < before + bytes && !await Promise.race([over, sleep(5).then(() => false)]));
  child.kill(signal);
  await child;
}

describe('a run that was killed', { timeout }, () => {
  beforeAll(async () => {
    expect((await cli(...asked, '--out', at('whole'))).code).toBe(1);
  }, timeout);

  it('again and again, by any signal, is the same in the end: no case lost, none twice', async () => {
    await interrupt('killed', [...asked, '--out', at('killed')], 200_000, 'SIGKILL');
    const begun = lines('killed').length;
    for (const [bytes, signal] of [[150_000, 'SIGINT'], [1, 'SIGKILL'], [150_000, 'SIGTERM']] as const) {
      await interrupt('killed', ['run', '--resume', at('killed')], bytes, signal);
    }
    expect(lines('killed').length).toBeGreaterThan(begun);
    const { code, stderr } = await cli('run', '--resume', at('killed'));
    expect([code, stderr.includes('error')]).toEqual([1, false]);
    const keys = lines('killed').filter((line) => line.startsWith('{"type":"case"')).map((line) => /"index":\d+,"runner":"[^"]+"/.exec(line)?.[0]);
    expect(new Set(keys).size).toBe(keys.length);
    cpSync(at('whole'), at('undisturbed'), { recursive: true });
    const [killed, whole] = [await reportsWithoutTimes(at('killed')), await reportsWithoutTimes(at('undisturbed'))];
    for (const name of Object.keys(whole)) expect(killed[name] === whole[name], name).toBe(true);
  });

  it('leaves no runner behind, not even one that is held by its case and would never look for more', async () => {
    const child = execa('node', [main, 'run', '--select', 'batchnorm2d/grad/backward/**/eps=1e-3/**', '--jobs', '1', '--runner', 'miniature-hangs', '--out', at('held')], { reject: false, cwd: folder, stdin: 'ignore' });
    const runners = () => livingProcesses().filter((pid) => isChildOf(pid, child.pid));
    await expect.poll(runners, { timeout: 60_000 }).toHaveLength(1);
    await sleep(3000); // a runner that waits for its case leaves at the end of its stream, whatever else would become of it
    const held = runners();
    expect(held).toHaveLength(1);
    child.kill('SIGKILL');
    await child;
    await expect.poll(() => held.filter(isAlive), { timeout: 5000 }).toEqual([]);
  });

  it('that was over already is reported again', async () => {
    const before = lines('whole').length;
    expect((await cli('run', '--resume', at('whole'))).code).toBe(1);
    expect(lines('whole')).toHaveLength(before);
  });

  it('goes on after a line that was cut in half', async () => {
    cpSync(at('whole'), at('half'), { recursive: true });
    const kept = lines('half').slice(0, 40);
    writeFileSync(at('half/run.ndjson'), `${kept.join('\n')}\n${lines('whole')[40]?.slice(0, 90) ?? ''}`);
    expect((await cli('run', '--resume', at('half'))).code).toBe(1);
    expect(lines('half').slice(0, 40)).toEqual(kept);
    expect(lines('half')).toHaveLength(lines('whole').length);
  });

  it.each<[string, (text: string) => string, string]>([
    ['another tool', (text) => text.replace('"version":"0.1.0"', '"version":"0.0.9"'), 'RESUME_OTHER_TOOL'],
    ['a case that the suite no longer asks', (text) => text.replace('batchnorm2d/', 'batchnorm2d/no-'), 'RESUME_OTHER_PLAN'],
    ['another version of the framework', (text) => text.replace('"framework":"miniature","version":"1', '"framework":"miniature","version":"2'), 'RESUME_OTHER_RUNNER'],
    ['a line that is no JSON', (text) => text.replace('{"type":"case"', '{"type":case'), 'RUN_LINE_INVALID'],
    ['no header', () => '', 'RUN_HEADER_MISSING'],
  ])('is refused for %s, and stays as it is', async (_, spoil, code) => {
    cpSync(at('whole'), at('spoilt'), { recursive: true });
    const cut = lines('whole').slice(0, 60).map((line) => `${line}\n`).join('');
    const spoilt = spoil(cut);
    expect(spoilt).not.toBe(cut);
    writeFileSync(at('spoilt/run.ndjson'), spoilt);
    const answer = await cli('run', '--resume', at('spoilt'));
    expect([answer.code, answer.stderr]).toEqual([2, expect.stringContaining(code)]);
    const left = readFileSync(at('spoilt/run.ndjson'), 'utf8');
    expect(left.startsWith(spoilt)).toBe(true);
  });

  it('refuses beside --resume what the run itself says', async () => {
    const flags = [['--suite', 'smoke'], ['--runner', 'pytorch'], ['--select', '**'], ['--out', 'x'], ['--seed', '1'], ['--shard', '1/2']];
    const answers = await Promise.all(flags.map((flag) => cli('run', '--resume', at('whole'), ...flag)));
    expect(answers.map(({ code, stderr }) => [code, stderr.includes('cannot be used with option')])).toEqual(flags.map(() => [2, true]));
  });
});

describe('an out folder', { timeout }, () => {
  it('takes one run at a time; one that was killed holds it no longer', async () => {
    const slow = execa('node', [main, ...asked, '--out', at('held')], { reject: false, cwd: folder, stdin: 'ignore' });
    while (await sizeOf(at('held/run.ndjson')) < 100_000) await sleep(5);
    const { code, stderr } = await cli('run', '--suite', 'smoke', '--runner', 'miniature-honest', '--out', at('held'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('another run is writing into FOLDER/held (OUT_FOLDER_IN_USE)')]);
    slow.kill('SIGKILL');
    await slow;
    expect(existsSync(at('held/.run.holder'))).toBe(true);
    expect((await cli('run', '--suite', 'smoke', '--runner', 'miniature-honest', '--out', at('held'))).code).toBe(0);
    expect(existsSync(at('held/.run.holder'))).toBe(false);
  });

  it('with a note of a holder that says nothing, and no lock, is free', async () => {
    for (const holder of [`{"pid":1,"host":"not-${hostname()}"}`, '{"pid":-5']) {
      mkdirSync(at('noted'), { recursive: true });
      writeFileSync(at('noted/.run.holder'), holder);
      expect((await cli('run', '--suite', 'smoke', '--runner', 'miniature-honest', '--out', at('noted'))).code, holder).toBe(0);
    }
  });
});

describe('an out folder that cannot be written', { timeout }, () => {
  it('is the user\'s to mend: one message, exit code 2', async () => {
    writeFileSync(at('a-file'), '');
    const { code, stderr } = await cli('run', '--suite', 'smoke', '--runner', 'miniature-honest', '--out', at('a-file/below'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/cannot write FOLDER\/a-file\/below: .* \(OUT_FOLDER_UNWRITABLE\)/)]);
  });
});
