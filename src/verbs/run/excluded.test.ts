import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptCase } from '../../accept/accept.ts';
import { type Case, type Layer, observables, type StatisticsRow } from '../../cases/case.ts';
import { materialise } from '../../cases/materialise.ts';
import type { PlannedCase } from '../../cases/plan.ts';
import { compare } from '../../diff/compare.ts';
import { isNamed, isRefusedByContract, underContract } from '../../diff/contract.ts';
import { harnessHome } from '../../environments/home.ts';
import type { Answer } from '../../runners/answer.ts';
import { openSession } from '../../runners/session.ts';
import { type Dialect, readDialect } from '../../spec/dialect.ts';
import { interpreterOf } from '../fixtures/interpreter-of.ts';
import { loadPlan } from '../load-plan.ts';
import { runnerNamed } from '../runners-folder.ts';

const home = harnessHome(process.env);
const minutes = 60_000;
const seed = 1;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-excluded-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Per layer a shape that it takes, one of another rank, of other channels, and with one value per channel; all of 3 channels but one. */
const shapes: Readonly<Record<Exclude<Layer, 'syncbatchnorm'>, readonly [string, string, string, string]>> = {
  batchnorm1d: ['4x3', '2x3x1x2', '4x5', '1x3'],
  batchnorm2d: ['2x3x2x2', '4x3', '2x5x2x2', '1x3x1x1'],
  batchnorm3d: ['2x3x1x2x2', '2x3x4', '2x5x1x2x2', '1x3x1x1x1'],
};

/** The words besides the plain one of each axis; most are refused by one framework or another. */
const words: Readonly<Record<string, readonly string[]>> = {
  features: ['0', '-1', '2.5'], eps: ['0', '-1e-5', '2'], momentum: ['-0.1', '1.5', 'cumulative'], input: ['float64', 'int32', 'int64', 'bool'],
  dtype: ['float64', 'float16'], affine: ['false'], option: ['gamma-init-long', 'variance-init-unknown', 'format-unknown', 'statistics-text', 'device-unknown'], statistics: ['untracked', 'batch', 'running'], program: ['eval', 'fresh'],
};

/** Every choice of at most two words, each on its own axis. */
function choices(axes: Readonly<Record<string, readonly string[]>>): readonly Readonly<Record<string, string>>[] {
  const single = Object.entries(axes).flatMap(([axis, values]) => values.map((value) => [axis, value] as const));
  const pairs = single.flatMap(([axis, value], i) => single.slice(i + 1).filter(([other]) => other !== axis).map(([other, second]) => ({ [axis]: value, [other]: second })));
  return [...single.map(([axis, value]) => ({ [axis]: value })), ...pairs];
}

function questions(): readonly Case[] {
  return (Object.keys(shapes) as (keyof typeof shapes)[]).flatMap((layer) => {
    const [plain, ...others] = shapes[layer];
    return choices({ ...words, shape: others }).map((chosen) => materialise(plannedOf(layer, { program: 'train', shape: plain, features: '3', initial: 'default', data: 'exact', ...chosen }), seed));
  });
}

function plannedOf(layer: Layer, axes: Readonly<Record<string, string>>): PlannedCase {
  const id = `${layer}/excluded/${Object.entries(axes).map((pair) => pair.join('=')).join('/')}`;
  return { id, layer, behaviour: 'excluded', rules: [], axes, expectsConstant: true, repeats: false, literal: null };
}

/** What a case asks of the error contract; two with one key ask the same. */
function keyOf({ layer, config, program, ranks, inputType }: Case): string {
  return JSON.stringify([layer, config, program, ranks.map(({ inputs }) => inputs.map(({ shape, dtype }) => [shape, dtype])), inputType]);
}

const ofSuites = new Set(['core', 'smoke'].flatMap((suite) => {
  const plan = loadPlan(suite);
  return plan.cases.map((planned) => keyOf(materialise(planned, plan.seed)));
}));

async function answersOf(word: string, asked: readonly Case[]): Promise<ReadonlyMap<number, Answer>> {
  const runner = await runnerNamed(word);
  const session = await openSession(runner, { logFolder: folder, python: await interpreterOf(runner, home) });
  const answers = new Map<number, Answer>();
  try {
    await session.run(Readable.from(asked.map((question, seq) => ({ seq, case: question }))), (answer, { seq }) => { answers.set(seq, answer); });
  } finally {
    await session.close();
  }
  return answers;
}

function isOffered({ config: { statistics } }: Case, dialect: Dialect): boolean {
  return statistics !== 'paused' && dialect.statistics[statistics satisfies StatisticsRow].spelling !== null;
}

/** What is wrong with the answer to a case that the contract refuses; null where it was refused as the contract says. */
function faultOf(question: Case, answer: Answer | undefined, { errors }: Dialect): string | null {
  if (answer?.kind === 'unsupported') return isNamed(answer.probe.error, errors) || lacksOption(question, answer.probe.error.message) ? null : `${question.id}: ${answer.probe.call} → ${answer.probe.error.class}: ${answer.probe.error.message}`;
  if (answer?.kind !== 'observed') return `${question.id}: ${answer?.kind ?? 'no answer'}`;
  const { deviations } = compare(underContract(acceptCase(question), question, errors), answer.observation, new Set(observables));
  const [fault] = deviations.filter(({ kind, observable }) => kind === 'refusal' || (kind === 'unexpected' && observable === 'error'));
  return fault === undefined ? null : `${question.id}: ${String(fault.got)}; expected ${String(fault.expected)}`;
}

/** The framework has no such argument, which no error contract says: it is a TypeError of the language. */
function lacksOption({ config }: Case, message: string): boolean {
  return config.option !== undefined && message.includes('unexpected keyword argument');
}

/** What the core refuses and the framework computes: a finding of the suites, and nothing that a contract says. */
function computes(fault: string): boolean {
  return fault.includes(': no error; expected a refusal');
}

/** Flax and Keras check little, and take long for each layer: of them one is asked. */
const leastRefused: Readonly<Record<string, number>> = { flax: 50, keras: 50 };

describe('BN-ERR-02 and BN-ERR-03 what no suite asks, because the dialect refuses it', { timeout: 10 * minutes }, () => {
  const all = questions().filter((question) => !ofSuites.has(keyOf(question)));

  it.each(['pytorch@2.13.0', 'mindspore@2.10.0', 'mindspore@2.0.0', 'flax@0.12.8', 'keras@3.15.1'])('%s refuses each of them, at the point and with the class that its dialect says, and no other', async (word) => {
    const [id = '', version = ''] = word.split('@');
    const dialect = readDialect(id, version);
    const asked = all.filter((question) => isOffered(question, dialect) && (leastRefused[id] === undefined || (question.layer === 'batchnorm1d' && question.config.option === undefined)));
    const answers = await answersOf(word, asked);
    const refused = new Set(asked.flatMap((question, seq) => (isRefusedByContract(underContract(acceptCase(question), question, dialect.errors)) ? [seq] : [])));
    const faults = asked.map((question, seq) => faultOf(question, answers.get(seq), dialect));
    expect(faults.filter((fault, seq) => fault !== null && refused.has(seq))).toEqual([]);
    expect(faults.filter((fault, seq) => fault !== null && !refused.has(seq) && !computes(fault))).toEqual([]);
    expect([...refused].filter((seq) => answers.get(seq)?.kind === 'observed').length).toBeGreaterThanOrEqual(leastRefused[id] ?? 200);
  });

  it('control: the contract of one framework is not that of another', async () => {
    const own = readDialect('mindspore', '2.10.0');
    const other = readDialect('pytorch', '2.13.0');
    const sample = all.filter((question) => isRefusedByContract(underContract(acceptCase(question), question, other.errors)) && isOffered(question, own)).slice(0, 60);
    const answers = await answersOf('mindspore@2.10.0', sample);
    expect(sample.filter((question, seq) => faultOf(question, answers.get(seq), other) !== null).length).toBeGreaterThan(20);
  });
});
