import type { Question } from './answer.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';
import type { SessionRunner } from './start-process.ts';

/**
 * Several processes of one runner that share the cases of one source between them, otherwise a session.
 *
 * @param size  number of processes, ≥ 1
 * @throws {UserError} as `openSession`
 */
export async function openPool(runner: SessionRunner, options: SessionOptions, size: number): Promise<Session> {
  const names = Array.from({ length: size }, (_, i) => `${options.logName ?? runner.id}${i === 0 ? '' : `-${i + 1}`}`);
  const opened = await Promise.allSettled(names.map((logName) => openSession(runner, { ...options, logName })));
  const sessions = opened.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const close = async () => {
    await Promise.all(sessions.map((session) => session.close()));
  };
  try {
    throwFirst(opened);
  } catch (error) {
    await close();
    throw error;
  }
  const [{ identity, log }] = sessions as [Session];
  const run: Session['run'] = async (cases, onAnswer) => {
    const shared = share(cases);
    throwFirst(await Promise.allSettled(sessions.map((session) => session.run(shared, onAnswer))));
  };
  return { identity, log, run, close };
}

/** One iterator for all: each case goes to whoever asks next, and nobody ends it for the others. */
function share(cases: AsyncIterable<Question>): AsyncIterable<Question> {
  const iterator = cases[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

function throwFirst(settled: readonly PromiseSettledResult<unknown>[]): void {
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
