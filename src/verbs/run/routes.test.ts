import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Case, type Route, routes } from '../../cases/case.ts';
import { materialise } from '../../cases/materialise.ts';
import { select } from '../../cases/select.ts';
import { harnessHome } from '../../environments/home.ts';
import type { Answer } from '../../runners/answer.ts';
import type { StepObservation } from '../../runners/observation.ts';
import { openSession, type Session } from '../../runners/session.ts';
import { readDialect } from '../../spec/dialect.ts';
import { interpreterOf } from '../fixtures/interpreter-of.ts';
import { loadPlan } from '../load-plan.ts';
import { runnerNamed } from '../runners-folder.ts';
import type { RunOutcome } from './options.ts';
import { run } from './run.ts';

const silent = { stage: () => undefined, progress: () => undefined };
const home = harnessHome(process.env);
const minutes = 60_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-routes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const asked = ['batchnorm1d/norm/route/*/shape=5x3/**', 'batchnorm1d/grad/route/*/shape=5x3/**', 'batchnorm1d/shape/refused-route/**'];

function ask(runner: string): Promise<RunOutcome> {
  const options = {
    suite: 'core', runners: [runner], python: {}, select: asked, out: join(folder, runner), strict: true, jobs: 1, threads: 1, device: 'cpu', timeLimitMs: 120_000, home,
    command: 'routes.test',
  };
  return run(options, silent, new AbortController().signal);
}

const routeOf = (id: string): Route => routes.find((route) => id.includes(`/route=${route}/`)) ?? 'module';

/** Routes with a case of this status. */
function routesThat({ run: { runners } }: RunOutcome, status: string): readonly Route[] {
  const found = new Set(runners.flatMap(({ cases }) => cases.filter((one) => one.status === status).map(({ id }) => routeOf(id))));
  return routes.filter((route) => found.has(route));
}

async function opened(word: string, variables: Readonly<Record<string, string>> = {}): Promise<Session> {
  const runner = await runnerNamed(word);
  return openSession(runner, { logFolder: folder, logName: word, python: runner.environment === undefined ? undefined : await interpreterOf(runner, home), variables });
}

async function answersOf(session: Session, questions: readonly Case[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  await session.run(Readable.from(questions.map((question, seq) => ({ seq, case: question }))), (answer) => { answers[answer.seq] = answer; });
  return answers;
}

/** Everything that a framework gave but for the words of an error. */
function bitsOf(answer: Answer | undefined): string {
  if (answer?.kind !== 'observed') throw new TypeError(`expected an observation, got ${JSON.stringify(answer)}`);
  const steps: readonly StepObservation[] = answer.observation.ranks.flatMap(({ construct, steps: own }) => [construct, ...own]);
  return JSON.stringify(steps, (key, value: unknown) => (key === 'message' ? undefined : value));
}

function questionOf(pattern: string): Case {
  const plan = loadPlan('core');
  const [planned] = select(plan.cases, [pattern]);
  if (planned === undefined) throw new RangeError(`expected a case like ${pattern}`);
  return materialise(planned, plan.seed);
}

describe.each([['pytorch', 350], ['mindspore', 20]] as const)('BN-STATE-02 the routes of the real %s', (runner, least) => {
  let outcome: RunOutcome;
  beforeAll(async () => {
    outcome = await ask(runner);
  }, 10 * minutes);

  it('conform wherever the framework has them, and are asked often', () => {
    expect([outcome.summary.gate, outcome.summary.reasons]).toEqual(['pass', []]);
    expect(outcome.summary.statuses.conforms).toBeGreaterThanOrEqual(least);
  });

  it('are those that the dialect offers, and the capabilities say the same', async () => {
    const { routes: spelled } = readDialect(runner, outcome.run.runners[0]?.facts?.version ?? '');
    const offered = routes.filter((route) => route !== 'module' && spelled?.[route].spelling !== null);
    expect(routesThat(outcome, 'conforms')).toEqual(offered);
    const session = await opened(runner);
    const { capabilities } = session.identity;
    await session.close();
    const said = capabilities.filter(({ name }) => name.startsWith('route='));
    expect(said.length).toBeGreaterThan(0);
    for (const { name, offered: has } of said) expect([name, has]).toEqual([name, offered.some((route) => name === `route=${route}`)]);
  }, 2 * minutes);

  it('that are missing say why, with a call that was really refused', () => {
    const unsupported = outcome.run.runners.flatMap(({ cases }) => cases).filter(({ status }) => status === 'unsupported');
    expect(unsupported.length).toBeGreaterThan(0);
    for (const { reason } of unsupported) expect(reason).toMatch(/\((.+); .+ → \w+Error: .+\)/);
  });
});

describe('BN-STATE-02 a miniature that fails on one route alone', () => {
  it('control: is caught, and there only', async () => {
    const outcome = await ask('miniature-scripted-route-not-updated');
    expect(outcome.summary.gate).toBe('fail');
    expect(routesThat(outcome, 'violates')).toEqual(['scripted']);
    expect(outcome.summary.runners['miniature-scripted-route-not-updated@1.0']?.findings[0]).toMatchObject({ cause: 'statistics-not-updated', rule: 'BN-STATE-02' });
  }, 5 * minutes);

  it('honest answers every route as the layer', async () => {
    const { summary } = await ask('miniature-honest');
    expect([summary.gate, summary.statuses.conforms]).toEqual(['pass', summary.planned]);
  }, 5 * minutes);
});

describe('PyTorch cases on the route compiled', () => {
  const layer = questionOf('batchnorm2d/grad/route/program=eval-backward/**/route=compiled/**');
  const cumulative: Case = { ...layer, config: { ...layer.config, momentum: null }, program: [{ op: 'forward', mode: 'train', input: 0 }], ranks: layer.ranks.map(({ inputs }) => ({ inputs, grads: [] })) };

  it('are answered by compiled code; where the compiler would fall back to the layer, they are unsupported by a call that was refused', async () => {
    const session = await opened('pytorch');
    const [own, fallen, evaluated] = await answersOf(session, [layer, cumulative, { ...cumulative, program: [{ op: 'forward', mode: 'eval', input: 0 }] }]);
    await session.close();
    expect(bitsOf(own)).not.toContain('"error"');
    expect(fallen).toMatchObject({ kind: 'unsupported', probe: { call: expect.stringContaining('fullgraph=True') as string, error: { class: 'UserError' } } });
    expect(evaluated?.kind).toBe('observed'); // without a step that counts there is nothing to read
  }, 5 * minutes);
});

describe('PyTorch cases that are held to an instruction set', () => {
  const narrow = questionOf('batchnorm1d/num/threads/program=train-backward/shape=5x65/threads=1/capability=default/**');
  const vectors: Case = { ...narrow, capability: 'avx2' };

  it('are answered by a process that has it; where there is no AVX2 they are unsupported by what the framework says of itself', async () => {
    const session = await opened('pytorch', { ATEN_CPU_CAPABILITY: 'default' }); // as on a machine without
    const answers = await answersOf(session, [narrow, vectors]);
    await session.close();
    expect(bitsOf(answers[0])).not.toContain('"error"');
    expect(answers[1]).toMatchObject({ kind: 'unsupported', probe: { error: { class: 'KeyError', message: "'DEFAULT'" } } });
  }, 5 * minutes);
});

describe('MindSpore cases of several routes in one process', () => {
  const plain = questionOf('batchnorm1d/norm/route/program=train-train-eval/shape=5x3/route=asynchronous/statistics=tracked/**');
  const gradient = questionOf('batchnorm1d/grad/route/program=train-backward/shape=5x3/route=graph/**/initial=distinct/data=unit');
  const refused = questionOf('batchnorm1d/shape/refused-route/program=train/**/route=asynchronous/**');
  const on = (question: Case, route: Route): Case => ({ ...question, route });

  it('give the same bits, whatever came before', async () => {
    const session = await opened('mindspore');
    const ways = (question: Case, own: readonly Route[]) => own.map((route) => on(question, route));
    const both: readonly Route[] = ['module', 'graph', 'asynchronous', 'graph', 'module'];
    const questions = [...ways(plain, both), ...ways(gradient, both)];
    const answers = await answersOf(session, questions);
    await session.close();
    expect(new Set(answers.slice(0, both.length).map(bitsOf)).size).toBe(1);
    expect(new Set(answers.slice(both.length).map(bitsOf)).size).toBe(1);
  }, 2 * minutes);

  it('an asynchronous refusal is not blamed on the next case', async () => {
    const session = await opened('mindspore');
    const answers = await answersOf(session, [plain, refused, plain, refused, refused, plain].map((question) => on(question, 'asynchronous')));
    await session.close();
    const errors = answers.map((answer) => (bitsOf(answer).includes('"error"') ? 'refused' : 'answered'));
    expect(errors).toEqual(['answered', 'refused', 'answered', 'refused', 'refused', 'answered']);
    expect(new Set([0, 2, 5].map((i) => bitsOf(answers[i]))).size).toBe(1);
  }, 2 * minutes);

  it('an error that an operation left behind is waited for; control: else the next one is blamed', async () => {
    const file = join(folder, 'errors.json');
    const script = fileURLToPath(new URL('fixtures/asynchronous_errors.py', import.meta.url));
    await execa(await interpreterOf(await runnerNamed('mindspore'), home), [script, file], { stdin: 'ignore', cwd: folder });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ launched: null, next: 'RuntimeError', settled: true, after: null });
  }, 2 * minutes);
});
