import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer } from '../../cases/case.ts';
import type { Plan, PlannedCase } from '../../cases/plan.ts';
import { useInterpreter } from '../../environments/use-interpreter.ts';
import { readKnownFailing } from '../../gate/read-known-failing.ts';
import type { RunnerSpec } from '../../runners/registry.ts';
import type { KnownFailing } from '../../spec/generated/known-failing.ts';
import { UserError } from '../../spec/user-error.ts';
import { didYouMean } from '../../spec/did-you-mean.ts';
import { runnerKey, runnerNamed } from '../runners-folder.ts';

/** A runner with its part of the plan and its known-failing list. */
export interface AskedRunner {
  /** `<id>@<version>`, the key in every file. */
  readonly key: string;
  readonly spec: RunnerSpec;
  /** Interpreter that the user named, tried out. */
  readonly interpreter: string | null;
  /** Indices into the plan. */
  readonly indices: readonly number[];
  /** Layers of the plan that the adapter does not speak. */
  readonly excluded: readonly Layer[];
  readonly entries: readonly KnownFailing[];
}

/** Resolves what the user asked for, before anything is made or started. */
export async function askRunners(ids: readonly string[], python: Readonly<Record<string, string>>, plan: Plan, known: string | undefined): Promise<readonly AskedRunner[]> {
  const resolved = await Promise.all(ids.map((id) => runnerNamed(id)));
  refuseStrayInterpreters(python, resolved);
  return Promise.all(resolved.map(async (runner) => {
    const named = python[runner.id];
    const interpreter = named === undefined ? null : (await useInterpreter(named)).path;
    const speaks = ({ layer }: PlannedCase): boolean => runner.layers.includes(layer);
    return {
      key: interpreter === null ? runnerKey(runner) : `${runner.id}@user`,
      spec: runner,
      interpreter,
      indices: plan.cases.flatMap((planned, index) => (speaks(planned) ? [index] : [])),
      excluded: [...new Set(plan.cases.filter((planned) => !speaks(planned)).map(({ layer }) => layer))],
      entries: knownOf(runner, known),
    };
  }));
}

function refuseStrayInterpreters(python: Readonly<Record<string, string>>, runners: readonly RunnerSpec[]): void {
  const ids = runners.map(({ id }) => id);
  const stray = Object.keys(python).find((id) => !ids.includes(id));
  if (stray !== undefined) throw new UserError('PYTHON_STRAY', `--python names '${stray}', which is not among the runners of this run`, `${didYouMean(stray, ids)}the runners are: ${ids.join(', ')}`);
}

/** Entries of the list that was named, else of the runner's own; none where it has no list. */
function knownOf({ folder }: RunnerSpec, named: string | undefined): readonly KnownFailing[] {
  const path = named ?? join(folder, 'known-failing.yaml');
  return named === undefined && !existsSync(path) ? [] : readKnownFailing(path);
}
