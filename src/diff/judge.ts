import { acceptCase } from '../accept/accept.ts';
import type { Accepted } from '../accept/accepted.ts';
import { type Case, observables, type Observable } from '../cases/case.ts';
import type { PlannedCase } from '../cases/plan.ts';
import type { Answer } from '../runners/answer.ts';
import type { Observation } from '../runners/observation.ts';
import { circumstanceHolds } from '../spec/circumstance.ts';
import type { Dialect } from '../spec/dialect.ts';
import type { Departure } from '../spec/generated/dialect.ts';
import type { RuleId } from '../spec/rule-id.ts';
import { naiveAccumulation, structuralCauses, variantCauses, type VariantCause } from './catalogue.ts';
import { explain } from './cause.ts';
import { compare, type Comparison } from './compare.ts';
import { isRefusedByContract, underContract } from './contract.ts';
import { factsOfCase } from './facts.ts';
import { orderDeviations } from './memory-order.ts';
import { lacksSignature, signatureDeviations } from './signature.ts';
import { repetitionDeviations } from './repetition.ts';
import { isVacuous } from './vacuity.ts';
import type { Deviation, Verdict } from './verdict.ts';

/** A case with what is expected of it, computed once and shared by all runners. */
export interface Expectation {
  readonly planned: PlannedCase;
  readonly case: Case;
  readonly accepted: Accepted;
}

/** The expectation of a case, worked out when an answer first needs it: an unsupported case never does. */
export function expectationOf(planned: PlannedCase, materialised: Case): Expectation {
  return new LateExpectation(planned, materialised);
}

/** A class: of objects with getters of their own each has its own hidden class in the engine, which keeps all of it until the next full collection. */
class LateExpectation implements Expectation {
  readonly planned: PlannedCase;
  readonly case: Case;
  #accepted: Accepted | undefined;

  constructor(planned: PlannedCase, materialised: Case) {
    this.planned = planned;
    this.case = materialised;
  }

  get accepted(): Accepted {
    return (this.#accepted ??= acceptCase(this.case));
  }
}

/** The verdict on one answer, before the known-failing list is consulted. */
export function judge(expectation: Expectation, answer: Answer, dialect: Dialect): Verdict {
  const verdict = judgeOrLater(expectation, answer, dialect);
  return typeof verdict === 'function' ? verdict() : verdict;
}

/** As `judge`; where something deviates, how to come to the verdict: to look for its cause takes a hundred times as long as to see it. */
export function judgeOrLater(expectation: Expectation, answer: Answer, dialect: Dialect): Verdict | (() => Verdict) {
  switch (answer.kind) {
    case 'observed':
      return judgeObservation(expectation, answer.observation, dialect);
    case 'unsupported':
      return without('unsupported', `${answer.reason} (${answer.source}; ${answer.probe.call} → ${answer.probe.error.class}: ${firstLine(answer.probe.error.message)})`);
    case 'failed':
      return without('crashed', `the runner itself failed: ${answer.error.class}: ${answer.error.message}`);
    default:
      return without(answer.kind, answer.message);
  }
}

function without(status: Verdict['status'], reason: string): Verdict {
  return { status, rule: null, cause: null, candidates: [], deviations: [], accuracy: [], reason };
}

function judgeObservation(expectation: Expectation, observation: Observation, dialect: Dialect): Verdict | (() => Verdict) {
  const signature = [...signatureDeviations(expectation.case, observation, dialect), ...orderDeviations(expectation.case, observation, dialect)]; // BN-ERR-04, BN-SHAPE-04
  const accepted = underContract(expectation.accepted, expectation.case, dialect.errors);
  const compared = compare(accepted, observation, offeredObservables(dialect));
  const comparison = { ...compared, deviations: [...signature, ...compared.deviations, ...repetitionDeviations(observation)] }; // BN-NUM-04
  const look = { expectation, observation, dialect, accepted, comparison, mayBeDocumented: signature.length === 0 };
  return comparison.deviations.length === 0 ? conclude(look) : () => conclude(look);
}

/** What a verdict follows from. */
interface Look {
  readonly expectation: Expectation;
  readonly observation: Observation;
  readonly dialect: Dialect;
  /** By the rules and the dialect's error contract. */
  readonly accepted: Accepted;
  readonly comparison: Comparison;
  readonly mayBeDocumented: boolean;
}

function conclude({ expectation, observation, dialect, accepted, comparison, mayBeDocumented }: Look): Verdict {
  if (mayBeDocumented && comparison.deviations.length > 0) {
    const explained = documentedDeparture(expectation, observation, dialect);
    if (explained !== null) return documented(comparison, explained);
  }
  const outside = comparison.deviations.some(({ level }) => level === 'must');
  if (outside) return deviating('violates', expectation, observation, comparison, dialect);
  if (lacksSignature(expectation.case, dialect)) return without('ungradable', 'the dialect does not state the signature of this layer');
  const expectsConstant = expectation.planned.expectsConstant || isRefusedByContract(accepted);
  if (!expectsConstant && !comparison.accuracy.some((entry) => entry.graded > 0)) return { ...without('ungradable', 'no element of any observable has a bound'), accuracy: comparison.accuracy };
  if (!expectsConstant && isVacuous(accepted)) return { ...without('mistrusted', 'zero, a constant and the initial value would all be accepted'), accuracy: comparison.accuracy };
  if (comparison.deviations.length > 0) return deviating('inaccurate', expectation, observation, comparison, dialect);
  return { status: 'conforms', rule: null, cause: null, candidates: [], reason: null, ...comparison };
}

const offeredBy = new WeakMap<Dialect, ReadonlySet<Observable>>();

function offeredObservables(dialect: Dialect): ReadonlySet<Observable> {
  const offered = offeredBy.get(dialect) ?? new Set(observables.filter((observable) => dialect.observables[observable].offered));
  offeredBy.set(dialect, offered);
  return offered;
}

/** A departure that the documentation quotes, and what it leaves unexplained: inaccuracy at most. */
interface Explained {
  readonly departure: Departure;
  readonly left: Comparison;
}

function documentedDeparture(expectation: Expectation, observation: Observation, dialect: Dialect): Explained | null {
  for (const { departure, cause } of departuresOf(expectation, dialect)) {
    const compared = compare(underContract(acceptCase(expectation.case, cause.formulas), expectation.case, dialect.errors), observation, offeredObservables(dialect));
    const left = { ...compared, deviations: [...compared.deviations, ...repetitionDeviations(observation)] };
    if (left.deviations.every(({ level }) => level === 'should')) return { departure, left };
  }
  return null;
}

/** The documented departures whose circumstance holds in a case. */
function departuresOf(expectation: Expectation, dialect: Dialect): readonly { readonly departure: Departure; readonly cause: VariantCause }[] {
  const facts = factsOfCase(expectation.case);
  return dialect.departures.filter(({ when }) => circumstanceHolds(when, facts)).flatMap((departure) => {
    const cause = variantCauses.find(({ id }) => id === departure.variant);
    return cause === undefined ? [] : [{ departure, cause }];
  });
}

function documented(comparison: Comparison, { departure, left }: Explained): Verdict {
  const reason = `“${departure.quote}” (${departure.source})`;
  const [inaccuracy] = left.deviations;
  if (inaccuracy !== undefined) return { status: 'inaccurate', rule: inaccuracy.rule, cause: inaccuracy.kind === 'unrepeated' ? structuralCauses['not-repeatable'].id : naiveAccumulation.id, candidates: [], reason, ...left };
  return { status: 'documented', rule: departure.rule as RuleId, cause: departure.variant, candidates: [], reason, ...comparison };
}

function deviating(status: 'violates' | 'inaccurate', expectation: Expectation, observation: Observation, comparison: Comparison, dialect: Dialect): Verdict {
  const departures = status === 'violates' ? departuresOf(expectation, dialect).map(({ cause }) => cause) : [];
  const repeated = comparison.deviations.filter(({ kind }) => kind !== 'unrepeated');
  const told = repeated.length > 0 ? repeated : comparison.deviations; // what deviates explains why it is not the same twice, too
  const { cause, candidates } = explain(expectation.case, observation, told, offeredObservables(dialect), departures, dialect.errors);
  const named = candidates.find(({ id }) => id === cause);
  const rule = named === undefined ? comparison.deviations[0]?.rule ?? null : ruleOfCause(named.rule, expectation, told);
  return { status, rule, cause, candidates: candidates.length > 1 ? candidates.map(({ id }) => id) : [], reason: null, ...comparison };
}

/** What structure breaks is named by the deviation itself; else the cause's own rule, where the case cites it. */
function ruleOfCause(rule: RuleId, expectation: Expectation, deviations: readonly Deviation[]): RuleId {
  const structural = deviations.find(({ kind, observable }) => kind !== 'value' && (kind !== 'unexpected' || observable === 'error'));
  if (structural !== undefined) return structural.rule;
  return expectation.planned.rules.includes(rule) ? rule : deviations[0]?.rule ?? rule;
}

/** Frameworks put their own call stack into a message. */
function firstLine(message: string): string {
  return message.trimStart().split('\n', 1)[0]?.trimEnd() ?? '';
}
