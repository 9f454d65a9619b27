import { openSession, type Session, type SessionOptions } from '../../runners/session.ts';
import { smokeTest } from '../../runners/smoke-test.ts';
import type { SessionRunner, StartedProcess } from '../../runners/start-process.ts';

/**
 * A session whose runner has passed the smoke exchange.
 *
 * @param started  its first process, where that is on its way already
 */
export async function openSound(runner: SessionRunner, options: SessionOptions, started?: StartedProcess): Promise<Session> {
  const session = await openSession(runner, options, started);
  try {
    await smokeTest(session);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}
