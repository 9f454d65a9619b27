import type { Finding } from '../diff/findings.ts';
import { failingStatuses } from '../gate/decide.ts';
import { describeEvidence } from './evidence-text.ts';
import { describeRule, type RuleTitles } from './failure-text.ts';
import { evidenceOf, type GroupedRunner, groupRunner } from './grouped-run.ts';
import { formatRatio, plural } from './numbers.ts';
import { printable } from './printable.ts';
import type { Run } from './run.ts';

/** A finding beside the runner that it is about. */
export interface RankedFinding {
  readonly runner: GroupedRunner;
  readonly finding: Finding;
}

/** The findings of all runners: known ones last, then worst status first, then most cases. */
export function rankFindings({ runners }: Run): readonly RankedFinding[] {
  return runners
    .map(groupRunner)
    .flatMap((runner) => runner.findings.map((finding): RankedFinding => ({ runner, finding })))
    .sort((a, b) => Number(a.finding.known) - Number(b.finding.known) || severity(a.finding) - severity(b.finding) || b.finding.cases - a.finding.cases);
}

/** `3 cases, at worst 6.2e4 × the bound`; ∞ where a result is not finite, or not the exact one that its data make it. */
export function describeExtent({ cases, worstRatio }: Finding): string {
  return `${plural(cases, 'case')}${worstRatio > 0 ? `, at worst ${formatRatio(worstRatio)} × the bound` : ''}`;
}

/** A process that died leaves the end of its stderr, which stands whole in run.ndjson. */
const longestReason = 300;

/** What is known of a finding, one paragraph each: rule, candidates, reason, how to reconcile, evidence. */
export function describeFinding({ runner, finding }: RankedFinding, titles: RuleTitles): readonly string[] {
  const { rule, candidates, translation, example } = finding;
  const reason = printable(runner.cases.find(({ id }) => id === example)?.reason ?? '');
  return [
    ...describeRule(rule, titles),
    ...(candidates.length === 0 ? [] : [`one of: ${candidates.join(', ')}`]),
    ...(reason === '' ? [] : [`reason: ${reason.slice(0, longestReason)}${reason.length > longestReason ? '…' : ''}`]),
    ...(translation === null || translation === 'none' ? [] : [`to reconcile: ${translation}`]),
    ...describeEvidence(evidenceOf(runner, finding)),
  ];
}

function severity({ status }: Finding): number {
  const rank = failingStatuses.indexOf(status);
  return rank < 0 ? failingStatuses.length : rank;
}
