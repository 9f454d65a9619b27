import { Readable } from 'node:stream';
import type { Case } from '../../cases/case.ts';
import type { Expectation } from '../../diff/judge.ts';
import { logsFolder } from '../../environments/home.ts';
import type { Answer } from '../../runners/answer.ts';
import { openSession, type Session } from '../../runners/session.ts';
import { type Dialect, readDialect } from '../../spec/dialect.ts';
import { UserError } from '../../spec/user-error.ts';
import type { SharedRun } from './ask-runner.ts';
import type { AskedRunner } from './asked-runner.ts';
import type { SecondRoute } from './blame-questions.ts';
import type { Suspect } from './blame-suspects.ts';

/** The smallest case of a finding takes far less; a framework that hangs on a second route must not cost more. */
const longestAnswerMs = 10_000;

/** What is asked of one suspect in one process. */
export interface Doubt {
  readonly suspect: Suspect;
  readonly expectation: Expectation;
  readonly routes: readonly SecondRoute[];
}

/** Which process answers. */
export interface Witness {
  readonly python: Promise<string | undefined>;
  readonly threads: number;
  /** Names its log. */
  readonly name: string;
}

/** What one process answered. */
export interface Testimony {
  readonly answers: ReadonlyMap<Case, Answer>;
  /** Null where the runner did not start again. */
  readonly dialect: Dialect | null;
}

/**
 * Starts one new process, and asks it all of the doubts once they are there. A runner that breaks beyond repair costs the answers
 * that are missing.
 *
 * @throws the reason of the abort signal
 */
export async function hear(runner: AskedRunner, doubts: Promise<readonly Doubt[]>, { options, signal }: Pick<SharedRun, 'options' | 'signal'>, { python, threads, name }: Witness): Promise<Testimony> {
  const answers = new Map<Case, Answer>();
  let dialect: Dialect | null = null;
  const known = await Promise.race([doubts, Promise.resolve(null)]);
  if (known?.length === 0) return { answers, dialect };
  try {
    const session = await openSession(runner.spec, {
      logFolder: logsFolder(options.home), logName: `${runner.key}-${name}`, python: await python, threads, device: options.device,
      timeLimitMs: Math.min(options.timeLimitMs, longestAnswerMs), signal,
    });
    try {
      dialect = readDialect(runner.spec.dialect, session.identity.version);
      for (const part of inOrder(await doubts)) await ask(session, part, answers);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return { answers, dialect };
}

async function ask(session: Session, part: readonly Case[], answers: Map<Case, Answer>): Promise<void> {
  const asked = answers.size;
  const questions = part.map((question, index) => ({ seq: asked + index, case: question }));
  await session.run(Readable.from(questions), (answer, question) => { answers.set(question.case, answer); });
}

/** First every case as it was, so that no second route comes before; what broke the runner last and one by one, since it needs a new process each time. */
function inOrder(doubts: readonly Doubt[]): readonly (readonly Case[])[] {
  const whole = doubts.filter(({ suspect }) => !brokeIt(suspect));
  const broken = doubts.filter(({ suspect }) => brokeIt(suspect));
  const parts = [whole.map(({ expectation }) => expectation.case), whole.flatMap(({ routes }) => routes.map((route) => route.case)), ...broken.map(({ expectation }) => [expectation.case])];
  return parts.filter((part) => part.length > 0);
}

function brokeIt({ found }: Suspect): boolean {
  return found === 'crashed' || found === 'garbled';
}
