import { readClaims } from '../spec/claims.ts';
import type { ClaimsFile } from '../spec/generated/claims.ts';
import { type CheckedClaim, type JudgedClaim, judgeClaims, verdictWords } from './claims/judge-claims.ts';
import type { PageClaim } from './page-data.ts';
import type { Run } from './run.ts';

/** The claims as the page shows them, judged by a run of their suite. */
export function encodeClaims(run: Run): readonly PageClaim[] {
  const files = readClaims();
  const judged = judgeClaims(run, files);
  return files.flatMap((file) => file.claims.map((claim): PageClaim => ({
    id: claim.id, document: documentOf(file), statement: claim.states, place: claim.place,
    verdicts: judged.filter((one) => one.claim.id === claim.id).map((one) => ({ runner: one.runners.join(', '), verdict: verdictWords[one.verdict], ...reasonOf(one) })),
  })));
}

function documentOf({ seed, page: { title, release, comparesWith } }: ClaimsFile): string {
  return `${seed} ${title} (${release}; ${comparesWith})`;
}

/** What differed speaks before what agreed. */
function reasonOf({ checks }: JudgedClaim): Pick<PageClaim['verdicts'][number], 'why' | 'example'> {
  const speaking = checks.find(({ outcome }) => outcome === 'differs') ?? checks.find(({ outcome }) => outcome === 'unanswered') ?? checks[0];
  return { why: checks.map(whyOf).join('; '), example: speaking?.case ?? null };
}

function whyOf({ condition, saw }: CheckedClaim): string {
  return condition === null ? saw : `${condition}: ${saw}`;
}
