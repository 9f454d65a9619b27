import { type CheckedClaim, type ClaimVerdict, claimVerdicts, type JudgedClaim, verdictWords } from '../../reports/claims/judge-claims.ts';
import { plural } from '../../reports/numbers.ts';
import { type Paint, type PaintName, plain } from '../../reports/paint.ts';
import { printable } from '../../reports/printable.ts';
import type { ClaimsFile } from '../../spec/generated/claims.ts';

const looks: Readonly<Record<ClaimVerdict, PaintName>> = { 'holds': 'good', 'does-not-hold': 'bad', 'holds-with-a-condition': 'warn', 'not-testable': 'quiet' };

const marks: Readonly<Record<CheckedClaim['outcome'], string>> = { agrees: '+', differs: '-', unanswered: '?' };

/** The table, page by page: what is said, whether it holds and for whom; what was seen where it does not simply hold. Totals last. */
export function claimsText(judged: readonly JudgedClaim[], files: readonly ClaimsFile[], paint: Paint = plain): string {
  const pages = files.flatMap(({ seed, page }) => {
    const own = judged.filter((one) => one.seed === seed);
    return own.length === 0 ? [] : [[paint('strong', `${seed}  ${page.title} (${page.release}; ${page.comparesWith})`), ...linesOf(own, paint)].join('\n')];
  });
  return `${[...pages, totals(judged, paint)].join('\n\n')}\n`;
}

function linesOf(judged: readonly JudgedClaim[], paint: Paint): readonly string[] {
  return judged.flatMap((one, at) => {
    const title = judged[at - 1]?.claim === one.claim ? [] : [`  ${one.claim.id}  ${one.claim.states}`];
    return [...title, `         ${paint(looks[one.verdict], verdictWords[one.verdict])}${runnersText(one)}`, ...detailsOf(one)];
  });
}

function runnersText({ runners }: JudgedClaim): string {
  return runners.length === 0 ? '' : `: ${printable(runners.join(', '))}`;
}

function detailsOf({ verdict, checks }: JudgedClaim): readonly string[] {
  if (verdict === 'holds') return [];
  if (verdict === 'not-testable') return [...new Set(checks.map(({ saw }) => `           ${marks.unanswered} ${printable(saw)}`))];
  return checks.flatMap((check) => [
    `           ${marks[check.outcome]} ${check.condition === null ? '' : `${check.condition}: `}${printable(check.saw)}`,
    ...(check.outcome === 'differs' && check.case !== null ? [`             in ${printable(check.case)}${countText(check)}`] : []),
  ]);
}

function countText({ agreeing, differing }: CheckedClaim): string {
  return agreeing + differing > 1 ? ` (${String(differing)} of ${plural(agreeing + differing, 'case')})` : '';
}

function totals(judged: readonly JudgedClaim[], paint: Paint): string {
  const claims = new Set(judged.map(({ claim }) => claim.id)).size;
  const counts = claimVerdicts.map((verdict) => `${String(judged.filter((one) => one.verdict === verdict).length)} ${verdictWords[verdict]}`);
  return paint('strong', `${plural(claims, 'claim')}, ${plural(judged.length, 'verdict')}: ${counts.join(', ')}`);
}
