import type { GateDecision } from '../../gate/decide.ts';
import { plural } from '../../reports/numbers.ts';
import type { CaseLine, CaseResult, Run } from '../../reports/run.ts';
import { readRunAt } from '../report/locate-run.ts';
import { changeOf } from './change.ts';
import { nothingInCommon } from './compare.ts';
import { pairRunners } from './pair-runners.ts';

/** An earlier run that a run is held against while it goes on. */
export interface Baseline {
  readonly run: Run;
  readonly add: (line: CaseLine) => void;
  /** The decision, with every regression so far as a further reason to fail. */
  readonly decide: (decision: GateDecision) => GateDecision;
}

/**
 * Reads the earlier run, before the new one may replace its files.
 *
 * @param keys    runners of the new run, `<id>@<version>`
 * @param idAt    id of the new run's case with an index
 * @throws {UserError} what `readRun` throws, and DIFF_NOTHING_IN_COMMON
 */
export async function openBaseline(place: string, keys: readonly string[], idAt: (index: number) => string, strict: boolean): Promise<Baseline> {
  const run = await readRunAt(place);
  const results = resultsByRunner(run, keys);
  const regressions = new Map<string, number>();
  return {
    run,
    add: (line) => {
      const before = results.get(line.runner)?.get(idAt(line.index)) ?? null;
      if (before === null || changeOf(before, line, strict) !== 'regression') return;
      regressions.set(line.runner, (regressions.get(line.runner) ?? 0) + 1);
    },
    decide: (decision) => {
      const reasons = [...regressions].map(([runner, cases]) => `${plural(cases, 'regression')} of ${runner} against the baseline`);
      return reasons.length === 0 ? decision : { ...decision, gate: 'fail', reasons: [...decision.reasons, ...reasons] };
    },
  };
}

/** The earlier results of each new runner, by case id. */
function resultsByRunner(run: Run, keys: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, CaseResult>> {
  const earlier = run.runners.map(({ runner }) => runner);
  const { pairs } = pairRunners(earlier, keys);
  if (pairs.length === 0) throw nothingInCommon(earlier, keys);
  return new Map(pairs.map(([before, after]) => [after, new Map((run.runners.find(({ runner }) => runner === before)?.cases ?? []).map((result) => [result.id, result]))]));
}
