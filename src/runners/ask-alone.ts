import type { Answer, Question } from './answer.ts';
import { type Break, type Conversation, silent } from './conversation.ts';

/**
 * Asks one question, then a fence, with nothing else in flight.
 *
 * @returns the answer, once the runner has gone on to the fence and answered that too, or how the runner broke on the way
 */
export function askAlone(conversation: Conversation, question: Question): Promise<Answer | Break> {
  return new Promise<Answer | Break>((resolve) => {
    conversation.listen({
      onAnswer: (_, answer) => resolve(answer),
      onChange: () => {
        if (conversation.broken) resolve(conversation.broken);
      },
    });
    conversation.ask([question]);
    conversation.fence();
    if (conversation.broken) resolve(conversation.broken); // it died while nothing was asked
  }).finally(() => conversation.listen(silent));
}
