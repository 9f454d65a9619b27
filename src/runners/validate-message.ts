import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ajv, ValidateFunction } from 'ajv';
import { createAjv } from '../spec/ajv.ts';
import { packageRoot } from '../spec/package-root.ts';
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

let compiler: Ajv | undefined;

function makeCompiler(): Ajv {
  const ajv = createAjv({ strict: true, allowUnionTypes: true });
  for (const type of messageTypes) ajv.addSchema(readSchema(type));
  return ajv;
}

function readSchema(type: MessageType): object {
  return JSON.parse(readFileSync(join(packageRoot, 'spec', 'protocol', `${type}.schema.json`), 'utf8')) as object;
}

const validators = new Map<string, ValidateFunction>();

/** The compiled schema of a message; compiled on first use. */
function validatorOf(type: MessageType): ValidateFunction {
  const known = validators.get(type) ?? (compiler ??= makeCompiler()).getSchema(`protocol/${type}`);
  if (known === undefined) throw new Error(`no schema protocol/${type}`);
  validators.set(type, known);
  return known;
}

/** Compiles what nearly every runner says, so that its first words need not wait for that. */
export function expectMessages(): void {
  for (const type of ['started', 'result'] as const) validatorOf(type);
}

/** @throws {MessageError} when a message does not fit the schema of its type */
export function requireValid(type: MessageType, rawMessage: unknown): void {
  const validate = validatorOf(type);
  if (isValid(validate, rawMessage)) return;
  throw new MessageError(`a ${type} message that breaks its schema: ${compiler?.errorsText(validate.errors, { dataVar: type }) ?? ''}`);
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
