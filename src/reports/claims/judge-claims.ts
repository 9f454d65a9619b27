import type { BalancedCheck, Check, Claim, ClaimsFile, CountCheck, Framework } from '../../spec/generated/claims.ts';
import type { Run, RunnerResults } from '../run.ts';
import { checkAgreement } from './agree-check.ts';
import { type Answer, type Cast, type Stage, unanswered } from './answer.ts';
import { checkCases } from './cases-check.ts';
import { checkDescription } from './description.ts';
import { checkPrinted } from './printed-check.ts';

export const claimVerdicts = ['holds', 'does-not-hold', 'holds-with-a-condition', 'not-testable'] as const;
export type ClaimVerdict = (typeof claimVerdicts)[number];

/** The verdicts as people read them. */
export const verdictWords: Readonly<Record<ClaimVerdict, string>> = {
  'holds': 'holds', 'does-not-hold': 'does not hold', 'holds-with-a-condition': 'holds with a condition', 'not-testable': 'not testable here',
};

/** What came of one check: of several cases the smallest that differs speaks, else the smallest that agrees. */
export interface CheckedClaim extends Answer {
  readonly condition: string | null;
  /** Cases that agree, and that differ. */
  readonly agreeing: number;
  readonly differing: number;
}

export interface JudgedClaim {
  readonly claim: Claim;
  readonly seed: string;
  /** Whom it was asked of, `<id>@<version>`. */
  readonly runners: readonly string[];
  readonly verdict: ClaimVerdict;
  readonly checks: readonly CheckedClaim[];
}

/** Which framework a runner speaks for; null for none that a claim is about. */
export type FrameworkOf = (results: RunnerResults) => Framework | null;

const ownFramework: FrameworkOf = ({ facts }) => (facts?.framework === 'pytorch' || facts?.framework === 'mindspore' ? facts.framework : null);

/**
 * The verdict on every claim for every runner that it is about, and for every pair of them where it is about both.
 *
 * @param run  of the suite `claims`, with what was observed
 */
export function judgeClaims(run: Run, files: readonly ClaimsFile[], frameworkOf: FrameworkOf = ownFramework): readonly JudgedClaim[] {
  const claims = new Map(files.flatMap((file) => file.claims.map((claim) => [claim.id, claim] as const)));
  return files.flatMap(({ seed, claims: own }) => own.flatMap((claim) => castsFor(run, frameworksOf(claim, claims), frameworkOf).map((cast) => judgeClaim(claim, seed, { run, cast }, claims))));
}

function castsFor(run: Run, frameworks: readonly Framework[], frameworkOf: FrameworkOf): readonly Cast[] {
  let casts: readonly Cast[] = [{}];
  for (const framework of frameworks) {
    const speakers = run.runners.filter((results) => frameworkOf(results) === framework);
    if (speakers.length > 0) casts = casts.flatMap((cast) => speakers.map((results) => ({ ...cast, [framework]: results })));
  }
  return casts;
}

/** The frameworks that a claim is about, PyTorch first. */
function frameworksOf(claim: Claim, claims: ReadonlyMap<string, Claim>): readonly Framework[] {
  const named = claim.settledBy.flatMap((check): readonly Framework[] => {
    if (check.kind === 'agree') return ['pytorch', 'mindspore'];
    if (check.kind === 'count') return check.claims.flatMap((id) => frameworksOf(claimNamed(id, claims), claims));
    return 'runner' in check ? [check.runner] : [];
  });
  return (['pytorch', 'mindspore'] as const).filter((framework) => named.includes(framework));
}

function claimNamed(id: string, claims: ReadonlyMap<string, Claim>): Claim {
  const claim = claims.get(id);
  if (claim === undefined) throw new RangeError(`no claim is called ${id}`);
  return claim;
}

function judgeClaim(claim: Claim, seed: string, stage: Stage, claims: ReadonlyMap<string, Claim>): JudgedClaim {
  const checks = claim.settledBy.map((check) => summarise(check, answersTo(check, stage, claims)));
  const runners = (['pytorch', 'mindspore'] as const).flatMap((framework) => stage.cast[framework]?.runner ?? []);
  return { claim, seed, runners, verdict: verdictOf(checks), checks };
}

function answersTo(check: Check, stage: Stage, claims: ReadonlyMap<string, Claim>): readonly Answer[] {
  switch (check.kind) {
    case 'cases': return checkCases(check, stage);
    case 'agree': return checkAgreement(check, stage);
    case 'described': return checkDescription(check, stage);
    case 'printed': return checkPrinted(check, stage);
    case 'count': return [checkCount(check, stage, claims)];
    case 'balanced': return [checkBalance(check)];
    case 'not-testable': return [unanswered(null, check.why)];
  }
}

function checkCount({ claims: ids, atMost }: CountCheck, stage: Stage, claims: ReadonlyMap<string, Claim>): Answer {
  const verdicts = ids.map((id) => judgeClaim(claimNamed(id, claims), '', stage, claims).verdict);
  const standing = ids.filter((_, at) => verdicts[at] === 'holds' || verdicts[at] === 'holds-with-a-condition');
  if (standing.length > atMost) return whole('differs', `${String(standing.length)} hold: ${standing.join(', ')}`);
  return verdicts.includes('not-testable') ? unanswered(null, 'not all of them could be looked at') : whole('agrees', `${String(standing.length)} hold`);
}

function checkBalance({ text }: BalancedCheck): Answer {
  const [opened, closed] = [text.split('(').length - 1, text.split(')').length - 1];
  return whole(opened === closed ? 'agrees' : 'differs', `${String(opened)} brackets open, ${String(closed)} close`);
}

function whole(outcome: 'agrees' | 'differs', saw: string): Answer {
  return { outcome, case: null, elements: 0, saw };
}

function summarise({ condition }: Check, answers: readonly Answer[]): CheckedClaim {
  const smallest = (outcome: Answer['outcome']): Answer | undefined => answers.filter((answer) => answer.outcome === outcome).sort((a, b) => a.elements - b.elements)[0];
  const speaking = smallest('differs') ?? smallest('agrees') ?? smallest('unanswered') ?? unanswered(null, 'nothing was asked');
  const count = (outcome: Answer['outcome']): number => answers.filter((answer) => answer.outcome === outcome).length;
  return { ...speaking, condition: condition ?? null, agreeing: count('agrees'), differing: count('differs') };
}

function verdictOf(checks: readonly CheckedClaim[]): ClaimVerdict {
  const all = (outcome: Answer['outcome']): boolean => checks.every((check) => check.outcome === outcome);
  if (all('unanswered')) return 'not-testable';
  if (all('agrees')) return 'holds';
  return checks.some(({ outcome }) => outcome === 'agrees') ? 'holds-with-a-condition' : 'does-not-hold';
}
