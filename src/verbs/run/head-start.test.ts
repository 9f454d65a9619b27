import { readFileSync } from 'node:fs';
import { env, pid } from 'node:process';
import { beforeAll, describe, expect, it } from 'vitest';
import { harnessHome } from '../../environments/home.ts';
import { interpreterOf } from '../fixtures/interpreter-of.ts';
import { runnerKey, runnerNamed } from '../runners-folder.ts';
import { startAhead } from './head-start.ts';
import type { RunOptions } from './options.ts';

const id = 'miniature-honest';
const home = harnessHome(env);
const listener = { stage: () => undefined, progress: () => undefined };
let [key, python] = ['', ''];

beforeAll(async () => {
  const runner = await runnerNamed(id);
  [key, python] = [runnerKey(runner), await interpreterOf(runner, home)];
}, 120_000);

function start(changed: Partial<RunOptions> = {}, signal = new AbortController().signal) {
  const options: RunOptions = {
    suite: 'smoke', runners: [id], python: {}, select: [], out: 'nowhere', strict: false, jobs: 2, threads: 1, device: 'cpu', timeLimitMs: 60_000, home, command: 'test', ...changed,
  };
  return startAhead({ options, listener, signal });
}

/** Processes that this one has started and not waited for. */
const children = (): string[] => readFileSync(`/proc/self/task/${String(pid)}/children`, 'utf8').split(' ').filter(Boolean);

describe('head start', () => {
  it('gives the session of a runner once', async () => {
    const ahead = await start();
    const { signal } = new AbortController();
    const session = await ahead.take(key, python, signal);
    expect(session?.identity.layers).toContain('batchnorm1d');
    expect(await ahead.take(key, python, signal)).toBeUndefined();
    await session?.close();
    await ahead.close();
  });

  it('starts none where an earlier run says who is asked, nor one that is unknown or described by a path', async () => {
    const before = children();
    for (const changed of [{ resume: true }, { runners: [], rerun: 'earlier' }, { runners: ['no-such'] }, { runners: [`./runners/${id}`] }]) {
      const ahead = await start(changed);
      expect(children()).toEqual(before);
      await ahead.close();
    }
  });

  it('what nobody takes is ended, and what has another interpreter', async () => {
    const before = children();
    const [idle, other] = [await start(), await start()];
    expect(children().length).toBe(before.length + 2);
    expect(await other.take(key, '/usr/bin/python3', new AbortController().signal)).toBeUndefined();
    await idle.close();
    expect(children()).toEqual(before);
  });

  it('heeds the signal of who takes it', async () => {
    const ahead = await start();
    const controller = new AbortController();
    const session = await ahead.take(key, python, controller.signal);
    controller.abort(new Error('enough'));
    await expect(session?.run((async function* () { /* asks nothing */ })(), () => undefined)).rejects.toThrow('enough');
    await session?.close();
  });

  it('one that is interrupted before it has a session leaves no process', async () => {
    const [before, controller] = [children(), new AbortController()];
    const ahead = await start({}, controller.signal);
    expect(children().length).toBe(before.length + 1);
    controller.abort(new Error('enough'));
    await expect(ahead.take(key, python, new AbortController().signal)).rejects.toThrow('enough');
    await ahead.close();
    expect(children()).toEqual(before);
  });
});
