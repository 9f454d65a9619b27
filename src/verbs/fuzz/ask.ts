import type { Case } from '../../cases/case.ts';
import type { Answer, Question } from '../../runners/answer.ts';
import type { Session } from '../../runners/session.ts';

/** A session that numbers its questions, so that one key is never used twice. */
export class Asker {
  readonly session: Session;
  #asked = 0;

  constructor(session: Session) {
    this.session = session;
  }

  /** Answers in the order of the cases, which all go to the runner in one stream. */
  async ask(cases: readonly Case[]): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    const first = this.#asked;
    await this.stream(cases.length, (index) => cases[index]!, (answer, { seq }) => { answers[seq - first] = answer; });
    return answers;
  }

  /** As `ask`, for many: the cases are made as the runner takes them, and nothing is kept. */
  async stream(count: number, make: (index: number) => Case, onAnswer: (answer: Answer, question: Question, index: number) => void): Promise<void> {
    const first = this.#asked;
    this.#asked += count;
    await this.session.run(questions(first, count, make), (answer, question) => onAnswer(answer, question, question.seq - first));
  }
}

async function* questions(first: number, count: number, make: (index: number) => Case): AsyncGenerator<Question> {
  for (let index = 0; index < count; index++) {
    await Promise.resolve(); // an async source, though nothing waits
    yield { seq: first + index, case: make(index) };
  }
}
