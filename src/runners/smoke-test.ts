import { Readable } from 'node:stream';
import { UserError } from '../spec/user-error.ts';
import type { Answer, ObservedAnswer, Question } from './answer.ts';
import type { Session } from './session.ts';
import type { ObservedError } from './observation.ts';
import { smokeCase } from './smoke-case.ts';

/**
 * Tells a broken runner from a framework that deviates: one trivial case must be answered, observed, and give two numbers. Whether
 * they are the right ones is for the cases to say. A layer that the framework does not offer, or refuses here, is passed over.
 *
 * @throws {UserError} RUNNER_BROKEN when the runner does not conduct itself
 */
export async function smokeTest(session: Pick<Session, 'identity' | 'run' | 'log'>): Promise<void> {
  let fault = 'it speaks no layer';
  for (const layer of session.identity.layers) {
    const answer = await ask(session, { seq: 0, case: smokeCase(layer) });
    const found = faultOf(answer);
    if (found === undefined) return;
    fault = found;
    if (answer.kind !== 'unsupported' && !isRefused(answer)) break;
  }
  throw new UserError('RUNNER_BROKEN', `the runner for ${session.identity.framework} fails the smoke exchange: ${fault}`, `the stderr of the runner is in ${session.log}`);
}

async function ask(session: Pick<Session, 'run'>, question: Question): Promise<Answer> {
  const answers: Answer[] = [];
  await session.run(Readable.from([question]), (answer) => answers.push(answer));
  return answers[0]!;
}

function faultOf(answer: Answer): string | undefined {
  switch (answer.kind) {
    case 'observed':
      return faultOfObservation(answer);
    case 'unsupported':
      return `it supports none of its layers; of the last: ${answer.reason}`;
    case 'failed':
      return `${answer.error.class}: ${answer.error.message}`;
    default:
      return `${answer.kind}, ${answer.message}`;
  }
}

function isRefused(answer: Answer): boolean {
  return answer.kind === 'observed' && refusalOf(answer) !== undefined;
}

function refusalOf({ observation: { ranks: [rank] } }: ObservedAnswer): ObservedError | undefined {
  return rank?.construct.error ?? rank?.steps[0]?.error;
}

function faultOfObservation(answer: ObservedAnswer): string | undefined {
  const refused = refusalOf(answer);
  if (refused) return `the framework refuses it with ${refused.class}: ${refused.message}`;
  const y = answer.observation.ranks[0]?.steps[0]?.y;
  if (y === undefined) return 'no output was observed';
  return y.data.length === 2 ? undefined : `the output has ${y.data.length} elements in place of 2`;
}
