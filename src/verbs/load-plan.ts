import { join } from 'node:path';
import type { Layer } from '../cases/case.ts';
import { expandSuite, type Plan } from '../cases/plan.ts';
import { select } from '../cases/select.ts';
import { listSuites, readLiterals, readSuite } from '../cases/suite-file.ts';
import type { BehavioursFile } from '../spec/generated/behaviours.ts';
import { packageRoot } from '../spec/package-root.ts';
import type { SuiteFile } from '../spec/generated/suite.ts';
import { UserError } from '../spec/user-error.ts';
import { readValidated } from '../spec/validated-file.ts';
import { refuseUnknownAxes, refuseUnknownValues } from './check-suite.ts';

const casesFolder = join(packageRoot, 'cases');

/**
 * The plan of a suite. It bears the name by which the suite was asked for, so that a report's command finds it again.
 *
 * @param suite  name of a suite under cases/suites, or the path of a suite file: a word with a slash, or one that ends in `.json`
 * @param seed   in place of the suite's own
 * @throws {UserError} SUITE_UNKNOWN, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_INVALID, SUITE_AXIS_UNKNOWN, AXIS_VALUE and those of `expandSuite`
 */
export function loadPlan(suite: string, seed?: number): Plan {
  return planOf({ ...readSuite(suite), suite }, seed);
}

function planOf(file: SuiteFile, seed?: number): Plan {
  const behaviours = readValidated<BehavioursFile>('schemas/behaviours', join(casesFolder, 'behaviours.json'));
  refuseUnknownAxes(file, behaviours);
  const plan = expandSuite(file, behaviours, readLiterals(file), seed);
  refuseUnknownValues(plan);
  return plan;
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

/** Every suite's plan, each expanded when its turn comes: the one named, then the others, the widest last. */
export function* plansInTurn(first = 'core', seed?: number): Generator<Plan> {
  for (const name of suitesInTurn(first)) yield loadPlan(name, seed);
}

function suitesInTurn(first: string): Iterable<string> {
  return new Set([first, ...listSuites().filter((suite) => suite !== widest), widest]);
}

const widest = 'full';

/**
 * The ids of every suite, less those of layers and behaviours that are not wanted: they are not even made, which takes seconds for all.
 *
 * @param first  the suite to begin with
 */
export function* catalogueIds(first: string, wanted: (layer: Layer, behaviour: string) => boolean): Generator<string> {
  for (const name of suitesInTurn(first)) {
    const file = { ...readSuite(name), suite: name };
    const blocks = file.blocks.map((block) => ({ ...block, layers: block.layers.filter((layer) => wanted(layer, block.behaviour)) }));
    for (const { id } of planOf({ ...file, blocks: blocks.filter(({ layers }) => layers.length > 0) }).cases) yield id;
  }
}
