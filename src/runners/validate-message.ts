import type { ValidateFunction } from 'ajv';
import { compilerOf, validatorOf } from '../spec/schema-sets.ts';
import { isTooDeep } from '../spec/schemas.ts';
import type { RunnerMessage } from './messages.ts';

/** Messages of `spec/protocol/`. */
export const messageTypes = ['start', 'started', 'run', 'result', 'log', 'stop'] as const;
export type MessageType = (typeof messageTypes)[number];

/** The runner said something that the schemas of `spec/protocol/` do not allow. */
export class MessageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MessageError';
  }
}

/** Reads what nearly every runner's words are held against, so that its first ones need not wait for that. */
export function expectMessages(): void {
  for (const type of ['started', 'result'] as const) validatorOf('messages', `protocol/${type}`);
}

/** @throws {MessageError} when a message does not fit the schema of its type */
export function requireValid(type: MessageType, rawMessage: unknown): void {
  const validate = validatorOf('messages', `protocol/${type}`);
  if (isValid(validate, rawMessage)) return;
  throw new MessageError(`a ${type} message that breaks its schema: ${compilerOf('messages').errorsText(validate.errors, { dataVar: type })}`);
}

/** Lists in lists by the thousand are no message. */
function isValid(validate: ValidateFunction, rawMessage: unknown): boolean {
  try {
    return validate(rawMessage);
  } catch (error) {
    if (isTooDeep(error)) throw new MessageError('a message that is nested too deeply');
    throw error;
  }
}

const spoken: ReadonlySet<unknown> = new Set(['started', 'result', 'log']);

/**
 * A header from a runner as one of the messages that it may send.
 *
 * @throws {MessageError} for any other type, or when the message does not fit its schema
 */
export function parseRunnerMessage(rawHeader: unknown): RunnerMessage {
  const type = (rawHeader as { readonly type?: unknown } | null)?.type;
  if (!spoken.has(type)) throw new MessageError(`a message of ${typeof type === 'string' ? `type ${type.slice(0, 80)}` : 'no type'}, expected started, result or log`);
  requireValid(type as MessageType, rawHeader);
  return rawHeader as RunnerMessage;
}
