import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { parseDocument } from 'yaml';
import { findProblems, isTooDeep, type SchemaProblem } from './schemas.ts';
import { UserError } from './user-error.ts';

const shownProblems = 3;
const shownCharacters = 80;
const largestBytes = 2 ** 26;

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
    refuseEndless(path);
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UserError('FILE_NOT_FOUND', `cannot read ${path}: ${messageOf(cause)}`, 'check the path and its permissions', { cause });
  }
}

/** A run file names its suite by a path; a device or a pipe of that name would be read without end. */
function refuseEndless(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return; // opening it says so
  if (found.isCharacterDevice() || found.isFIFO()) throw new TypeError('it is no file');
  if (found.size > largestBytes) throw new RangeError(`it has ${String(found.size)} bytes, expected at most ${String(largestBytes)}`);
}

function parse(path: string, text: string): unknown {
  try {
    return extname(path) === '.json' ? JSON.parse(text) : parseYaml(text);
  } catch (cause) {
    throw new UserError('FILE_UNREADABLE', `${path} does not parse: ${messageOf(cause)}`, 'correct the syntax at that place', { cause });
  }
}

/** A tag that the core schema does not know is refused: it would be left out, and the value taken for plain text. */
function parseYaml(text: string): unknown {
  const document = parseDocument(text, { schema: 'core', logLevel: 'error' });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw problem;
  const value: unknown = document.toJS();
  if (isEndless(value)) throw new TypeError('a list or map contains itself, by an alias');
  return value;
}

/** Only an alias can put a value into itself. */
function isEndless(value: unknown, around: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return around.includes(value) || Object.values(value).some((inner) => isEndless(inner, [...around, value]));
}

function invalid(schemaId: string, path: string, problems: readonly SchemaProblem[]): UserError {
  const lines = problems.slice(0, shownProblems).map((problem) => `  ${problem.pointer || '(whole file)'} ${problem.message}, got ${abridge(problem.value)}`);
  const more = problems.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more`);
  return new UserError('FILE_INVALID', [`${path} is not a valid ${schemaId} file`, ...lines].join('\n'), `correct these places; spec/${schemaId}.schema.json says what is allowed`);
}

function abridge(value: unknown): string {
  const text = jsonOf(value);
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!isTooDeep(error)) throw error;
    return Array.isArray(value) ? '[…]' : '{…}';
  }
}

function messageOf(cause: unknown): string {
  if (isTooDeep(cause)) return 'lists or maps are nested too deeply';
  return (cause instanceof Error ? cause.message : String(cause)).trimEnd();
}
