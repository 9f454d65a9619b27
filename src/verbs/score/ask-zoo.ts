import type { Plan } from '../../cases/plan.ts';
import { compare } from '../../diff/compare.ts';
import { underContract } from '../../diff/contract.ts';
import { groupFindings, type JudgedCase } from '../../diff/findings.ts';
import { type Expectation, judge } from '../../diff/judge.ts';
import { orderDeviations } from '../../diff/memory-order.ts';
import { repetitionDeviations } from '../../diff/repetition.ts';
import { signatureDeviations } from '../../diff/signature.ts';
import type { Deviation } from '../../diff/verdict.ts';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { logsFolder } from '../../environments/home.ts';
import type { Answer, Question } from '../../runners/answer.ts';
import type { RunnerSpec } from '../../runners/registry.ts';
import { openSession } from '../../runners/session.ts';
import { smokeTest } from '../../runners/smoke-test.ts';
import { type Dialect, readDialect } from '../../spec/dialect.ts';
import { observables, type Observable } from '../../cases/case.ts';
import { countElementsOf, type Expectations } from '../run/expectations.ts';
import { runnerNamed } from '../runners-folder.ts';
import { Sample } from './sample.ts';
import { pairsOf, rejects, tolerances } from './tolerances.ts';

/** What all miniatures of one score share. */
export interface ZooRun {
  readonly plan: Plan;
  readonly expectations: Expectations;
  /** Folder of environments and logs. */
  readonly home: string;
  readonly signal: AbortSignal;
}

/** How one miniature fared against a suite. */
export interface Fared {
  readonly name: string;
  readonly planned: number;
  /** Case index → the observables that lie outside what is accepted, in order of the plan. */
  readonly outside: ReadonlyMap<number, readonly string[]>;
  /** Cases outside the stable bound only. */
  readonly inaccurate: ReadonlySet<number>;
  /** Whether some tensor's value lies outside the must bound. */
  readonly showsInNumbers: boolean;
  /** Rule and cause of the first finding, over an evenly spread part of the deviating cases; null without any. */
  readonly first: { readonly rule: string; readonly cause: string } | null;
  /** Causes of all findings over that part. */
  readonly causes: readonly string[];
  /** Index of the deviating case with the fewest elements. */
  readonly smallest: number | null;
  /** Cases that each entry of `tolerances` rejects; for a fault counted until the first. */
  readonly rejectedBy: readonly number[];
}

/** Deviating cases that are explained per miniature: explaining is dear, and a finding's cause needs no more. */
const mostExplained = 48;

/**
 * Asks one miniature the whole plan.
 *
 * @param name  as `--lie` takes it
 * @param honest  counts every rejection of every tolerance
 */
export async function askMiniature(name: string, honest: boolean, shared: ZooRun): Promise<Fared> {
  const spec = await miniatureNamed(name);
  const python = spec.environment === undefined ? undefined : (await ensureEnvironment(spec.environment, { home: shared.home, onProgress: () => undefined, signal: shared.signal, probe: true })).python;
  const session = await openSession(spec, { logFolder: logsFolder(shared.home), logName: `score-${name}`, python, signal: shared.signal });
  try {
    await smokeTest(session);
    const tally = new Tally(readDialect(spec.dialect, session.identity.version), honest, shared);
    await session.run(questions(spec, shared), (answer, { seq }) => { tally.add(seq, answer); });
    return tally.result(name);
  } finally {
    await session.close();
  }
}

/** The miniature that lies so; a pair `a+b` is started like its first. */
async function miniatureNamed(name: string): Promise<RunnerSpec> {
  const [first = name] = name.split('+');
  const spec = await runnerNamed(`miniature-${first}`);
  if (first === name || spec.launch.kind !== 'python') return spec;
  return { ...spec, id: `miniature-${name}`, launch: { ...spec.launch, arguments: ['--lie', name] } };
}

async function* questions(spec: RunnerSpec, { plan, expectations }: ZooRun): AsyncGenerator<Question> {
  for (const [index, { layer }] of plan.cases.entries()) {
    if (spec.layers.includes(layer)) yield { seq: index, case: expectations.at(index).case };
    if (index % 64 === 0) await Promise.resolve(); // others get their turn
  }
}

/** Gathers the answers of one miniature. */
class Tally {
  readonly #dialect: Dialect;
  readonly #offered: ReadonlySet<Observable>;
  readonly #honest: boolean;
  readonly #shared: ZooRun;
  readonly #outside = new Map<number, readonly string[]>();
  readonly #inaccurate = new Set<number>();
  readonly #deviating = new Sample<{ readonly index: number; readonly answer: Answer }>(mostExplained);
  readonly #rejectedBy = tolerances.map(() => 0);
  #smallest: { readonly index: number; readonly elements: number; readonly answer: Answer } | undefined;
  #planned = 0;
  #showsInNumbers = false;

  constructor(dialect: Dialect, honest: boolean, shared: ZooRun) {
    this.#dialect = dialect;
    this.#offered = new Set(observables.filter((observable) => dialect.observables[observable].offered));
    this.#honest = honest;
    this.#shared = shared;
  }

  add(index: number, answer: Answer): void {
    if (answer.kind === 'unsupported') return;
    this.#planned += 1;
    const expectation = this.#shared.expectations.at(index);
    if (answer.kind !== 'observed') {
      this.#note(index, expectation, answer, [answer.kind]);
      return;
    }
    const compared = compare(underContract(expectation.accepted, expectation.case, this.#dialect.errors), answer.observation, this.#offered);
    const beside = [signatureDeviations, orderDeviations].flatMap((deviationsOf) => deviationsOf(expectation.case, answer.observation, this.#dialect));
    const deviations = [...beside, ...compared.deviations, ...repetitionDeviations(answer.observation)];
    const hard = deviations.filter(({ level }) => level === 'must');
    if (hard.some(isNumber)) this.#showsInNumbers = true;
    this.#compareOtherwise(expectation, answer);
    if (hard.length === 0 && deviations.length > 0) this.#inaccurate.add(index);
    if (deviations.length > 0) this.#note(index, expectation, answer, observablesOf(hard.length > 0 ? hard : deviations));
  }

  #compareOtherwise(expectation: Expectation, answer: Extract<Answer, { kind: 'observed' }>): void {
    if (!this.#honest && this.#rejectedBy.every((count) => count > 0)) return;
    const pairs = pairsOf(expectation.accepted, answer.observation);
    for (const [i, tolerance] of tolerances.entries()) {
      if (this.#honest || this.#rejectedBy[i] === 0) this.#rejectedBy[i] = (this.#rejectedBy[i] ?? 0) + (rejects(tolerance, pairs) ? 1 : 0);
    }
  }

  #note(index: number, expectation: Expectation, answer: Answer, outside: readonly string[]): void {
    const elements = countElementsOf(expectation);
    this.#outside.set(index, outside);
    this.#deviating.add({ index, answer });
    if (this.#smallest === undefined || elements < this.#smallest.elements) this.#smallest = { index, elements, answer };
  }

  result(name: string): Fared {
    const judged = this.#judgedSample();
    const findings = groupFindings(judged);
    const [first] = findings;
    return {
      name, planned: this.#planned, showsInNumbers: this.#showsInNumbers, inaccurate: this.#inaccurate, rejectedBy: this.#rejectedBy,
      outside: new Map([...this.#outside].sort(([a], [b]) => a - b)),
      first: first === undefined ? null : { rule: first.rule, cause: first.cause },
      causes: [...new Set(findings.map(({ cause }) => cause))],
      smallest: this.#smallest?.index ?? null,
    };
  }

  #judgedSample(): readonly JudgedCase[] {
    const sampled = new Map(this.#deviating.items.map(({ index, answer }) => [index, answer]));
    if (this.#smallest !== undefined) sampled.set(this.#smallest.index, this.#smallest.answer);
    return [...sampled].sort(([a], [b]) => a - b).map(([index, answer]) => this.#judgedCase(index, answer));
  }

  #judgedCase(index: number, answer: Answer): JudgedCase {
    const expectation = this.#shared.expectations.at(index);
    const { status, rule, cause, candidates, deviations } = judge(expectation, answer, this.#dialect);
    const worstRatio = deviations.reduce((worst, { ratio }) => Math.max(worst, ratio), 0);
    return { id: expectation.planned.id, status, found: status, rule, cause, candidates, elements: countElementsOf(expectation), worstRatio };
  }
}

function isNumber({ kind, observable }: Deviation): boolean {
  return kind === 'value' && observable !== 'step_count';
}

function observablesOf(deviations: readonly Deviation[]): readonly string[] {
  return [...new Set(deviations.map(({ observable, kind }) => (kind === 'value' ? observable : `${observable}:${kind}`)))].sort();
}
