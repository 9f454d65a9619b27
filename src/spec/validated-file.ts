import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { findProblems, type SchemaProblem } from './schemas.ts';
import { UserError } from './user-error.ts';

const shownProblems = 3;
const shownCharacters = 80;

/**
 * Reads a JSON or YAML file and holds it against a schema.
 *
 * @param schemaId  `$id` of the schema whose generated type is T, such as `schemas/suite`
 * @param path      a `.json`, `.yaml` or `.yml` file; YAML is read by its core schema
 * @throws {UserError} FILE_NOT_FOUND, FILE_UNREADABLE when it does not parse, FILE_INVALID when it breaks the schema
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names the type that was generated from the schema
export function readValidated<T>(schemaId: string, path: string): T {
  const value = parse(path, readText(path));
  const problems = findProblems(schemaId, value);
  if (problems.length > 0) throw invalid(schemaId, path, problems);
  return value as T;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UserError('FILE_NOT_FOUND', `cannot read ${path}: ${messageOf(cause)}`, 'check the path and its permissions', { cause });
  }
}

function parse(path: string, text: string): unknown {
  try {
    return extname(path) === '.json' ? JSON.parse(text) : parseYaml(text, { schema: 'core' });
  } catch (cause) {
    throw new UserError('FILE_UNREADABLE', `${path} does not parse: ${messageOf(cause)}`, 'correct the syntax at that place', { cause });
  }
}

function invalid(schemaId: string, path: string, problems: readonly SchemaProblem[]): UserError {
  const lines = problems.slice(0, shownProblems).map((problem) => `  ${problem.pointer || '(whole file)'} ${problem.message}, got ${abridge(problem.value)}`);
  const more = problems.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more`);
  return new UserError('FILE_INVALID', [`${path} is not a valid ${schemaId} file`, ...lines].join('\n'), `correct these places; spec/${schemaId}.schema.json says what is allowed`);
}

function abridge(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}

function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).trimEnd();
}
