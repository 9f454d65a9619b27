import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { acceptCase } from '../../accept/accept.ts';
import type { Case } from '../../cases/case.ts';
import { compare } from '../../diff/compare.ts';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { harnessHome } from '../../environments/home.ts';
import type { Observation } from '../../runners/observation.ts';
import { openSession, type Session } from '../../runners/session.ts';
import { elementBytes } from '../../tensor/bytes.ts';
import { roundArray } from '../../tensor/round.ts';
import type { FloatType } from '../../tensor/tensor.ts';
import { smallestFileBytes } from '../../runners/exchange.ts';
import { runnerNamed } from '../runners-folder.ts';

let session: Session;
let logFolder: string;
beforeAll(async () => {
  const runner = await runnerNamed('miniature-honest');
  if (runner.environment === undefined) throw new TypeError('expected a pinned environment');
  const { python } = await ensureEnvironment(runner.environment, { home: harnessHome(env), onProgress: () => undefined });
  logFolder = await mkdtemp(join(tmpdir(), 'bn-large-'));
  session = await openSession(runner, { logFolder, python });
}, 120_000);
afterAll(async () => {
  await session.close();
  await rm(logFolder, { recursive: true });
});

/** Two channels of as many values as make a file of x and of dy. */
function question(dtype: FloatType, factor: number): Case {
  const count = smallestFileBytes / elementBytes[dtype];
  const values = (scale: number) => roundArray(new Float64Array(count).map((_, i) => scale * (((i * 7919) % 1013) / 500 - 1)), dtype);
  const tensor = (scale: number) => ({ dtype, shape: [2, 2, count / 4], data: values(scale) });
  return {
    id: `batchnorm1d/large/${dtype}`, layer: 'batchnorm1d', config: { numFeatures: 2, eps: 1e-5, momentum: 0.1, affine: true, statistics: 'tracked', dtype }, initial: {},
    ranks: [{ inputs: [tensor(factor)], grads: [tensor(1 / factor)] }],
    program: [{ op: 'forward', mode: 'eval', input: 0 }, { op: 'backward', of: 0, grad: 0 }],
  };
}

async function ask(questions: readonly Case[]): Promise<readonly Observation[]> {
  const observed: Observation[] = [];
  // eslint-disable-next-line @typescript-eslint/require-await -- a session takes its cases from an async source
  const source = (async function* () { for (const [seq, one] of questions.entries()) yield { seq, case: one }; })();
  await session.run(source, (answer) => {
    if (answer.kind !== 'observed') throw new TypeError(`${answer.kind} in place of an observation`);
    observed[answer.seq] = answer.observation;
  });
  return observed;
}

const asked = new Set(['y', 'dx', 'dgamma', 'dbeta', 'running_mean', 'running_var'] as const);

it('large tensors go and come through files, each to its own case, to the same bits', async () => {
  const questions = (['float32', 'float16'] as const).flatMap((dtype) => [1, 2, 4].map((factor) => question(dtype, factor)));
  const observations = await ask(questions);
  expect(observations.flatMap((observation, i) => compare(acceptCase(questions[i]!), observation, asked).deviations)).toEqual([]);
  const [first] = observations.map(({ ranks: [rank] }) => rank?.steps);
  expect([first?.[0]?.y?.data, first?.[1]?.dx?.data, first?.[0]?.running_mean?.data].map((data) => data?.constructor.name)).toEqual(['Float32Array', 'Float32Array', 'Float64Array']); // which only files give
}, 60_000);
