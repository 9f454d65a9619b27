import type { Case } from '../cases/case.ts';
import type { Formulas } from '../reference/formulas.ts';
import type { RuleId } from '../spec/rule-id.ts';

/** A named way of departing from the rules. */
export interface Cause {
  readonly id: string;
  /** The rule that it breaks. */
  readonly rule: RuleId;
  readonly title: string;
  /** What to change so that both sides agree. */
  readonly translation: string;
  /** Implementations known to behave so. */
  readonly like?: readonly string[];
}

/** A cause as the formulas that it replaces. */
export interface FormulaVariant extends Cause {
  readonly change: Partial<Formulas>;
  /** Other readings of the same departure, each instead of `change`. */
  readonly forms?: readonly Partial<Formulas>[];
  /** Cases where the departure can show at all; every case when absent. May err on the side of true. */
  readonly concerns?: (question: Case) => boolean;
}
