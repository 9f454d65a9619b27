import type { Plan } from '../../cases/plan.ts';
import { loadPlan } from '../load-plan.ts';
import { createExpectations } from '../run/expectations.ts';
import { askMiniature, type Fared, type ZooRun } from './ask-zoo.ts';
import { axisWorth, type AxisWorth } from './axis-worth.ts';
import { drawPairs, wrongOf } from './pairs.ts';
import { type Fault, type Miniature, readZoo } from './zoo.ts';

export interface ScoreOptions {
  readonly suite: string;
  readonly home: string;
  /** Miniatures at one time. */
  readonly jobs: number;
  /** Pairs of faults to ask the smoke suite. */
  readonly pairs: number;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A fault and how it fared. */
export interface ScoredFault {
  readonly fault: Fault;
  readonly fared: Fared;
  /** Cases that judge it outside the rules; for a fault of accuracy also those outside the stable bound. */
  readonly killers: readonly number[];
  readonly killedBySmoke: boolean;
  /** Id of the killing case with the fewest elements. */
  readonly smallest: string | null;
  /** Killing cases × deviating observables, as text. */
  readonly signature: string;
  /** Causes that its findings name and that are not its own. */
  readonly wrongCauses: readonly string[];
}

export interface ScoredPair {
  readonly pair: readonly [Fault, Fault];
  readonly causes: readonly string[];
  /** Causes that are neither's. */
  readonly wrong: readonly string[];
}

export interface Score {
  readonly suite: string;
  readonly cases: number;
  readonly faults: readonly ScoredFault[];
  readonly honest: readonly { readonly miniature: Miniature; readonly fared: Fared; readonly falseAlarms: readonly string[] }[];
  readonly pairs: readonly ScoredPair[];
  readonly axes: readonly AxisWorth[];
}

const smoke = 'smoke';
/** Not causes: what a report says when it names none. */
const undecided: readonly string[] = ['unexplained', 'ambiguous'];

/** Asks a suite about every fault of the zoo and every honest implementation. */
export async function scoreSuite(options: ScoreOptions): Promise<Score> {
  const suite = loadPlan(options.suite);
  const smokePlan = loadPlan(smoke, suite.seed);
  const plan = unionOf(suite, smokePlan);
  const { faults, honest } = readZoo();
  const shared: ZooRun = { plan, expectations: createExpectations(plan.cases, plan.seed, { cases: plan.cases.length, elements: Infinity, afterwards: true }), home: options.home, signal: options.signal };
  const asked = [...honest, ...faults];
  const fared = await inParallel(asked, options.jobs, async (miniature, done) => {
    options.onProgress(`${String(done)} of ${String(asked.length)} miniatures: ${miniature.name}`);
    return askMiniature(miniature.name, miniature.kind === 'honest', shared);
  });
  const smokeIds = new Set(smokePlan.cases.map(({ id }) => id));
  const scored = faults.map((fault, i) => scoreFault(fault, fared[honest.length + i]!, plan, suite.cases.length, smokeIds));
  return {
    suite: suite.suite,
    cases: suite.cases.length,
    faults: scored,
    honest: honest.map((miniature, i) => ({ miniature, fared: fared[i]!, falseAlarms: alarmsOf(fared[i]!, plan) })),
    pairs: await scorePairs(faults, smokePlan, options),
    axes: axisWorth(suite, scored),
  };
}

/** The suite first, then what smoke asks besides. */
function unionOf(suite: Plan, other: Plan): Plan {
  const ids = new Set(suite.cases.map(({ id }) => id));
  return { ...suite, cases: [...suite.cases, ...other.cases.filter(({ id }) => !ids.has(id))] };
}

function scoreFault(fault: Fault, fared: Fared, { cases }: Plan, suiteCases: number, smokeIds: ReadonlySet<string>): ScoredFault {
  const killing = [...fared.outside.keys()].filter((index) => !fared.inaccurate.has(index) || ofAccuracy(fault));
  const killers = killing.filter((index) => index < suiteCases);
  const idOf = (index: number): string => cases[index]?.id ?? '';
  return {
    fault, fared, killers,
    killedBySmoke: killing.some((index) => smokeIds.has(idOf(index))),
    smallest: fared.smallest === null ? null : idOf(fared.smallest),
    signature: killers.map((index) => `${String(index)}:${(fared.outside.get(index) ?? []).join('+')}`).join(' '),
    wrongCauses: fared.causes.filter((cause) => !causesOf(fault).includes(cause) && !undecided.includes(cause)),
  };
}

function causesOf({ cause, also = [] }: Fault): readonly string[] {
  return [cause, ...also];
}

/** A fault of accuracy shows where only the `should` bound is left, or the last bits. */
function ofAccuracy({ breaks }: Fault): boolean {
  return breaks === 'BN-NUM-02' || breaks === 'BN-NUM-04'; // BN-NUM-02, BN-NUM-04
}

/** Cases on which an honest implementation is accused: anything but `conforms` and `inaccurate`. */
function alarmsOf({ outside, inaccurate }: Fared, { cases }: Plan): readonly string[] {
  return [...outside.keys()].filter((index) => !inaccurate.has(index)).flatMap((index) => cases[index]?.id ?? []);
}

async function scorePairs(faults: readonly Fault[], plan: Plan, options: ScoreOptions): Promise<readonly ScoredPair[]> {
  const shared: ZooRun = { plan, expectations: createExpectations(plan.cases, plan.seed, { cases: plan.cases.length, elements: Infinity, afterwards: true }), home: options.home, signal: options.signal };
  const pairs = drawPairs(faults, options.pairs, plan.seed);
  return inParallel(pairs, options.jobs, async (pair, done) => {
    options.onProgress(`${String(done)} of ${String(pairs.length)} pairs`);
    const { causes } = await askMiniature(pair.map(({ name }) => name).join('+'), false, shared);
    return { pair, causes, wrong: wrongOf(causes, [...pair.flatMap(causesOf), ...undecided]) };
  });
}

/** Results in the order of the items, `jobs` at one time. */
async function inParallel<Item, Result>(items: readonly Item[], jobs: number, work: (item: Item, done: number) => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      results[at] = await work(items[at]!, done);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return results;
}
