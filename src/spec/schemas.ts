import type { ErrorObject } from 'ajv';
import { validatorOf } from './schema-sets.ts';

/** One place where a value breaks its schema. */
export interface SchemaProblem {
  /** JSON pointer of the offending value, `` for the whole. */
  readonly pointer: string;
  readonly message: string;
  readonly value: unknown;
}

/**
 * Holds a value against one of the schemas of `spec/`.
 *
 * @param schemaId  `$id` of the schema, such as `schemas/rules` or `protocol/result`
 * @returns what is wrong, empty when the value is valid
 * @throws {Error} when there is no such schema
 */
export function findProblems(schemaId: string, value: unknown): readonly SchemaProblem[] {
  const validate = validatorOf('files', schemaId);
  try {
    return validate(value) ? [] : (validate.errors ?? []).map(toProblem);
  } catch (error) {
    if (!isTooDeep(error)) throw error;
    return [{ pointer: '', message: 'must not be nested so deeply', value: '…' }];
  }
}

/** Whether an error is that of calls inside calls without end: lists in lists by the thousand bring about everything that walks them. */
export function isTooDeep(error: unknown): boolean {
  return error instanceof Error && error.message.includes('call stack'); // the YAML package makes its own error of it
}

function toProblem(error: ErrorObject): SchemaProblem {
  const params = error.params as Readonly<Record<string, unknown>>;
  const unknown = params['additionalProperty'];
  if (typeof unknown === 'string') return { pointer: error.instancePath, message: `must not have '${unknown}'`, value: error.data };
  return { pointer: error.instancePath, message: `${error.message ?? error.keyword}${allowed(params)}`, value: error.data };
}

function allowed(params: Readonly<Record<string, unknown>>): string {
  const values = params['allowedValues'] ?? params['allowedValue'];
  return values === undefined ? '' : ` ${JSON.stringify(values)}`;
}
