import { type Status, statuses } from '../diff/verdict.ts';
import type { KnownFailing } from '../spec/generated/known-failing.ts';

/** An entry of a known-failing list, as far as the gate names it. */
type ListedEntry = Pick<KnownFailing, 'cases' | 'expires'>;

/** Everything the gate looks at. */
export interface GateInput {
  /** Number of cases per status, over all runners. */
  readonly counts: Readonly<Record<Status, number>>;
  readonly planned: number;
  /** Largest share of known cases that the suite records; null for a part of a suite, of which it says nothing. */
  readonly knownShare: number | null;
  readonly strict: boolean;
  /** Elements judged and not judgeable, per observable. */
  readonly grading: readonly { readonly observable: string; readonly graded: number; readonly ungradable: number }[];
  readonly unmatched: readonly ListedEntry[];
  readonly expired: readonly ListedEntry[];
}

export interface GateDecision {
  readonly gate: 'pass' | 'fail';
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** Statuses that fail the gate (design, section 5), worst first; `inaccurate` joins them under --strict. */
export const failingStatuses: readonly Status[] = ['crashed', 'timed-out', 'garbled', 'violates', 'stale', 'mistrusted', 'not-run'];

/** At most this share of an observable's elements may be ungradable. */
const ungradableLimit = 0.02;

/** Statuses and the known-failing list decide; every reason to fail is given. */
export function decideGate(input: GateInput): GateDecision {
  const sum = statuses.reduce((total, status) => total + input.counts[status], 0);
  if (sum !== input.planned) throw new Error(`planned ${String(input.planned)} cases, the statuses add up to ${String(sum)}`);
  const reasons = [...(input.planned === 0 ? ['no case was planned'] : []), ...byStatus(input), ...byShare(input), ...byGrading(input), ...input.unmatched.map(unmatchedReason)];
  const expired = input.expired.map((entry) => `known-failing entry '${entry.cases}' expired on ${entry.expires}`);
  return {
    gate: reasons.length + (input.strict ? expired.length : 0) === 0 ? 'pass' : 'fail',
    reasons: input.strict ? [...reasons, ...expired] : reasons,
    warnings: [...ungradable(input, (share) => share > 0 && (isPart(input) || share <= ungradableLimit)), ...(input.strict ? [] : expired)],
  };
}

function byStatus({ counts, strict }: GateInput): string[] {
  const asked = strict ? [...failingStatuses, 'inaccurate' as const] : failingStatuses;
  return asked.filter((status) => counts[status] > 0).map((status) => `${String(counts[status])} ${status}`);
}

function byShare({ counts, planned, knownShare }: GateInput): string[] {
  if (knownShare === null || counts.known <= planned * knownShare) return [];
  return [`known ${String(counts.known)} of ${String(planned)} planned, above the suite's share of ${String(knownShare)}`];
}

/** A part of a suite says nothing of the suite's shares. */
function isPart({ knownShare }: GateInput): boolean {
  return knownShare === null;
}

function byGrading(input: GateInput): string[] {
  if (isPart(input)) return [];
  return ungradable(input, (share) => share > ungradableLimit).map((text) => `${text}, above the limit of 2 %`);
}

/** The observables of which such a share could not be graded, one text each. */
function ungradable({ grading }: GateInput, isMeant: (share: number) => boolean): string[] {
  return grading
    .filter((one) => isMeant(one.ungradable / (one.graded + one.ungradable)))
    .map((one) => `${String(one.ungradable)} of ${String(one.graded + one.ungradable)} elements of ${one.observable} could not be graded`);
}

function unmatchedReason({ cases }: ListedEntry): string {
  return `known-failing entry '${cases}' matches no case of any suite`;
}
