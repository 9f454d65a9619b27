import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedCase } from '../cases/plan.ts';
import { type Dialect, readDialect } from '../spec/dialect.ts';
import { packageRoot } from '../spec/package-root.ts';
import { readParameters } from '../spec/parameters.ts';
import type { RunnerSpec } from '../runners/registry.ts';
import { findHoles, type Reach, vocabulary } from './holes.ts';
import { findLimits, type Limit } from './limits.ts';
import type { RunnerLayers } from './list.ts';
import { defaultRunners, runnerKey, runnerNamed } from './runners-folder.ts';

/** Layers that each runner speaks, by its id with version; the default runners when none is named. */
export async function runnerLayers(ids: readonly string[]): Promise<RunnerLayers> {
  const runners = await runnersNamed(ids);
  return Object.fromEntries(runners.map((runner) => [runnerKey(runner), runner.layers]));
}

/** What the dialects of the runners let ask, and what of it a plan does not. */
export async function reachOf(cases: readonly PlannedCase[], ids: readonly string[]): Promise<Reach> {
  const words = vocabulary(readParameters());
  return { words, holes: findHoles(cases, words, (await runnersNamed(ids)).flatMap(dialectOf)) };
}

/** What the dialects of the runners do not offer or refuse of a plan. */
export async function limitsOf(cases: readonly PlannedCase[], ids: readonly string[]): Promise<readonly Limit[]> {
  const runners = await runnersNamed(ids);
  return findLimits(cases, runners.map((spec) => ({ runner: runnerKey(spec), layers: spec.layers, dialect: readDialect(spec.dialect, spec.version ?? 'newest') })));
}

function runnersNamed(ids: readonly string[]): Promise<readonly RunnerSpec[]> {
  return Promise.all((ids.length > 0 ? ids : defaultRunners).map((id) => runnerNamed(id)));
}

/** A runner of a framework bears its name; others speak the core dialect, which has no holes of its own. */
function dialectOf({ id, version }: RunnerSpec): readonly Dialect[] {
  const isFramework = version !== undefined && existsSync(join(packageRoot, 'spec', 'dialects', `${id}.json`));
  return isFramework ? [readDialect(id, version)] : [];
}
