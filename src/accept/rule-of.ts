import type { LayerConfig } from '../cases/case.ts';
import type { BackwardRecord, ForwardRecord } from '../reference/trajectory.ts';
import type { RuleId } from '../spec/rule-id.ts';

/** The rule under which the output of a forward is judged. */
export function outputRule(record: ForwardRecord, ranks: number): RuleId {
  if (record.source === 'running') return 'BN-NORM-02'; // BN-NORM-02
  return ranks > 1 ? 'BN-SYNC-01' : 'BN-NORM-01'; // BN-SYNC-01
}

/** The rule under which dx is judged. */
export function inputGradientRule(record: BackwardRecord, ranks: number): RuleId {
  if (record.source === 'running') return 'BN-GRAD-04';
  return ranks > 1 ? 'BN-SYNC-02' : 'BN-GRAD-01'; // BN-SYNC-02
}

/** The rule under which dγ or dβ is judged. */
export function parameterGradientRule(observable: 'dgamma' | 'dbeta', ranks: number): RuleId {
  if (ranks > 1) return 'BN-SYNC-03'; // BN-SYNC-03
  return observable === 'dgamma' ? 'BN-GRAD-02' : 'BN-GRAD-03';
}

/** The rule under which the state after a step is judged. */
export function stateRule(observable: 'running_mean' | 'running_var', record: ForwardRecord | BackwardRecord | null, config: LayerConfig): RuleId {
  if (record === null) return 'BN-STATE-01'; // BN-STATE-01
  if (record.op === 'backward') return 'BN-STATE-07'; // BN-STATE-07
  if (record.config.statistics === 'paused') return 'BN-STATE-15'; // BN-STATE-15
  if (record.config !== config && record.update !== null) return 'BN-STATE-14'; // BN-STATE-14
  if (record.update === null) return record.config.statistics === 'running' ? 'BN-STATE-09' : 'BN-STATE-04';
  if (record.update.batch.count === 0) return 'BN-STAT-04'; // BN-STAT-04
  if (record.config.statistics === 'batch' && record.mode === 'eval') return 'BN-STATE-10';
  if (config.momentum === null) return 'BN-STATE-05';
  return observable === 'running_mean' ? 'BN-STATE-02' : 'BN-STATE-03';
}
