import type { RuleId } from '../spec/rule-id.ts';

/** A named way of departing from the rules. */
export interface Cause {
  readonly id: string;
  /** The rule that it breaks. */
  readonly rule: RuleId;
  readonly title: string;
  /** What to change so that both sides agree. */
  readonly translation: string;
}
