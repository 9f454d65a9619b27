import { deviates, type JudgedCase } from '../../diff/findings.ts';
import type { Status, Verdict } from '../../diff/verdict.ts';
import type { Case } from '../../cases/case.ts';
import type { Dialect } from '../../spec/dialect.ts';
import type { FloatType } from '../../tensor/tensor.ts';
import type { Asker } from './ask.ts';
import { judge } from '../../diff/judge.ts';
import { elementsOf, expectationFor } from './question.ts';

/** A drawn case that deviates. */
export interface DrawnCase extends JudgedCase {
  readonly dtype: FloatType;
}

/** What many drawn cases came to. */
export interface Survey {
  readonly statuses: Readonly<Partial<Record<Status, number>>>;
  /** The cases that deviate; the number at the end of the id is that of the run. */
  readonly deviating: readonly DrawnCase[];
}

/** A question of which zero and a constant are right answers proves nothing about a runner; in random data that is no finding. */
const aboutTheQuestion: readonly Status[] = ['mistrusted', 'ungradable'];

/** Asks so many cases and judges them; only what deviates is kept. */
export async function survey(
  asker: Asker, dialect: Dialect, count: number, make: (run: number) => Case, onProgress: (done: number, deviations: number) => void,
): Promise<Survey> {
  const statuses: Partial<Record<Status, number>> = {};
  const deviating: DrawnCase[] = [];
  let done = 0;
  await asker.stream(count, make, (answer, { case: question }) => {
    const verdict = judge(expectationFor(question), answer, dialect);
    statuses[verdict.status] = (statuses[verdict.status] ?? 0) + 1;
    if (deviates(verdict.status) && !aboutTheQuestion.includes(verdict.status)) deviating.push(judgedCase(question, verdict));
    onProgress(++done, deviating.length);
  });
  return { statuses, deviating };
}

function judgedCase(question: Case, verdict: Verdict): DrawnCase {
  const { status, rule, cause, candidates, deviations } = verdict;
  return {
    dtype: question.config.dtype, id: question.id, status, found: status, rule, cause, candidates, elements: elementsOf(question),
    worstRatio: deviations.reduce((worst, { ratio }) => Math.max(worst, ratio), 0),
  };
}
