import type { Accepted, AcceptedObservation, AcceptedRank, AcceptedStep } from '../accept/accepted.ts';
import type { Case } from '../cases/case.ts';
import type { ObservedError } from '../runners/observation.ts';
import { circumstanceHolds, type Facts } from '../spec/circumstance.ts';
import type { ErrorContract } from '../spec/generated/dialect.ts';
import { factsOfCall, factsOfLayer, keyOfCall, keyOfLayer } from './facts.ts';

/**
 * What is accepted of a framework that refuses as its error contract says.
 *
 * Where an entry holds, the step is a refusal with the entries beside it, whatever the formulas give (BN-ERR-03); where the core refuses
 * as well, its own rule stays. Nothing is expected after a refusal. Without an entry that holds anywhere, `accepted` itself.
 *
 * @param accepted  by the core rules, or by other formulas
 * @param errors    the dialect's error contract
 */
export function underContract(accepted: Accepted, question: Case, errors: readonly ErrorContract[]): Accepted {
  const ranks = accepted.ranks.map((own, rank) => contractOfRank(own, rank, question, errors));
  return ranks.every((own, rank) => own === accepted.ranks[rank]) ? accepted : { ranks };
}

function contractOfRank(own: AcceptedRank, rank: number, question: Case, errors: readonly ErrorContract[]): AcceptedRank {
  const refusal = firstRefusal(question, rank, errors);
  if (refusal === null) return own;
  const { index, entries } = refusal;
  if (index < 0) return { construct: refused(own.construct, nothing, entries), steps: [] };
  const step = own.steps[index];
  if (step === undefined) return own;
  return { ...own, steps: [...own.steps.slice(0, index), refused(step, stateIn(own.steps[index - 1] ?? own.construct), entries)] };
}

/** The entries that refuse a case, on whatever rank: its construction, else the first call that some refuse. None: it is answered. */
export function entriesRefusing(question: Case, errors: readonly ErrorContract[]): readonly ErrorContract[] {
  return [...new Set(question.ranks.flatMap((_, rank) => firstRefusal(question, rank, errors)?.entries ?? []))];
}

interface Refusal {
  /** Of the step; −1 is the construction. */
  readonly index: number;
  readonly entries: readonly ErrorContract[];
}

function firstRefusal(question: Case, rank: number, errors: readonly ErrorContract[]): Refusal | null {
  if (errors.length === 0) return null;
  const layerKey = keyOfLayer(question.layer, question.config);
  const ofLayer = remember(errors, layerKey, () => entriesOf(errors, 'construct', factsOfLayer(question.layer, question.config)));
  if (ofLayer.length > 0) return { index: -1, entries: ofLayer };
  for (const [index, asked] of question.program.entries()) {
    if (asked.op !== 'forward') continue;
    const entries = remember(errors, keyOfCall(layerKey, question, rank, asked), () => entriesOf(errors, 'call', factsOfCall(question, rank, asked)));
    if (entries.length > 0) return { index, entries };
  }
  return null;
}

/** Per contract, and by the text of a layer or of a call: most cases of a suite make the same few. */
const remembered = new WeakMap<readonly ErrorContract[], Map<string, readonly ErrorContract[]>>();

function remember(errors: readonly ErrorContract[], key: string, find: () => readonly ErrorContract[]): readonly ErrorContract[] {
  const ofContract = remembered.get(errors) ?? new Map<string, readonly ErrorContract[]>();
  const known = ofContract.get(key);
  if (known !== undefined) return known;
  const entries = find();
  ofContract.set(key, entries);
  remembered.set(errors, ofContract);
  return entries;
}

function entriesOf(errors: readonly ErrorContract[], point: ErrorContract['point'], facts: Facts): readonly ErrorContract[] {
  return errors.filter((entry) => entry.point === point && circumstanceHolds(entry.when, facts));
}

const nothing: AcceptedObservation = { kind: 'values', values: [], count: null, keepsState: true };

function refused(step: AcceptedStep, before: AcceptedObservation, errors: readonly ErrorContract[]): AcceptedStep {
  if (step.kind === 'refusal') return { ...step, errors };
  return { kind: 'refusal', rule: 'BN-ERR-03', orFinite: false, errors, state: before }; // BN-ERR-03
}

/** The state that a step left, as what a refused call must leave too (BN-ERR-01). */
function stateIn(step: AcceptedStep): AcceptedObservation {
  if (step.kind === 'refusal') return step.state;
  const values = step.values.filter(({ observable }) => observable === 'running_mean' || observable === 'running_var');
  return { ...step, values: values.map((own) => ({ ...own, rule: 'BN-ERR-01' })), count: step.count === null ? null : { ...step.count, rule: 'BN-ERR-01' } }; // BN-ERR-01
}

/** Whether some call or construction is refused, so that no value can be vacuous: the refusal is what was asked. */
export function isRefusedByContract({ ranks }: Accepted): boolean {
  return ranks.some(({ construct, steps }) => [construct, ...steps].some((step) => step.kind === 'refusal' && (step.errors ?? []).length > 0));
}

/** Whether an error is one that the contract names; without an entry any is. */
export function isNamed({ class: given, message }: ObservedError, errors: readonly ErrorContract[] = []): boolean {
  return errors.length === 0 || errors.some((entry) => entry.class === given && message.includes(entry.messageContains ?? '')); // BN-ERR-02
}

/** The errors that the contract names, for a report: `ValueError “expected 4D input”`, or the class alone. */
export function describeErrors(errors: readonly ErrorContract[] = []): string {
  const named = [...new Set(errors.map((entry) => (entry.messageContains === undefined ? entry.class : `${entry.class} “${entry.messageContains}”`)))];
  return named.length === 0 ? 'a refusal' : named.join(' or ');
}
