import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readGoldens } from '../cases/golden.ts';
import { expandSuite, type Plan } from '../cases/plan.ts';
import { select } from '../cases/select.ts';
import type { BehavioursFile } from '../spec/generated/behaviours.ts';
import type { SuiteFile } from '../spec/generated/suite.ts';
import { didYouMean } from '../spec/did-you-mean.ts';
import { packageRoot } from '../spec/package-root.ts';
import { UserError } from '../spec/user-error.ts';
import { readValidated } from '../spec/validated-file.ts';
import { refuseUnknownAxes, refuseUnknownValues } from './check-suite.ts';

const casesFolder = join(packageRoot, 'cases');

/** Names of the suites under cases/suites. */
export function listSuites(): readonly string[] {
  return readdirSync(join(casesFolder, 'suites')).map((name) => basename(name, '.json')).sort();
}

/**
 * The plan of a suite. It bears the name by which the suite was asked for, so that a report's command finds it again.
 *
 * @param suite  name of a suite under cases/suites, or the path of a suite file: a word with a slash, or one that ends in `.json`
 * @param seed   in place of the suite's own
 * @throws {UserError} SUITE_UNKNOWN, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_INVALID, SUITE_AXIS_UNKNOWN, AXIS_VALUE and those of `expandSuite`
 */
export function loadPlan(suite: string, seed?: number): Plan {
  const path = isPath(suite) ? suite : pathOf(suite);
  const file = { ...readValidated<SuiteFile>('schemas/suite', path), suite };
  const behaviours = readValidated<BehavioursFile>('schemas/behaviours', join(casesFolder, 'behaviours.json'));
  refuseUnknownAxes(file, behaviours);
  const plan = expandSuite(file, behaviours, readGoldens(join(casesFolder, 'golden')), seed);
  refuseUnknownValues(plan);
  return plan;
}

function isPath(suite: string): boolean {
  return /[/\\]|\.json$/.test(suite);
}

function pathOf(suite: string): string {
  const path = join(casesFolder, 'suites', `${suite}.json`);
  if (existsSync(path)) return path;
  const suites = listSuites();
  throw new UserError('SUITE_UNKNOWN', `no suite is called '${suite}'`, `${didYouMean(suite, suites)}the suites are: ${suites.join(', ')}`);
}

/**
 * The plan less what the patterns leave out.
 *
 * @throws {UserError} SELECT_EMPTY when a pattern is empty or matches nothing
 */
export function selectFrom(plan: Plan, patterns: readonly string[]): Plan {
  if (patterns.includes('')) throw new UserError('SELECT_EMPTY', "--select '' is empty", "give a pattern of case ids, such as 'batchnorm2d/**', or leave --select out");
  return { ...plan, cases: select(plan.cases, patterns) };
}

/**
 * Every id of every suite: what a known-failing entry must match.
 *
 * @param suite  the suite of the run, whose ids count too when it is a file of the user's
 */
export function catalogueIds(suite?: string): readonly string[] {
  const suites = suite === undefined ? listSuites() : [...new Set([...listSuites(), suite])];
  return [...new Set(suites.flatMap((name) => loadPlan(name).cases.map(({ id }) => id)))];
}
