import { join } from 'node:path';
import { expandSuite } from '../cases/plan.ts';
import { listSuites, readLiterals, readSuite } from '../cases/suite-file.ts';
import type { BehavioursFile } from '../spec/generated/behaviours.ts';
import { packageRoot } from '../spec/package-root.ts';
import { readValidated } from '../spec/validated-file.ts';
import type { PageCoverage } from './page-data.ts';
import { type CaseCatalogue, splitId } from './page-ids.ts';
import type { RunHeader } from './run.ts';

/** What the plan asks, and what its suite leaves out by which rule. */
export function encodeCoverage(header: RunHeader, { behaviours }: CaseCatalogue): PageCoverage {
  const asked = new Set<string>();
  for (const id of header.cases) asked.add(splitId(id).prefix.split('/').slice(1).join('/'));
  const titles = [...asked].flatMap((name) => { const title = behaviours.get(name)?.title; return title === undefined ? [] : [[name, title] as const]; });
  return { behaviours: Object.fromEntries(titles), excluded: excludedBy(header) };
}

function isPartOf(whole: ReadonlySet<string>, ids: Iterable<string>): boolean {
  for (const id of ids) if (!whole.has(id)) return false;
  return true;
}

/** Only of a suite of the tool's own, while it plans what the run planned: what another file said when the run was made, nobody knows. */
function excludedBy({ suite, cases, filtered, seed, shard }: RunHeader): PageCoverage['excluded'] {
  if (!listSuites().includes(suite)) return null;
  const catalogue = readValidated<BehavioursFile>('schemas/behaviours', join(packageRoot, 'cases', 'behaviours.json'));
  const file = readSuite(suite);
  const plan = expandSuite(file, catalogue, readLiterals(file), seed);
  const planned = new Set(plan.cases.map(({ id }) => id));
  if (!isPartOf(planned, cases) || (!filtered && planned.size !== (shard?.planned ?? cases.length))) return null;
  return plan.excluded.map(({ behaviour, combination, rule, why, cells }) => ({
    behaviour, rule, why, cells, combination: Object.entries(combination).map(([axis, values]) => `${axis} ${values.join(', ')}`).join(' and '),
  }));
}
