import type { GateDecision } from '../../gate/decide.ts';
import { harnessError } from '../../reports/evidence-text.ts';
import type { EvidenceLine, Run } from '../../reports/run.ts';
import { UserError } from '../../spec/user-error.ts';

/** A run whose reference is wrong passes nothing. */
export function failOnWrongReference(decision: GateDecision, evidence: readonly Pick<EvidenceLine, 'checks'>[]): GateDecision {
  const errors = new Set(evidence.flatMap(({ checks }) => harnessError(checks) ?? []));
  return errors.size === 0 ? decision : { ...decision, gate: 'fail', reasons: [...errors, ...decision.reasons] };
}

/**
 * Refuses the results of a run in which the exact oracle contradicts the reference.
 *
 * @throws {UserError} REFERENCE_WRONG, naming every such case
 */
export function refuseWrongReference({ runners }: Run): void {
  const contradicted = runners.flatMap(({ cases }) => cases.filter(({ evidence = [] }) => harnessError(evidence) !== null));
  const [first] = contradicted;
  if (first === undefined) return;
  const ids = [...new Set(contradicted.map(({ id }) => id))];
  throw new UserError('REFERENCE_WRONG', `${harnessError(first.evidence ?? []) ?? ''}: the exact oracle contradicts it on ${ids.join(', ')}`, 'no framework is to blame for these findings: report them to bn-conformance, with run.ndjson');
}
