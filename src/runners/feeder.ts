import { payloadBytes } from './encode-messages.ts';
import type { Question } from './answer.ts';

/** Sizes of a batch; a single larger case still goes, alone. */
export interface BatchLimits {
  readonly cases: number;
  readonly payloadBytes: number;
}

/**
 * Pulls cases ahead of the runner, two batches at most, and cuts them into batches.
 *
 * A source that pauses, perhaps until it gets an answer, must not starve the runner: what there is may be taken as a smaller batch
 * as soon as the source has gone a turn of the event loop without filling a whole one.
 */
export interface Feeder {
  /** Whether `take` has something: a whole batch, or with `partial` what there is. */
  has(partial: boolean): boolean;
  take(): Question[];
  /** Whether the source has ended and everything was taken. */
  finished(): boolean;
  /** The error that the source threw. */
  failure(): { readonly error: unknown } | undefined;
  /** Who hears of new cases, of the end and of a failure. */
  listen(listener: () => void): void;
  /** Ends the source early. */
  stop(): void;
}

const batchesAhead = 2;

export function openFeeder(cases: AsyncIterable<Question>, limits: BatchLimits): Feeder {
  const queue: { readonly question: Question; readonly bytes: number }[] = [];
  let bytesAhead = 0;
  let settled = false;
  let state: 'open' | 'ended' | 'stopped' = 'open';
  let failure: { readonly error: unknown } | undefined;
  let listener = () => {};
  let makeRoom = () => {};

  const holds = (batches: number) => queue.length >= batches * limits.cases || bytesAhead >= batches * limits.payloadBytes;
  const settleSoon = () =>
    setImmediate(() => {
      settled = true;
      listener();
    });

  async function pull(): Promise<void> {
    for await (const question of cases) {
      if (state === 'stopped') return;
      const bytes = payloadBytes(question.case);
      queue.push({ question, bytes });
      bytesAhead += bytes;
      if (queue.length === 1) settleSoon();
      if (!holds(1)) continue;
      listener();
      while (holds(batchesAhead) && state === 'open') await new Promise<void>((resolve) => (makeRoom = resolve));
    }
  }

  function take(): Question[] {
    const batch: Question[] = [];
    let bytes = 0;
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (batch.length === limits.cases || (batch.length > 0 && bytes + next.bytes > limits.payloadBytes)) break;
      batch.push(next.question);
      bytes += next.bytes;
      queue.shift();
    }
    bytesAhead -= bytes;
    settled = false;
    if (queue.length > 0) settleSoon();
    makeRoom();
    return batch;
  }

  void pull().then(
    () => (state = 'ended'),
    (error: unknown) => (failure = { error }),
  ).then(() => listener());

  return {
    has: (partial) => holds(1) || (queue.length > 0 && (state === 'ended' || (partial && settled))),
    take,
    finished: () => state === 'ended' && queue.length === 0,
    failure: () => failure,
    listen: (next) => void (listener = next),
    stop: () => {
      state = 'stopped';
      makeRoom();
    },
  };
}
