import type { Case } from '../../cases/case.ts';
import { simulate } from '../simulate.ts';
import type { StepRecord, Trajectory } from '../trajectory.ts';
import { widenBackward } from './backward.ts';
import { shownState, widenForward, type WideForward, type WideState, wideState } from './forward.ts';

interface WideStep {
  readonly records: readonly StepRecord[];
  readonly state: WideState;
}

/**
 * Runs a case's program through the core formulas in double-double arithmetic, for layers whose own arithmetic is float64.
 *
 * Modes, rows, refusals and counts are those of `simulate`; every number is computed anew, with its `low` beside it. Where an intermediate
 * overflows and leaves NaN, the number stays as `simulate` has it.
 *
 * @returns one trajectory per rank, with `low` in every record that has numbers
 */
export function simulateWide(question: Case): Trajectory {
  const plain = simulate(question);
  const forwards = new Map<StepRecord, WideForward>();
  const steps = plain.ranks.map((): StepRecord[] => []);
  let state = wideState(plain.ranks[0]?.construct ?? null);
  for (const [index] of (plain.ranks[0]?.steps ?? []).entries()) {
    const widened = widenStep(plain.ranks.map((rank) => rank.steps[index]!), state, forwards);
    state = widened.state;
    for (const [rank, record] of widened.records.entries()) steps[rank]?.push(record);
  }
  return { ranks: plain.ranks.map((own, rank) => ({ ...own, steps: steps[rank] ?? [] })) };
}

/** One step on every rank; a forward is kept in `forwards` under its float64 record, for its backward. */
function widenStep(together: readonly StepRecord[], before: WideState, forwards: Map<StepRecord, WideForward>): WideStep {
  const [first] = together;
  if (first?.op === 'forward') {
    const forward = widenForward(together.filter((record) => record.op === 'forward'), before);
    forwards.set(first, forward);
    return forward;
  }
  const forward = first?.op === 'backward' ? forwards.get(first.forward) : undefined;
  if (forward !== undefined) return { records: widenBackward(together.filter((record) => record.op === 'backward'), forward, before), state: before };
  return { records: together.map((record) => ({ ...record, state: shownState(before, record.state) })), state: before };
}
