import { readFileSync } from 'node:fs';
import type { Case } from '../../cases/case.ts';
import type { Status } from '../../diff/verdict.ts';
import { UserError } from '../../spec/user-error.ts';
import { caseFrom, faultOf, type LiteralCase, literalOf } from './literal.ts';
import type { OracleWord } from './oracle-check.ts';
import { named } from './question.ts';

/** How a case was found. */
export interface Origin {
  /** `<id>@<version>`. */
  readonly runner: string;
  readonly status: Status;
  readonly cause: string;
  readonly rule: string;
  readonly title: string | null;
  /** Of the drawn case that this one is the simplest form of. */
  readonly seed: number;
  readonly run: number;
  /** What exact arithmetic says of the values that the case expects. */
  readonly oracle: OracleWord;
}

const schemaVersion = 1;

/** A found case as the text of its file: who deviates and how, then the literal data. */
export function foundText(question: Case, origin?: Origin): string {
  const file = { schemaVersion, id: question.id, ...(origin === undefined ? {} : { found: origin }), ...literalOf(question) };
  // short lists on one line, as a person would write them
  return `${JSON.stringify(file, null, 2).replaceAll(/\[[^[\]{}]*\]/g, (list) => list.replaceAll(/\s*\n\s*/g, ' ').replace('[ ', '[').replace(' ]', ']'))}\n`;
}

/**
 * The case of a found file, under the id that names its data.
 *
 * @throws {UserError} FILE_NOT_FOUND, FILE_UNREADABLE, FILE_INVALID
 */
export function readFound(path: string): Case {
  const raw = parse(path);
  const { schemaVersion: version, id, ...rest } = raw;
  const literal = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== 'found'));
  if (version !== schemaVersion) throw invalid(path, `expected schemaVersion ${String(schemaVersion)}, got ${typeof version === 'number' ? String(version) : 'none'}`);
  const fault = faultOf(literal);
  if (fault !== null) throw invalid(path, fault);
  const question = named(caseFrom(literal as unknown as LiteralCase, ''));
  if (id !== undefined && id !== question.id) throw invalid(path, `the id is ${typeof id === 'string' ? `'${id}'` : 'no text'}, the data say ${question.id}`);
  return question;
}

function parse(path: string): Readonly<Record<string, unknown>> {
  const raw = parseJson(path);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw invalid(path, 'expected a map');
  return raw as Readonly<Record<string, unknown>>;
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause;
    throw new UserError(missing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE', `cannot read ${path}: ${(cause as Error).message}`, 'give a case file as fuzz writes it', { cause });
  }
}

function invalid(path: string, what: string): UserError {
  return new UserError('FILE_INVALID', `${path}: ${what}`, 'write the case as fuzz does; without an id the data may be changed by hand');
}
