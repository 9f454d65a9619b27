import { totalmem } from 'node:os';
import { UserError } from '../spec/user-error.ts';
import type { Answer, Question } from './answer.ts';
import { askAlone } from './ask-alone.ts';
import { type Break, Conversation, type Held } from './conversation.ts';
import { Feeder } from './feeder.ts';
import type { StartedMessage } from './messages.ts';
import { pump } from './pump.ts';
import { openLog, type ProcessOptions, type SessionRunner, spawnFor, type StartedProcess } from './start-process.ts';
import type { StderrLog } from './stderr-log.ts';

export interface SessionOptions extends ProcessOptions {
  /** Threads that the framework may use inside one operation; 1 by default. */
  readonly threads?: number | undefined;
  /** `cpu` by default. */
  readonly device?: string | undefined;
  /** Longest time for one case; 60 s by default. */
  readonly timeLimitMs?: number | undefined;
  /** Longest time to import the framework; 120 s by default. */
  readonly startLimitMs?: number | undefined;
  /** Most resident memory of the runner, bytes; three quarters of the machine by default. */
  readonly memoryLimitBytes?: number | undefined;
  /** Answers after which the process is replaced; 20,000 by default. */
  readonly recycleAfterCases?: number | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type OnAnswer = (answer: Answer, question: Question) => void;

/** A runner that can be asked. The process behind it is replaced when it breaks and before it grows. */
export interface Session {
  readonly identity: StartedMessage;
  /** File with the runner's stderr. */
  readonly log: string;
  /**
   * Asks every case of the source, several frames ahead, and calls `onAnswer` exactly once for each. When the process breaks, the
   * cases that were in it are asked again one by one; only the one that breaks a new process is blamed.
   *
   * @throws {UserError} RUNNER_BROKEN when the runner no longer starts, or keeps breaking and no case is to blame
   * @throws the reason of the abort signal; what the source or `onAnswer` throws
   */
  run(cases: AsyncIterable<Question>, onAnswer: OnAnswer): Promise<void>;
  /** Ends the process and everything that it started. */
  close(): Promise<void>;
}

const batchLimits = { cases: 16, payloadBytes: 4 * 2 ** 20 };
/** A runner that works on one has the next ones at hand; each more, and each case more in a batch, stays longer in memory, and what outlives the collector's young generation is dear. */
const framesInFlight = 3;
const startAttempts = 3;
/** So many breaks without a culprit, within so many answers, mean that the runner is broken. */
const strayLimit = { breaks: 5, answers: 1000 };

/**
 * Starts a runner and waits until it has said who it is.
 *
 * @param started  its first process, where that is on its way already
 * @throws {UserError} RUNNER_BROKEN when it does not start, with the end of its stderr
 */
export async function openSession(runner: SessionRunner, options: SessionOptions, started?: StartedProcess): Promise<Session> {
  const session = new LiveSession(runner, options, started);
  await session.open();
  return session;
}

class LiveSession implements Session {
  readonly #runner: SessionRunner;
  readonly #options: SessionOptions;
  readonly #log: StderrLog;
  readonly #onAbort = () => void this.#conversation?.kill();
  #started: StartedProcess | undefined;
  #conversation: Conversation | undefined;
  #identity: StartedMessage | undefined;
  #closed = false;
  #answered = 0;
  /** Values of `#answered` at breaks without a culprit. */
  #strays: number[] = [];

  constructor(runner: SessionRunner, options: SessionOptions, started: StartedProcess | undefined) {
    this.#runner = runner;
    this.#options = options;
    this.#started = started;
    this.#log = started?.log ?? openLog(runner, options);
    options.signal?.addEventListener('abort', this.#onAbort);
  }

  get identity(): StartedMessage {
    if (this.#identity === undefined) throw new Error('a session has an identity once it is open');
    return this.#identity;
  }

  get log(): string {
    return this.#log.path;
  }

  /** The first start: a runner that cannot start now will not start later. */
  async open(): Promise<void> {
    try {
      const broken = await this.#start();
      if (broken) throw this.#brokenError(`${broken.message} before it said who it is`, broken.stderrTail);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async run(cases: AsyncIterable<Question>, onAnswer: OnAnswer): Promise<void> {
    const feeder = new Feeder(cases, batchLimits);
    const deliver = (question: Question, answer: Answer) => {
      this.#answered += 1;
      onAnswer(answer, question);
    };
    try {
      while (!(await this.#pumpOnce(feeder, deliver)));
    } catch (error) {
      await this.#conversation?.kill(); // answers to this run must not reach the next
      throw error;
    } finally {
      feeder.stop();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    await this.#conversation?.close();
    this.#log.close();
  }

  /** @returns how the process broke, if it did not start */
  async #start(): Promise<Break | undefined> {
    const { signal } = this.#options;
    if (this.#started === undefined) signal?.throwIfAborted();
    const conversation = this.#converse();
    this.#conversation = conversation;
    if (signal?.aborted === true) await conversation.kill(); // it was started before
    signal?.throwIfAborted();
    const identity = await conversation.start();
    signal?.throwIfAborted();
    if (identity !== undefined) this.#meet(identity);
    return conversation.broken;
  }

  #converse(): Conversation {
    const { threads, device, timeLimitMs, startLimitMs, memoryLimitBytes } = this.#options;
    const process = this.#started?.process ?? spawnFor(this.#runner, this.#options, this.#log);
    this.#started = undefined;
    return new Conversation({
      process,
      log: this.#log,
      threads: threads ?? 1,
      device: device ?? 'cpu',
      timeLimitMs: timeLimitMs ?? 60_000,
      startLimitMs: startLimitMs ?? 120_000,
      memoryLimitBytes: memoryLimitBytes ?? totalmem() * 0.75,
    });
  }

  #meet(identity: StartedMessage): void {
    const { protocolVersion, schemaVersion, layers } = identity;
    if (protocolVersion !== 1 || schemaVersion !== 1) throw this.#brokenError(`speaks protocol ${protocolVersion} with schemas ${schemaVersion}, not 1 with 1`);
    if (layers.length === 0) throw this.#brokenError('speaks no layer');
    this.#identity = identity;
  }

  /** The process at hand, or a new one. */
  async #alive(): Promise<Conversation> {
    if (this.#conversation && !this.#conversation.broken) return this.#conversation;
    const broken = await this.#restart();
    if (broken) throw this.#brokenError(`${broken.message}, ${startAttempts} times in a row, when it was started again`, broken.stderrTail);
    return this.#alive();
  }

  async #restart(): Promise<Break | undefined> {
    let broken: Break | undefined;
    for (let attempt = 0; attempt < startAttempts; attempt++) {
      broken = await this.#start();
      if (broken === undefined) break;
    }
    return broken;
  }

  /** @returns whether every case is answered */
  async #pumpOnce(feeder: Feeder, deliver: Deliver): Promise<boolean> {
    const conversation = await this.#alive();
    const recycleAfterCases = this.#options.recycleAfterCases ?? 20_000;
    const end = await pump(conversation, feeder, { framesInFlight, recycleAfterCases }, deliver);
    this.#options.signal?.throwIfAborted();
    if (end.kind === 'broken') await this.#recover(end.broken, deliver);
    if (end.kind === 'recycle') await this.#recycle(conversation);
    return end.kind === 'drained';
  }

  async #recycle(conversation: Conversation): Promise<void> {
    this.#conversation = undefined;
    await conversation.close();
  }

  /** Asks the cases that were in a broken process one by one. */
  async #recover(broken: Break, deliver: Deliver): Promise<void> {
    const { innocent, suspects } = sortOut(broken);
    this.#options.onProgress?.(`${this.#runner.id} ${broken.message}; asking ${suspects.length} cases again, one by one`);
    if (innocent) deliver(innocent.question, innocent.answer);
    let culprits = 0;
    for (const question of suspects) {
      const answer = await this.#askAlone(question);
      if (isBroken(answer)) culprits += 1;
      deliver(question, answer);
    }
    if (culprits === 0) this.#countStray(broken);
  }

  /** The answer to one case, or its break of a process in which nothing else had been asked. */
  async #askAlone(question: Question): Promise<Answer> {
    let stray: Break | undefined;
    for (;;) {
      const conversation = await this.#alive();
      const fresh = conversation.asked === 0;
      const outcome = await askAlone(conversation, question);
      this.#options.signal?.throwIfAborted();
      if (!('unanswered' in outcome)) {
        if (stray !== undefined) this.#countStray(stray);
        return outcome;
      }
      stray = outcome;
      const { kind, message, stderrTail } = outcome;
      if (fresh) return { kind, seq: question.seq, message: `the runner ${message}`, stderrTail };
    }
  }

  #countStray({ message, stderrTail }: Break): void {
    this.#strays = [...this.#strays, this.#answered].filter((answered) => answered > this.#answered - strayLimit.answers);
    if (this.#strays.length < strayLimit.breaks) return;
    throw this.#brokenError(`broke ${strayLimit.breaks} times within ${strayLimit.answers} cases, and no case alone is to blame; at last it ${message}`, stderrTail);
  }

  #brokenError(what: string, stderrTail = ''): UserError {
    const tail = stderrTail === '' ? '' : `\nits stderr ends:\n${stderrTail.replaceAll(/^/gm, '  ')}`;
    return new UserError('RUNNER_BROKEN', `${this.#runner.id} ${what}${tail}`, `the whole stderr of the runner is in ${this.#log.path}`);
  }
}

type Deliver = (question: Question, answer: Answer) => void;

/** Whom to ask again. A case may kill its process just after its answer, so that answer counts only if the runner hung on another. */
function sortOut({ kind, held, unanswered }: Break): { readonly innocent: Held | undefined; readonly suspects: readonly Question[] } {
  if (held === undefined) return { innocent: undefined, suspects: unanswered };
  if (kind === 'timed-out' && unanswered.length > 0) return { innocent: held, suspects: unanswered };
  return { innocent: undefined, suspects: [held.question, ...unanswered] };
}

function isBroken({ kind }: Answer): boolean {
  return kind === 'crashed' || kind === 'timed-out' || kind === 'garbled';
}
