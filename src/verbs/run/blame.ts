import { setImmediate } from 'node:timers/promises';
import type { Case } from '../../cases/case.ts';
import type { CaseLine, Evidence, EvidenceLine } from '../../reports/run.ts';
import { interpreterOf, type SharedRun } from './ask-runner.ts';
import type { AskedRunner } from './asked-runner.ts';
import { evidenceOfRepeat, evidenceOfRoute } from './blame-answer.ts';
import { type Doubt, hear, type Testimony } from './blame-hear.ts';
import { askOracle } from './blame-oracle.ts';
import { secondRoutes } from './blame-questions.ts';
import { createSuspects, type Suspect } from './blame-suspects.ts';
import { inTurns, type Turns } from './blame-turns.ts';

/**
 * Looks into the first findings of every runner, so that it is clear who is to blame: asks the smallest case of each again in a
 * new process and on second routes through the framework, in another process with another number of threads, and holds the
 * reference against the exact oracle. A runner that breaks here costs its evidence, not the run.
 */
export interface Blame {
  /** Told of each case as its line is written. A runner is looked into once its last line is there, while others are still asked. */
  readonly add: (line: CaseLine) => void;
  /** What came of the runners that were asked all their cases, in the order of the runners; nothing after an interruption. */
  readonly evidence: () => Promise<readonly EvidenceLine[]>;
}

type BlamedRun = Pick<SharedRun, 'plan' | 'options' | 'listener' | 'expectations' | 'signal'>;

export function openBlame(runners: readonly AskedRunner[], run: BlamedRun): Blame {
  const suspects = createSuspects((index) => run.plan.cases[index]?.id ?? '');
  const missing = new Map(runners.map(({ key, indices }) => [key, indices.length]));
  const inquiries = new Map<string, Inquiry>();
  let over = false;
  const turns = inTurns(() => (over ? run.options.jobs : spareJobs(run.options.jobs, [...missing.values()])));
  const oracle = rememberOracle();
  const inquiryOf = (runner: AskedRunner): Inquiry => {
    const begun = inquiries.get(runner.key) ?? beginInquiry(runner, run, turns, oracle);
    inquiries.set(runner.key, begun);
    return begun;
  };
  return {
    add: (line) => {
      suspects.add(line);
      const runner = runners.find(({ key }) => key === line.runner);
      const left = (missing.get(line.runner) ?? 0) - 1;
      missing.set(line.runner, left);
      if (runner === undefined) return;
      if (left === Math.floor(runner.indices.length * shareAhead) && left > 0) {
        const known = suspects.of(runner.key);
        if (known.length > 0) inquiryOf(runner).prepare(known);
      }
      if (left > 0) return;
      const found = suspects.of(runner.key);
      if (found.length > 0) inquiryOf(runner).pursue(found);
      turns.wake();
    },
    evidence: async () => {
      over = true;
      turns.wake();
      for (const inquiry of inquiries.values()) inquiry.drop();
      const results = await Promise.all(runners.flatMap(({ key }) => inquiries.get(key)?.evidence ?? []));
      return run.signal.aborted ? [] : results.flatMap(linesOf);
    },
  };
}

function linesOf(result: Awaited<Inquiry['evidence']>): readonly EvidenceLine[] {
  if ('error' in result) throw result.error;
  return result;
}

/** A process takes seconds to start: the first one does so while the last part of the cases is asked, if something deviates by then. */
const shareAhead = 0.1;

/** With more jobs than runners the schedule itself gives every job to a runner with cases left. */
function spareJobs(jobs: number, missing: readonly number[]): number {
  return jobs > missing.length ? 0 : jobs - missing.filter((left) => left > 0).length;
}

type Oracle = (doubt: Doubt) => Evidence;

/** The exact value of a large case takes seconds, and several runners may deviate on one case in the same places. */
function rememberOracle(): Oracle {
  const known = new Map<string, Evidence>();
  return ({ suspect, expectation }) => {
    const key = JSON.stringify([suspect.index, suspect.deviations.map(({ kind, rank, step, observable, element }) => [kind, rank, step, observable, element])]);
    const evidence = known.get(key) ?? askOracle(expectation, suspect.deviations);
    known.set(key, evidence);
    return evidence;
  };
}

/** The inquiry into one runner. */
interface Inquiry {
  /** Starts what can be started before all suspects are known. */
  readonly prepare: (suspects: readonly Suspect[]) => void;
  readonly pursue: (suspects: readonly Suspect[]) => void;
  /** Ends an inquiry that was prepared and never pursued. */
  readonly drop: () => void;
  readonly evidence: Promise<readonly EvidenceLine[] | { readonly error: unknown }>;
}

function beginInquiry(runner: AskedRunner, run: BlamedRun, turns: Turns, oracle: Oracle): Inquiry {
  let settle: (suspects: readonly Suspect[]) => void = () => undefined;
  const suspects = new Promise<readonly Suspect[]>((resolve) => { settle = resolve; });
  const pursued = suspects.then((all) => all.map((suspect) => doubtOf(suspect, run)));
  const evidence = lookInto(runner, pursued, run, turns, oracle).catch((error: unknown) => ({ error }));
  return {
    prepare: (known) => {
      void askAhead(known, run, oracle).catch(() => undefined); // what fails here fails again when it is asked for
    },
    pursue: (found) => {
      run.listener.stage(runner.key, 'asking again what deviates, in new processes');
      settle(found);
    },
    drop: () => { settle([]); },
    evidence,
  };
}

/** The oracle remembers; one suspect at a time, since answers wait meanwhile. */
async function askAhead(suspects: readonly Suspect[], run: BlamedRun, oracle: Oracle): Promise<void> {
  for (const suspect of suspects.filter(hasDeviations)) {
    await setImmediate();
    oracle(doubtOf(suspect, run));
  }
}

async function lookInto(runner: AskedRunner, pursued: Promise<readonly Doubt[]>, run: BlamedRun, turns: Turns, oracle: Oracle): Promise<readonly EvidenceLine[]> {
  const { threads } = run.options;
  const otherThreads = threads === 2 ? 1 : 2;
  const deviating = pursued.then((doubts) => doubts.filter(({ suspect }) => hasDeviations(suspect)));
  const python = interpreterOf(runner, { ...run, listener: { ...run.listener, stage: () => undefined } });
  await python.catch(() => undefined); // `hear` deals with it
  const [again, other, exact] = await Promise.all([
    turns.take(() => hear(runner, pursued, run, { python, threads, name: 'again' })),
    turns.take(() => hear(runner, deviating.then((doubts) => doubts.map((doubt) => ({ ...doubt, routes: [] }))), run, { python, threads: otherThreads, name: 'threads' })),
    deviating.then(async (doubts) => {
      await setImmediate(); // while the processes start
      return new Map(doubts.map((doubt) => [doubt, [oracle(doubt)]]));
    }),
  ]);
  return (await pursued).map((doubt) => {
    const threaded = hasDeviations(doubt.suspect) ? [{ ...rerouted('threads', doubt, doubt.expectation.case, other), threads: otherThreads }] : [];
    const rerouting = doubt.routes.map(({ check, case: question }) => rerouted(check, doubt, question, again));
    return { type: 'evidence', index: doubt.suspect.index, runner: runner.key, checks: [repeated(doubt, again), ...exact.get(doubt) ?? [], ...rerouting, ...threaded] };
  });
}

function doubtOf(suspect: Suspect, { expectations }: BlamedRun): Doubt {
  const expectation = expectations.at(suspect.index);
  return { suspect, expectation, routes: hasDeviations(suspect) ? secondRoutes(expectation.case) : [] };
}

/** A case that broke its process, or whose check is vacuous, is only asked again. */
function hasDeviations({ deviations }: Suspect): boolean {
  return deviations.length > 0;
}

const notStarted = { outcome: 'no-answer', detail: 'the runner did not start again' } as const;

function repeated({ suspect, expectation }: Doubt, { answers, dialect }: Testimony): Evidence {
  if (dialect === null) return { check: 'fresh-process', ...notStarted };
  return evidenceOfRepeat({ suspect, expectation, answer: answers.get(expectation.case), dialect });
}

function rerouted(check: Evidence['check'], { suspect, expectation }: Doubt, question: Case, { answers, dialect }: Testimony): Evidence {
  if (dialect === null) return { check, ...notStarted };
  const { planned, accepted } = expectation;
  return evidenceOfRoute(check, { suspect, expectation: { planned, case: question, accepted }, answer: answers.get(question), dialect });
}
