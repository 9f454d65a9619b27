import { payloadBytes } from './encode-messages.ts';
import type { Question } from './answer.ts';

/** Sizes of a batch; a single larger case still goes, alone. */
export interface BatchLimits {
  readonly cases: number;
  readonly payloadBytes: number;
}

/**
 * Pulls cases ahead of the runner, a batch at most, and cuts them into batches.
 *
 * A source that pauses, perhaps until it gets an answer, must not starve the runner: what there is may be taken as a smaller batch
 * as soon as the source has gone a turn of the event loop without filling a whole one.
 */
export class Feeder {
  readonly #limits: BatchLimits;
  readonly #queue: { readonly question: Question; readonly bytes: number }[] = [];
  #bytes = 0;
  #settled = false;
  #state: 'open' | 'ended' | 'stopped' = 'open';
  #listener = () => {};
  #makeRoom = () => {};

  /** The error that the source threw. */
  failure: { readonly error: unknown } | undefined;

  constructor(cases: AsyncIterable<Question>, limits: BatchLimits) {
    this.#limits = limits;
    void this.#pullAll(cases);
  }

  /** Who hears of new cases, of the end and of a failure. */
  listen(listener: () => void): void {
    this.#listener = listener;
  }

  /** Whether `take` has something: a whole batch, or with `partial` what there is. */
  has(partial: boolean): boolean {
    return this.#isFull() || (this.#queue.length > 0 && (this.#state === 'ended' || (partial && this.#settled)));
  }

  /** Whether the source has ended and everything was taken. */
  finished(): boolean {
    return this.#state === 'ended' && this.#queue.length === 0;
  }

  take(): Question[] {
    const { cases, payloadBytes: limit } = this.#limits;
    const batch: Question[] = [];
    let bytes = 0;
    for (const next of this.#queue) {
      if (batch.length === cases || (batch.length > 0 && bytes + next.bytes > limit)) break;
      batch.push(next.question);
      bytes += next.bytes;
    }
    this.#queue.splice(0, batch.length);
    this.#bytes -= bytes;
    this.#settled = false;
    if (this.#queue.length > 0) this.#settleSoon();
    this.#makeRoom();
    return batch;
  }

  /** Ends the source early. */
  stop(): void {
    this.#state = 'stopped';
    this.#makeRoom();
  }

  async #pullAll(cases: AsyncIterable<Question>): Promise<void> {
    try {
      for await (const question of cases) {
        if (this.#hasStopped()) return;
        await this.#put(question);
      }
      this.#state = 'ended';
    } catch (error) {
      this.failure = { error };
    }
    this.#listener();
  }

  /** Queues a case, then waits while a batch is full. */
  async #put(question: Question): Promise<void> {
    const bytes = payloadBytes(question.case);
    this.#queue.push({ question, bytes });
    this.#bytes += bytes;
    if (this.#queue.length === 1) this.#settleSoon();
    if (this.#isFull()) this.#listener();
    while (this.#isFull() && !this.#hasStopped()) await new Promise<void>((resolve) => (this.#makeRoom = resolve));
  }

  #hasStopped(): boolean {
    return this.#state === 'stopped';
  }

  #isFull(): boolean {
    return this.#queue.length >= this.#limits.cases || this.#bytes >= this.#limits.payloadBytes;
  }

  #settleSoon(): void {
    setImmediate(() => {
      this.#settled = true;
      this.#listener();
    });
  }
}
