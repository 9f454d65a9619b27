import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { materialise } from '../cases/materialise.ts';
import type { Plan, PlannedCase } from '../cases/plan.ts';
import { harnessHome } from '../environments/home.ts';
import type { UnsupportedAnswer } from '../runners/answer.ts';
import { listRunners, type RunnerSpec } from '../runners/registry.ts';
import { openSession } from '../runners/session.ts';
import { packageRoot } from '../spec/package-root.ts';
import { interpreterOf } from './fixtures/interpreter-of.ts';
import { loadPlan } from './load-plan.ts';
import { run } from './run/run.ts';
import { defaultRunners, runnerNamed, runnersFolder } from './runners-folder.ts';

const attemptScript = fileURLToPath(new URL('fixtures/attempt.py', import.meta.url));
const modules = ['protocol', 'mindspore'].map((name) => join(packageRoot, 'runners', name));
const home = harnessHome(process.env);
const minutes = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-refusals-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a case asks of a framework's offer: everything but sizes and numbers. A golden is an offer of its own. */
function offerOf({ id, layer, behaviour, literal, axes }: PlannedCase): string {
  if (literal !== null) return id;
  const words = Object.entries(axes).filter(([axis]) => !['shape', 'momentum', 'eps', 'initial', 'data'].includes(axis));
  return JSON.stringify([layer, behaviour, words, axes['shape']?.split('x').length, axes['momentum'] === 'cumulative']);
}

/** What a runner says that its framework does not offer, over the distinct offers of a plan: one answer per reason and probe. */
async function unsupportedOf(runner: RunnerSpec, plan: Plan): Promise<readonly UnsupportedAnswer[]> {
  const spoken = [...new Map(plan.cases.map((planned, seq) => [offerOf(planned), { planned, seq }])).values()].filter(({ planned }) => runner.layers.includes(planned.layer));
  const questions = Readable.from((function* ask() {
    for (const { planned, seq } of spoken) yield { seq, case: materialise(planned, plan.seed) };
  })());
  const found = new Map<string, UnsupportedAnswer>();
  const session = await openSession(runner, { logFolder: folder, python: await interpreterOf(runner, home) });
  try {
    await session.run(questions, (answer) => {
      if (answer.kind === 'unsupported') found.set(JSON.stringify([answer.reason, answer.probe.call]), answer);
    });
  } finally {
    await session.close();
  }
  return [...found.values()];
}

/** Class of the error that a call meets in a new interpreter; null where it meets none. */
async function attempt(python: string, call: string, file: string): Promise<string | null> {
  await execa(python, [attemptScript, join(folder, file), call, ...modules], { stdin: 'ignore', cwd: folder });
  return (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { readonly class: string } | null)?.class ?? null;
}

/** What never answers the same twice may end the process or not. */
function steady(word: string | null): string | null {
  return word === 'Signal' || word === 'Unsteady' ? 'Signal or Unsteady' : word;
}

/** A call per framework that is not refused: the control of every attempt. */
const offered: Readonly<Record<string, string>> = {
  pytorch: 'torch.nn.BatchNorm2d(3)',
  mindspore: 'mindspore.nn.BatchNorm2d(3)',
};
const frameworks = (await listRunners(runnersFolder)).filter(({ id }) => defaultRunners.includes(id)).flatMap(({ id, environments }) => environments.map(({ version }) => ({ id, word: `${id}@${version}` })));

describe('unsupported on core: every reason has a probe, which a new interpreter refuses too', () => {
  it('every framework has a call that it does not refuse', () => {
    expect(Object.keys(offered)).toEqual(expect.arrayContaining(frameworks.map(({ id }) => id)));
    expect(frameworks.map(({ word }) => word)).toEqual(expect.arrayContaining(['pytorch@2.13.0', 'mindspore@2.10.0', 'mindspore@2.0.0']));
  });

  it.each(frameworks)('$word', async ({ id, word }) => {
    const runner = await runnerNamed(word);
    const python = await interpreterOf(runner, home);
    const answers = await unsupportedOf(runner, loadPlan('core'));
    expect(answers.length).toBeGreaterThan(0);
    for (const { reason, source } of answers) expect([reason.length > 10, source.length > 10]).toEqual([true, true]);
    const calls = new Map(answers.map(({ probe }) => [probe.call, steady(probe.error.class)]));
    const again = new Map<string, string | null>();
    for (const call of calls.keys()) again.set(call, steady(await attempt(python, call, `${word}.json`)));
    expect(again).toEqual(calls);
    expect(await attempt(python, offered[id] ?? '', `${word}.json`)).toBeNull(); // control: what the framework offers is not refused
  }, 10 * minutes);
});

describe('a probe that is not refused', () => {
  const protocol = join(packageRoot, 'runners', 'protocol');
  const claims = (call: string) => `
import sys
sys.path.insert(0, ${JSON.stringify(protocol)})
from bn_protocol.probes import Probe, Probes
import numpy
try:
    print('unsupported', Probes({'numpy': numpy}).unsupported(Probe('no such type', 'a page', ${JSON.stringify(call)})).error['class'])
except Exception as error:
    print(type(error).__name__, error)
`;

  it('is a fault of the adapter, and never an unsupported case', async () => {
    const python = await interpreterOf(await runnerNamed('miniature-honest'), home);
    const said = (call: string) => execFileSync(python, ['-c', claims(call)], { encoding: 'utf8' }).trim();
    expect(said('numpy.dtype("float32")')).toBe('AdapterFault said to be unsupported (no such type), but numpy.dtype("float32") is not refused');
    expect(said('numpy.dtype("float12")')).toBe('unsupported TypeError');
  }, 5 * minutes);

  it.each(['numpi.dtype("float32")', 'exec("import nothing_of_that_name")', 'assert_nothing()'])('a mistake in the call is no refusal either: %s', async (call) => {
    const python = await interpreterOf(await runnerNamed('miniature-honest'), home);
    expect(execFileSync(python, ['-c', claims(call)], { encoding: 'utf8' })).toMatch(/^(NameError|ModuleNotFoundError)/);
  }, 5 * minutes);

  it('fails the gate end to end: the runner itself failed', async () => {
    const runner = await runnerNamed('miniature-honest');
    await writeFile(join(folder, 'claims.py'), claimingRunner(protocol, runner.folder));
    await writeFile(join(folder, 'runner.json'), JSON.stringify({ schemaVersion: 1, id: 'claims', framework: 'claims', title: 'Claims', dialect: 'core', language: 'python', entry: 'claims.py', layers: runner.layers }));
    const { summary, run: ran } = await run({
      suite: 'smoke', runners: [join(folder, 'runner.json')], python: { claims: await interpreterOf(runner, home) }, select: ['**/grad/backward/**'], out: join(folder, 'out'), strict: false, jobs: 1,
      threads: 1, device: 'cpu', timeLimitMs: 60_000, home, command: 'refusals.test',
    }, { stage: () => undefined, progress: () => undefined }, new AbortController().signal);
    const reasons = new Map(ran.runners.flatMap(({ cases }) => cases).map(({ status, reason }) => [status, reason]));
    expect([...reasons.keys()].sort()).toEqual(['crashed', 'unsupported']);
    expect(reasons.get('crashed')).toBe('the runner itself failed: AdapterFault: said to be unsupported (no eps of 1e-3), but numpy.dtype("float32") is not refused');
    expect([summary.gate, summary.statuses.conforms]).toEqual(['fail', 0]);
  }, 5 * minutes);
});

/** A miniature that says of every backward case that it is unsupported: with a call that is refused, or, at ε = 1e-3, one that is not. */
function claimingRunner(protocol: string, miniatures: string): string {
  return `
import sys
sys.path[:0] = [${JSON.stringify(protocol)}, ${JSON.stringify(miniatures)}]
from adapter import MiniatureAdapter
from bn_protocol.cases import Backward
from bn_protocol.loop import serve
from bn_protocol.probes import Probe

class Claims(MiniatureAdapter):
    def observe(self, case):
        if not any(isinstance(step, Backward) for step in case.program):
            return super().observe(case)
        wrong = case.config.eps == 1e-3
        return self.probes.unsupported(Probe(
            'no eps of 1e-3' if wrong else 'no such type', 'a page', 'numpy.dtype("float32")' if wrong else 'numpy.dtype("float12")',
        ))

serve(Claims())
`;
}
