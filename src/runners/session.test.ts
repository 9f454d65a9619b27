import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Case } from '../cases/case.ts';
import type { Answer, Question } from './answer.ts';
import { membersOf } from './fixtures/group-members.ts';
import { openPool } from './pool.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';
import type { SessionRunner } from './start-process.ts';
import { smokeTest } from './smoke-test.ts';

const script = fileURLToPath(new URL('fixtures/odd_runner.py', import.meta.url));

// A launcher in front of the interpreter, as pyenv has, would cost more than the test itself.
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-runners-'));
});

/** Whatever a test did: no process of any life of its runner may be left, and no folder of theirs. */
afterEach(async () => {
  const pids = join(folder, 'pids');
  const groups = existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n') : [];
  await expect.poll(() => membersOf(groups), { timeout: 2000 }).toEqual([]);
  await expect.poll(() => readdirSync('/dev/shm').filter((name) => name.startsWith('bn-conformance-exchange-') && name.includes(`-${pid}-`)), { timeout: 2000 }).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

function odd(behaviour: string, seq: number): SessionRunner {
  return { id: 'odd', launch: { kind: 'python', script, arguments: [behaviour, String(seq)] } };
}

function options(more: Partial<SessionOptions> = {}): SessionOptions {
  return { logFolder: folder, python, variables: { ODD_PIDS: join(folder, 'pids') }, ...more };
}

/** A forward and its backward on data that name the case. */
function question(seq: number): Question {
  const tensor = (value: number) => ({ dtype: 'float32', shape: [3, 1, 1, 1], data: Float64Array.of(value, 0.5, -1) }) as const;
  const asked: Case = {
    id: `batchnorm2d/odd/case/seq=${seq}`,
    layer: 'batchnorm2d',
    config: { numFeatures: 1, eps: 1e-5, momentum: 0.1, affine: true, statistics: 'tracked', dtype: 'float32' },
    initial: {},
    ranks: [{ inputs: [tensor(seq)], grads: [tensor(-seq)] }],
    program: [
      { op: 'forward', mode: 'train', input: 0 },
      { op: 'backward', of: 0, grad: 0 },
    ],
  };
  return { seq, case: asked };
}

function questions(count: number): AsyncIterable<Question> {
  return Readable.from(Array.from({ length: count }, (_, seq) => question(seq)));
}

async function ask(session: Session, count: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  await session.run(questions(count), (answer) => answers.push(answer));
  return answers;
}

async function converse(behaviour: string, seq: number, count: number, more: Partial<SessionOptions> = {}): Promise<Answer[]> {
  const session = await openSession(odd(behaviour, seq), options(more));
  try {
    return await ask(session, count);
  } finally {
    await session.close();
  }
}

function lives(): number {
  return readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').length;
}

/** Exactly one answer per case; all but the culprit's are observed, with the case's own data. */
function expectOnly(answers: readonly Answer[], count: number, culprit?: number): Answer | undefined {
  expect(answers.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, seq) => seq));
  expect(answers.filter(({ kind, seq }) => kind !== 'observed' && seq !== culprit)).toEqual([]);
  for (const answer of answers) {
    if (answer.kind !== 'observed') continue;
    const [forward, backward] = answer.observation.ranks[0]!.steps;
    expect([forward?.y?.data[0], backward?.dx?.data[0]]).toEqual([answer.seq, -answer.seq]);
  }
  return answers.find(({ seq }) => seq === culprit);
}

const count = 300;

describe('a runner that behaves', () => {
  it('answers every case once, in one life', async () => {
    expectOnly(await converse('honest', 0, count), count);
    expect(lives()).toBe(1);
  });

  it('is recycled after so many cases', async () => {
    expectOnly(await converse('honest', 0, count, { recycleAfterCases: 100 }), count);
    expect(lives()).toBe(3); // whole batches of 16: 112, 112 and the rest
  });

  it('gets its cases from a source that waits for each answer', async () => {
    const session = await openSession(odd('honest', 0), options());
    const answers: Answer[] = [];
    async function* careful(): AsyncGenerator<Question> {
      for (let seq = 0; seq < 5; seq++) {
        yield question(seq);
        while (answers.length <= seq) await sleep(1);
      }
    }
    await session.run(careful(), (answer) => answers.push(answer));
    await session.close();
    expectOnly(answers, 5);
  });

  it('bounds how far the source is pulled ahead', async () => {
    const session = await openSession(odd('honest', 0), options());
    let [pulled, ahead, done] = [0, 0, 0];
    async function* counted(): AsyncGenerator<Question> {
      for await (const one of questions(2000)) {
        ahead = Math.max(ahead, ++pulled - done);
        yield one;
      }
    }
    await session.run(counted(), () => (done += 1));
    await session.close();
    expect(ahead).toBeLessThanOrEqual(8 * 32 + 2 * 32 + 2);
    expect(done).toBe(2000);
  });

  it('may be any program', async () => {
    const launch = { kind: 'command', command: [python, script, 'dies', '7'], folder } as const;
    const session = await openSession({ id: 'odd', launch }, options());
    const answers = await ask(session, 20);
    await session.close();
    expect(expectOnly(answers, 20, 7)).toMatchObject({ kind: 'crashed' });
  });

  it('shares the cases with others in a pool', async () => {
    const pool = await openPool(odd('dies', 11), options(), 2);
    const answers = await ask(pool, count);
    await pool.close();
    expect(expectOnly(answers, count, 11)).toMatchObject({ kind: 'crashed' });
    expect(lives()).toBeGreaterThanOrEqual(3);
  });

  it('passes the smoke test', async () => {
    const session = await openSession(odd('honest', 0), options());
    await smokeTest(session);
    await session.close();
  });
});

describe('only the culprit is blamed', { timeout: 30_000 }, () => {
  it.each([
    ['dies', 'crashed', 'the runner was killed by SIGSEGV'],
    ['dies-afterwards', 'crashed', 'the runner left with exit code 7'],
    ['exits', 'crashed', 'the runner left with exit code 0'],
    ['grandchild', 'crashed', 'the runner was killed by SIGSEGV'],
    ['escaped', 'crashed', 'the runner was killed by SIGSEGV'],
    ['hangs', 'timed-out', 'the runner gave no answer within 1 s'],
    ['truncated', 'garbled', 'the runner broke the protocol: the stream ends 30 bytes into a frame'],
    ['closes-output', 'garbled', 'the runner closed its output and stayed'],
    ['wrong-seq', 'garbled', 'the runner broke the protocol: an answer with seq 1000133, which is not in flight'],
    ['duplicate', 'garbled', 'the runner broke the protocol: two answers to one case'],
    ['prints', 'garbled', 'the runner broke the protocol: a header of 1819043144 bytes, the limit is 67108864'],
    ['bad-checksum', 'garbled', /^the runner broke the protocol: CRC-32 of header and payload is \w{8}, the frame says \w{8}$/],
    ['bad-schema', 'garbled', /^the runner broke the protocol: a result message that breaks its schema: /],
    ['out-of-bounds', 'garbled', 'the runner broke the protocol: dx ends at byte 28 of a payload of 24 bytes'],
  ])('%s on one case: %s', async (behaviour, kind, message) => {
    const more = behaviour === 'hangs' ? { timeLimitMs: 1000 } : {};
    const answer = expectOnly(await converse(behaviour, 133, count, more), count, 133);
    expect(answer).toMatchObject({ kind, message: typeof message === 'string' ? message : (expect.stringMatching(message) as unknown) });
    expect(lives()).toBeLessThanOrEqual(4);
  });

  it.each([0, 15, 16, 31, 32, 299])('at the edge of a batch: case %i dies', async (seq) => {
    expect(expectOnly(await converse('dies', seq, count), count, seq)).toMatchObject({ kind: 'crashed' });
  });

  it.each(['duplicate', 'dies-afterwards'])('the last case of all: %s', async (behaviour) => {
    const kind = behaviour === 'duplicate' ? 'garbled' : 'crashed';
    expect(expectOnly(await converse(behaviour, 4, 5), 5, 4)).toMatchObject({ kind });
  });

  it.each(['wrong-seq', 'duplicate', 'dies'])('%s on every case: each one is a culprit', async (behaviour) => {
    const answers = await converse(behaviour, -1, 6);
    expect(answers.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set([behaviour === 'dies' ? 'crashed' : 'garbled']));
  });

  it('the end of stderr is attached', async () => {
    const answer = expectOnly(await converse('dies', 3, 5), 5, 3);
    expect(answer).toMatchObject({ stderrTail: expect.stringContaining('about to die\n') as unknown });
  });

  it('a flood of stderr harms nobody', async () => {
    const before = process.memoryUsage().rss;
    expectOnly(await converse('floods', 133, count), count);
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * 2 ** 20);
  });

  it('a failure of the adapter is its own kind, and breaks nothing', async () => {
    const answer = expectOnly(await converse('fails', 3, 5), 5, 3);
    expect(answer).toMatchObject({ kind: 'failed', error: { class: 'KeyError', message: 'x' } });
    expect(lives()).toBe(1);
  });

  it('a process that outgrows its memory limit is killed', async () => {
    const answer = expectOnly(await converse('grows', 3, 5, { memoryLimitBytes: 400 * 2 ** 20 }), 5, 3);
    expect(answer).toMatchObject({ kind: 'crashed', message: expect.stringMatching(/^the runner was killed: it used 0\.\d GiB of memory, the limit is 0\.4 GiB$/) as unknown });
  });

  it('a process that wears out is replaced and nobody is blamed', async () => {
    expectOnly(await converse('every-nth-dies', 150, count), count);
  });
});

describe('a broken runner is an error of its own', { timeout: 30_000 }, () => {
  it('that never starts: message with the end of its stderr', async () => {
    await expect(openSession(odd('never-starts', 0), options())).rejects.toMatchObject({
      code: 'RUNNER_BROKEN',
      message: 'odd left with exit code 1 before it said who it is\nits stderr ends:\n  ImportError: no module named framework',
      hint: `the whole stderr of the runner is in ${join(folder, 'odd.stderr.log')}`,
    });
  });

  it.each([
    ['an interpreter', odd('honest', 0)],
    ['a program', { id: 'odd', launch: { kind: 'command', command: ['/nonexistent/python3'], folder: tmpdir() } } as const],
  ])('%s that is missing', async (_, runner) => {
    await expect(openSession(runner, options({ python: '/nonexistent/python3' }))).rejects.toMatchObject({
      code: 'RUNNER_BROKEN',
      message: expect.stringMatching(/^odd did not start: .*\/nonexistent\/python3.* ENOENT/) as unknown,
    });
  });

  it('that hangs at the start', async () => {
    await expect(openSession(odd('hangs-at-start', 0), options({ startLimitMs: 500 }))).rejects.toThrow('odd did not start within 0.5 s');
  });

  it('that speaks another protocol', async () => {
    await expect(openSession(odd('other-version', 0), options())).rejects.toThrow('odd speaks protocol 2 with schemas 1, not 1 with 1');
  });

  it('that keeps dying and no case is to blame', async () => {
    await expect(converse('every-nth-dies', 60, 1000)).rejects.toThrow('odd broke 5 times within 1000 cases, and no case alone is to blame; at last it left with exit code 0');
  });

  it('that fails the smoke exchange', async () => {
    const session = await openSession(odd('fails', 0), options());
    await expect(smokeTest(session)).rejects.toThrow('the runner for odd fails the smoke exchange: KeyError: x');
    await session.close();
  });
});

describe('a run can be ended from outside', { timeout: 30_000 }, () => {
  it('an abort rejects the run with its reason', async () => {
    const controller = new AbortController();
    const session = await openSession(odd('hangs', 40), options({ signal: controller.signal }));
    const run = session.run(questions(count), ({ seq }) => seq === 30 && controller.abort(new Error('enough')));
    await expect(run).rejects.toThrow('enough');
    await session.close();
  });

  it('an abort during the start does too', async () => {
    const signal = AbortSignal.timeout(300);
    await expect(openSession(odd('hangs-at-start', 0), options({ signal }))).rejects.toThrow(signal.reason as Error);
  });

  it('an error of the source, or of the one who listens, comes through, and the session can be used again', async () => {
    const session = await openSession(odd('honest', 0), options());
    async function* failing(): AsyncGenerator<Question> {
      yield* questions(40);
      throw new Error('no more data');
    }
    await expect(session.run(failing(), () => undefined)).rejects.toThrow('no more data');
    const listener = () => {
      throw new Error('no more disk');
    };
    await expect(session.run(questions(5), listener)).rejects.toThrow('no more disk');
    const bad = { seq: 0, case: { ...question(0).case, config: { ...question(0).case.config, eps: NaN } } };
    await expect(session.run(Readable.from([bad]), () => undefined)).rejects.toThrow('eps = NaN cannot travel to a runner');
    expectOnly(await ask(session, 50), 50);
    await session.close();
  });
});
