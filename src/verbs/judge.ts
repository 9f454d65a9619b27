import { ownDataSuite } from '../cases/own-data.ts';
import type { Plan } from '../cases/plan.ts';
import { readRules } from '../spec/rules.ts';
import { UserError } from '../spec/user-error.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { type Parts, readDump } from './judge/dump.ts';
import { parseLayer } from './judge/layer.ts';
import { type AskedMode, type OwnQuestions, ownQuestions } from './judge/question.ts';
import { parseSettings } from './judge/settings.ts';
import type { RunListener, RunOptions, RunOutcome } from './run/options.ts';
import { runPlan } from './run/run.ts';

/** What `judge` was asked: how to run, and what to read. */
export interface JudgeOptions extends Omit<RunOptions, 'suite' | 'select' | 'seed' | 'known' | 'baseline' | 'maxFailures'> {
  /** `.npy`, or `.npz` with names. */
  readonly input: string;
  readonly dy?: string | undefined;
  /** `.npz` with names. */
  readonly state?: string | undefined;
  readonly layer: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly mode: AskedMode;
  /** Type of x; 16-bit patterns are read as bfloat16 where it says so. */
  readonly dtype?: FloatType | undefined;
}

/** A run over the user's own data. */
export interface Judged extends RunOutcome {
  readonly questions: OwnQuestions;
}

/**
 * Asks every runner what it makes of a dump, and judges the answers with the same bounds as any case.
 *
 * @throws {UserError} for a dump, a layer or a setting that is wrong, before anything starts; what `run` throws; NOTHING_JUDGED when
 *   no framework offers what was asked
 */
export async function judgeDump(options: JudgeOptions, listener: RunListener, signal: AbortSignal): Promise<Judged> {
  readRules(); // what the reports will need must not fail after the measurement
  const layer = parseLayer(options.layer);
  const settings = parseSettings(options.settings);
  const questions = ownQuestions(layer, settings, await readParts(options), options.mode);
  const asked: RunOptions = { ...options, suite: ownDataSuite, select: [] };
  const outcome = await runPlan(planOf(questions), asked, listener, signal, { unlisted: true, keep: { cases: questions.cases.length, elements: Infinity, afterwards: true } });
  if (outcome.complete && outcome.run.runners.every(({ cases }) => cases.every(({ status }) => status === 'unsupported'))) {
    const reasons = outcome.run.runners.map(({ runner, cases }) => `${runner}: ${cases[0]?.reason ?? ''}`);
    throw new UserError('NOTHING_JUDGED', `no framework offers what was asked: ${reasons.join('; ')}`, 'ask another framework with --runner, or another setting');
  }
  return { ...outcome, questions };
}

async function readParts({ input, dy, state, dtype }: JudgeOptions): Promise<Parts> {
  const patternsOf = dtype === 'bfloat16' ? dtype : undefined;
  const parts: Parts = await readDump(input, 'x', patternsOf);
  const further = [
    ...(dy === undefined ? [] : [await readDump(dy, 'dy', patternsOf)]),
    ...(state === undefined ? [] : [await readDump(state, null, patternsOf)]),
  ];
  const all = further.reduce(joined, parts);
  if (dtype !== undefined && all.x !== undefined && all.x.tensor.dtype !== dtype) {
    throw new UserError('DUMP_TYPE', `${all.x.place} is ${all.x.tensor.dtype}, --dtype says ${dtype}`, 'leave --dtype out: the file says its type, but for bfloat16');
  }
  return all;
}

function joined(parts: Parts, more: Parts): Parts {
  const twice = (Object.keys(more) as (keyof Parts)[]).find((name) => parts[name] !== undefined);
  if (twice === undefined) return { ...parts, ...more };
  throw new UserError('DUMP_NAME_TWICE', `${parts[twice]?.place ?? ''} and ${more[twice]?.place ?? ''} are both ${twice}`, 'give it once');
}

function planOf({ cases }: OwnQuestions): Plan {
  return { suite: ownDataSuite, seed: 0, minimum: 1, knownShare: 0, cases, excluded: [], blocks: [] };
}
