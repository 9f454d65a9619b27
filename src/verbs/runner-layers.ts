import type { RunnerLayers } from './list.ts';
import { defaultRunners } from './run/run.ts';
import { runnerKey, runnerNamed } from './runners-folder.ts';

/** Layers that each runner speaks, by its id with version; the default runners when none is named. */
export async function runnerLayers(ids: readonly string[]): Promise<RunnerLayers> {
  const runners = await Promise.all((ids.length > 0 ? ids : defaultRunners).map((id) => runnerNamed(id)));
  return Object.fromEntries(runners.map((runner) => [runnerKey(runner), runner.layers]));
}
