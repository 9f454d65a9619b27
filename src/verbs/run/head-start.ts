import { findEnvironment } from '../../environments/find-environment.ts';
import { useInterpreter } from '../../environments/use-interpreter.ts';
import { resolveOwnRunner } from '../../runners/registry.ts';
import type { Session, SessionOptions } from '../../runners/session.ts';
import { type SessionRunner, startProcess } from '../../runners/start-process.ts';
import { expectMessages } from '../../runners/validate-message.ts';
import { runnerKey, runnersAsked, runnersFolder } from '../runners-folder.ts';
import type { RunOptions } from './options.ts';
import { sessionOptionsOf, type SoundOptions } from './session-options.ts';

/**
 * Runner processes that were started before the rest of the harness was read: that takes a third as long as to load a framework, and goes
 * on meanwhile. Nothing is decided here. What cannot be started, or should not, is told by the run when it comes to it.
 */
export interface HeadStart {
  /**
   * The session of a runner, which has passed the smoke exchange; it is given once, and from then on heeds the signal.
   *
   * @returns undefined where none was started, or with another interpreter
   * @throws {UserError} as `openSession` and `smokeTest`
   */
  readonly take: (key: string, python: string | undefined, signal: AbortSignal) => Promise<Session | undefined>;
  /** Ends what nobody has taken. */
  readonly close: () => Promise<void>;
}

/** A process on its way. */
interface Begun {
  readonly key: string;
  readonly python: string;
  readonly session: Promise<Session>;
  /** Ends it with a reason. */
  readonly end: (reason: unknown) => void;
}

/** Starts the runners that a run is going to ask first, as far as their Pythons are there. Resolves when they are on their way. */
export async function startAhead(asked: SoundOptions): Promise<HeadStart> {
  const begun = await Promise.all(wordsOf(asked.options).map((word) => begin(word, asked).catch(() => undefined)));
  const waiting = new Set(begun.filter((one) => one !== undefined));
  if (waiting.size > 0) expectMessages();
  const end = async (one: Begun): Promise<void> => {
    waiting.delete(one);
    one.end(new Error('the run does without it'));
    await one.session.then((session) => session.close(), () => undefined);
  };
  return {
    take: async (key, python, signal) => {
      const own = [...waiting].find((one) => one.key === key);
      if (own === undefined) return undefined;
      if (own.python !== python) {
        await end(own);
        return undefined;
      }
      waiting.delete(own);
      follow(signal, own.end);
      return own.session;
    },
    close: async () => { await Promise.all([...waiting].map(end)); },
  };
}

/** Those that come first; none where an earlier run says who is asked. */
function wordsOf({ runners, rerun, resume, jobs }: RunOptions): readonly string[] {
  if (resume === true || (rerun !== undefined && runners.length === 0)) return [];
  return runnersAsked(runners).slice(0, jobs);
}

async function begin(word: string, asked: SoundOptions): Promise<Begun | undefined> {
  const { options, signal } = asked;
  const runner = await resolveOwnRunner(word, runnersFolder);
  const named = options.python[runner.id];
  const python = named === undefined ? runner.environment && await findEnvironment(runner.environment, options.home) : (await useInterpreter(named)).path;
  if (python === undefined) return undefined;
  const key = named === undefined ? runnerKey(runner) : `${runner.id}@user`;
  const own = new AbortController();
  const end = (reason: unknown): void => { own.abort(reason); };
  follow(signal, end);
  const session = openAround(runner, sessionOptionsOf(key, 1, python, { ...asked, signal: own.signal }));
  session.catch(() => undefined); // told to whoever takes it
  return { key, python, session, end };
}

/** The process comes first: what a session needs is read while it loads its framework. */
async function openAround(runner: SessionRunner, options: SessionOptions): Promise<Session> {
  const started = startProcess(runner, options);
  const { openSound } = await import('./open-sound.ts');
  return openSound(runner, options, started);
}

function follow(signal: AbortSignal, end: Begun['end']): void {
  if (signal.aborted) end(signal.reason);
  else signal.addEventListener('abort', () => { end(signal.reason); }, { once: true });
}
