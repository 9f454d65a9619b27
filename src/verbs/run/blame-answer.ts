import { type Observable, observables } from '../../cases/case.ts';
import { compare } from '../../diff/compare.ts';
import { underContract } from '../../diff/contract.ts';
import { deviates } from '../../diff/findings.ts';
import { type Expectation, judge } from '../../diff/judge.ts';
import { signatureDeviations } from '../../diff/signature.ts';
import type { Evidence } from '../../reports/run.ts';
import type { Answer, ObservedAnswer } from '../../runners/answer.ts';
import type { Dialect } from '../../spec/dialect.ts';
import { bitsOf, type Suspect } from './blame-suspects.ts';
import { observedRecord } from './case-record.ts';

/** A case asked again, and what came of it; no answer where the runner broke before. */
export interface Asked {
  readonly suspect: Suspect;
  readonly expectation: Expectation;
  readonly answer: Answer | undefined;
  readonly dialect: Dialect;
}

/** The same question in a new process. */
export function evidenceOfRepeat(asked: Asked): Evidence {
  const check = 'fresh-process';
  const { suspect, answer } = asked;
  if (answer === undefined) return { check, outcome: 'no-answer' };
  if (answer.kind !== 'observed') return brokenAgain(asked, answer);
  const bits = suspect.bits === null ? null : bitsOf(observedRecord(answer.observation));
  if (bits !== null && bits === suspect.bits) return { check, outcome: 'same-bits' };
  const outcome = outcomeOf(asked, answer, offeredBy(asked.dialect));
  if (outcome.outcome === 'conforms') return { check, ...outcome, outcome: 'not-reproduced' };
  if (outcome.outcome !== 'deviates-too') return { check, ...outcome };
  return { check, outcome: bits === null ? 'deviates-again' : 'other-bits' };
}

function brokenAgain({ suspect, expectation, dialect }: Asked, answer: Answer): Evidence {
  const { status } = judge(expectation, answer, dialect);
  const outcome = status === suspect.found ? 'deviates-again' : deviates(status) ? 'deviates-otherwise' : 'not-reproduced';
  return { check: 'fresh-process', outcome, detail: status };
}

/** The same question on a second route, or in a process with another number of threads. */
export function evidenceOfRoute(check: Evidence['check'], asked: Asked): Evidence {
  const { suspect, expectation, answer, dialect } = asked;
  if (answer === undefined) return { check, outcome: 'no-answer' };
  if (answer.kind === 'unsupported') return { check, outcome: 'not-applicable', detail: answer.reason };
  if (answer.kind === 'failed') return { check, outcome: answer.error.class === 'AdapterFault' ? 'not-applicable' : 'no-answer', detail: answer.error.message };
  if (answer.kind !== 'observed') return { check, outcome: 'deviates-otherwise', detail: answer.kind };
  const offered = offeredBy(dialect);
  if (expectation.case.route === 'functional') offered.delete('step_count'); // that form keeps none
  if (!suspect.deviations.some(({ observable }) => isAsked(observable, offered))) return { check, outcome: 'not-applicable', detail: 'it has no step count' };
  return { check, ...outcomeOf(asked, answer, offered) };
}

function offeredBy(dialect: Dialect): Set<Observable> {
  return new Set(observables.filter((observable) => dialect.observables[observable].offered));
}

function isAsked(observable: string, offered: ReadonlySet<string>): boolean {
  return observable !== 'step_count' || offered.has(observable);
}

/** Deviating in a place in which the suspect does is deviating too. Only what deviates elsewhere needs a name, which takes long. */
function outcomeOf({ suspect, expectation, dialect }: Asked, answer: ObservedAnswer, offered: ReadonlySet<Observable>): Pick<Evidence, 'outcome' | 'detail'> {
  const compared = compare(underContract(expectation.accepted, expectation.case, dialect.errors), answer.observation, offered);
  const deviations = [...signatureDeviations(expectation.case, answer.observation, dialect), ...compared.deviations];
  if (deviations.length === 0) return { outcome: 'conforms' };
  const before = new Set(suspect.deviations.map(placeOf));
  if (deviations.some((deviation) => before.has(placeOf(deviation)))) return { outcome: 'deviates-too' };
  const { status, cause } = judge(expectation, answer, dialect);
  return { outcome: deviates(status) ? 'deviates-otherwise' : 'conforms', detail: cause === null ? status : `${status}, ${cause}` };
}

function placeOf({ rank, step, observable }: Pick<Suspect['deviations'][number], 'rank' | 'step' | 'observable'>): string {
  return `${String(rank)} ${String(step)} ${observable}`;
}
