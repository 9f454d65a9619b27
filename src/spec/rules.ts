import { join } from 'node:path';
import type { Rule, RulesFile } from './generated/rules.ts';
import { packageRoot } from './package-root.ts';
import { UserError } from './user-error.ts';
import { readValidated } from './validated-file.ts';

/**
 * The rules of `spec/rules.json`, in the order of the file.
 *
 * @throws {UserError} FILE_INVALID when the file breaks its schema or gives an id twice
 */
export function readRules(path: string = join(packageRoot, 'spec', 'rules.json')): readonly Rule[] {
  const { rules } = readValidated<RulesFile>('schemas/rules', path);
  const repeated = rules.find(({ id }, index) => rules.findIndex((other) => other.id === id) !== index);
  if (repeated) throw new UserError('FILE_INVALID', `${path} gives the id ${repeated.id} twice`, 'take the next free number; ids are never reused');
  return rules;
}
