import type { Case } from '../../cases/case.ts';
import { groupsOf } from '../../cases/groups.ts';
import { simulate } from '../simulate.ts';
import type { BackwardRecord, StepRecord, Trajectory } from '../trajectory.ts';
import { widenAccumulated } from './accumulate.ts';
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
  return { ranks: groupsOf(question).flatMap((group) => widenGroup(group).ranks) };
}

function widenGroup(question: Case): Trajectory {
  const plain = simulate(question);
  const kept: Kept = { forwards: new Map(), backwards: new Map() };
  const steps = plain.ranks.map((): StepRecord[] => []);
  let state = wideState(plain.ranks[0]?.construct ?? null);
  for (const [index] of (plain.ranks[0]?.steps ?? []).entries()) {
    const widened = widenStep(plain.ranks.map((rank) => rank.steps[index]!), state, kept);
    state = widened.state;
    for (const [rank, record] of widened.records.entries()) steps[rank]?.push(record);
  }
  return { ranks: plain.ranks.map((own, rank) => ({ ...own, steps: steps[rank] ?? [] })) };
}

/** Widened steps that later ones need, under their float64 records: a forward for its backward, a backward for those that add to it. */
interface Kept {
  readonly forwards: Map<StepRecord, WideForward>;
  readonly backwards: Map<StepRecord, BackwardRecord>;
}

/** One step on every rank. */
function widenStep(together: readonly StepRecord[], before: WideState, { forwards, backwards }: Kept): WideStep {
  const [first] = together;
  if (first?.op === 'forward') {
    const forward = widenForward(together.filter((record) => record.op === 'forward'), before);
    forwards.set(first, forward);
    return forward;
  }
  const forward = first?.op === 'backward' ? forwards.get(first.forward) : undefined;
  if (forward !== undefined) {
    const plain = together.filter((record) => record.op === 'backward');
    const records = widenBackward(plain, forward, before).map((record, rank) => {
      const earlier = plain[rank]?.accumulated?.earlier;
      return widenAccumulated(record, earlier ? backwards.get(earlier) : undefined);
    });
    for (const [rank, record] of plain.entries()) backwards.set(record, records[rank]!);
    return { records, state: before };
  }
  return { records: together.map((record) => ({ ...record, state: shownState(before, record.state) })), state: before };
}
