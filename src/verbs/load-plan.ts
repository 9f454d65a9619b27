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

const casesFolder = join(packageRoot, 'cases');

/** Names of the suites under cases/suites. */
export function listSuites(): readonly string[] {
  return readdirSync(join(casesFolder, 'suites')).map((name) => basename(name, '.json')).sort();
}

/**
 * The plan of a suite.
 *
 * @param seed  in place of the suite's own
 * @throws {UserError} SUITE_UNKNOWN, FILE_INVALID, AXIS_VALUE
 */
export function loadPlan(suite: string, seed?: number): Plan {
  const path = join(casesFolder, 'suites', `${suite}.json`);
  if (!existsSync(path)) {
    const suites = listSuites();
    throw new UserError('SUITE_UNKNOWN', `no suite is called '${suite}'`, `${didYouMean(suite, suites)}the suites are: ${suites.join(', ')}`);
  }
  const file = readValidated<SuiteFile>('schemas/suite', path);
  const behaviours = readValidated<BehavioursFile>('schemas/behaviours', join(casesFolder, 'behaviours.json'));
  return expandSuite(file, behaviours, readGoldens(join(casesFolder, 'golden')), seed);
}

/** The plan less what the patterns leave out. */
export function selectFrom(plan: Plan, patterns: readonly string[]): Plan {
  return { ...plan, cases: select(plan.cases, patterns) };
}

/** Every id of every suite: what a known-failing entry must match. */
export function catalogueIds(): readonly string[] {
  return [...new Set(listSuites().flatMap((suite) => loadPlan(suite).cases.map(({ id }) => id)))];
}
