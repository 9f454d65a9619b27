import type { Answer, Question } from './answer.ts';
import { type Break, type Conversation, silent } from './conversation.ts';
import type { Feeder } from './feeder.ts';

/** Why a pump stopped: every case answered, the runner is due for recycling, or it broke. */
export type PumpEnd = { readonly kind: 'drained' } | { readonly kind: 'recycle' } | { readonly kind: 'broken'; readonly broken: Break };

export interface PumpLimits {
  /** Frames in flight at most. */
  readonly framesInFlight: number;
  /** Questions after which a process is recycled. */
  readonly recycleAfterCases: number;
}

/**
 * Keeps the runner busy from the feeder until something ends that.
 *
 * @throws what the source of the cases or `onAnswer` throws; RangeError for a case that cannot travel
 */
export function pump(conversation: Conversation, feeder: Feeder, limits: PumpLimits, onAnswer: (question: Question, answer: Answer) => void): Promise<PumpEnd> {
  return new Promise<PumpEnd>((resolve, reject) => {
    const guard = (work: () => void) => {
      try {
        work();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const advance = () =>
      guard(() => {
        const end = step(conversation, feeder, limits);
        if (end) resolve(end);
      });
    const handOn = (question: Question, answer: Answer) => guard(() => onAnswer(question, answer));
    feeder.listen(advance);
    conversation.listen({ onAnswer: handOn, onChange: advance });
    advance();
  }).finally(() => {
    feeder.listen(() => {});
    conversation.listen(silent);
  });
}

/** Sends what may be sent; says why there will be nothing more to send. */
function step(conversation: Conversation, feeder: Feeder, limits: PumpLimits): PumpEnd | undefined {
  if (feeder.failure) throw feeder.failure.error;
  if (conversation.broken) return { kind: 'broken', broken: conversation.broken };
  const worn = conversation.questions >= limits.recycleAfterCases;
  while (!worn && conversation.frames < limits.framesInFlight && feeder.has(conversation.frames <= 1)) conversation.ask(feeder.take());
  if (conversation.frames > 0) return undefined;
  if (conversation.holds) conversation.fence();
  else if (feeder.finished()) return { kind: 'drained' };
  else if (worn) return { kind: 'recycle' };
  return undefined;
}
