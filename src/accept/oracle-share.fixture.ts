import type fc from 'fast-check';
import type { Case } from '../cases/case.ts';
import { ceiling, exactError } from '../reference/oracle/error.ts';
import type { Rational } from '../reference/oracle/rational.ts';
import { toNumber } from '../reference/oracle/to-number.ts';
import { exactTrajectory, type ExactStep } from '../reference/oracle/trajectory.ts';
import { acceptCase } from './accept.ts';
import type { Accepted, AcceptedStep, AcceptedValues } from './accepted.ts';
import { type FastCheck, type OracleDrawn, oracleQuestion, traitsOf } from './oracle-question.fixture.ts';

/** The reference's own error may use up to this part of the class A bound; where the bound is 0 it must be the number nearest to the exact value. */
export const share = 1e-3;

/** Bits of the oracle's roots: their error, 2^−128, is far below a thousandth of a float64 bound. */
const rootBits = 128;

/** How an element was checked: against a bound, for equality, or not at all (`overflowed`: the bound itself is NaN). */
type Check = 'bounded' | 'exact' | 'unbounded' | 'overflowed';

export interface Shares {
  /** Largest |reference − exact| ÷ bound, or an upper estimate of it, and where it is; Infinity where a bound of 0 is missed. */
  worst: number;
  where: string;
  readonly elements: Record<Check, number>;
}

/** Holds every element of every observable of what is accepted against the exact value. */
export function sharesOf(asked: Case, accepted: Accepted = acceptCase(asked)): Shares {
  const exact = exactTrajectory(asked, rootBits);
  const shares: Shares = { worst: 0, where: 'nowhere', elements: { bounded: 0, exact: 0, unbounded: 0, overflowed: 0 } };
  for (const [rank, { construct, steps }] of accepted.ranks.entries()) {
    const exactSteps = [exact[rank]?.construct, ...(exact[rank]?.steps ?? [])];
    for (const [i, step] of [construct, ...steps].entries()) raiseShares(shares, step, exactSteps[i], `rank ${String(rank)}, step ${String(i - 1)}`);
  }
  return shares;
}

function raiseShares(shares: Shares, step: AcceptedStep, exact: ExactStep | undefined, place: string): void {
  if (step.kind === 'refusal') throw new TypeError('expected a program without refusals');
  for (const values of step.values) {
    const rationals = exact?.[values.observable];
    if (rationals?.length !== values.value.length) throw new TypeError(`expected ${String(values.value.length)} exact values of ${values.observable}, ${place}`);
    for (const [i, rational] of rationals.entries()) raiseShare(shares, values, i, rational, place);
  }
}

function raiseShare(shares: Shares, values: AcceptedValues, i: number, exact: Rational, place: string): void {
  const bound = values.stable[i]!;
  const check = Number.isNaN(bound) ? 'overflowed' : bound === Infinity ? 'unbounded' : bound === 0 ? 'exact' : 'bounded';
  shares.elements[check] += 1;
  if (check === 'overflowed' || check === 'unbounded') return;
  const ratio = ratioOf(values.value[i]!, values.low?.[i] ?? 0, bound, exact);
  if (ratio <= shares.worst) return;
  shares.worst = ratio;
  shares.where = `${place}: ${values.observable}[${String(i)}] = ${String(values.value[i])}, exactly about ${String(toNumber(exact))}, bound ${String(bound)}`;
}

function ratioOf(value: number, low: number, bound: number, exact: Rational): number {
  if (!Number.isFinite(value)) return Infinity;
  if (bound === 0) return value === toNumber(exact) ? 0 : Infinity;
  const error = exactError(value, exact, low);
  const estimate = ceiling(error) / bound;
  return error.numerator === 0n ? 0 : estimate < share / 4 ? estimate : toNumber(error) / bound;
}

/** What a run of drawn questions has covered. */
export interface Covered {
  cases: number;
  /** How many elements were checked in which way. */
  readonly elements: Record<Check, number>;
  /** How many cases had each trait. */
  readonly traits: Record<string, number>;
}

/** Draws so many questions and holds each against the oracle; a failure prints fast-check's seed and path. */
export function holdAgainstOracle(check: FastCheck, drawn: fc.Arbitrary<OracleDrawn>, numRuns: number, reference: (asked: Case) => Accepted = acceptCase): Covered {
  const covered: Covered = { cases: 0, elements: { bounded: 0, exact: 0, unbounded: 0, overflowed: 0 }, traits: {} };
  check.assert(check.property(drawn, (choice) => {
    const asked = oracleQuestion(choice);
    const { worst, where, elements } = sharesOf(asked, reference(asked));
    if (!(worst < share)) throw new Error(`expected an error below ${String(share)} of the bound, got ${String(worst)} at ${where}`);
    covered.cases += 1;
    for (const kind of Object.keys(elements) as Check[]) covered.elements[kind] += elements[kind];
    for (const trait of traitsOf(choice)) covered.traits[trait] = (covered.traits[trait] ?? 0) + 1;
  }), { numRuns });
  return covered;
}
