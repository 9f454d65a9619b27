import type { Finding } from '../diff/findings.ts';
import { describeEvidence, harnessError } from './evidence-text.ts';
import { evidenceOf, groupRunner, type GroupedRunner } from './grouped-run.ts';
import type { PageFinding } from './page-data.ts';
import { jsonNumber } from './page-encode.ts';
import type { Run } from './run.ts';

const order = ['open', 'known', 'documented'] as const;

/** Findings that count against the gate or the strict gate, then known ones, then documented departures; each worst first. */
export function encodeFindings({ header, runners }: Run): readonly PageFinding[] {
  const grouped = runners.map(groupRunner);
  const named = new Set(grouped.flatMap(({ findings, departures }) => [...findings, ...departures].flatMap(({ ids }) => ids)));
  const indices = new Map<string, number>();
  let index = 0;
  for (const id of header.cases) { if (named.has(id)) indices.set(id, index); index += 1; }
  const all = grouped.flatMap((runner, number) => [
    ...runner.findings.map((finding) => encode(runner, number, finding, finding.known ? 'known' : 'open', indices)),
    ...runner.departures.map((finding) => encode(runner, number, finding, 'documented', indices)),
  ]);
  return order.flatMap((kind) => all.filter((finding) => finding.kind === kind));
}

function encode(runner: GroupedRunner, number: number, finding: Finding, kind: PageFinding['kind'], indices: ReadonlyMap<string, number>): PageFinding {
  const { status, cause, title, candidates, rule, ids, example, worstRatio, translation } = finding;
  const evidence = evidenceOf(runner, finding);
  return {
    runner: number, kind, status, cause, title, candidates, rule, translation: translation === 'none' ? null : translation,
    cases: ids.map((id) => indices.get(id) ?? -1), example: indices.get(example) ?? -1, worstRatio: jsonNumber(worstRatio),
    reasons: reasonsOf(runner, finding), harnessError: harnessError(evidence),
    evidence: evidence.map((each) => ({ check: each.check, outcome: each.outcome, text: describeEvidence([each]).join('').replace('evidence: ', '') })),
  };
}

/** The first reasons that its cases give: of the known-failing entry, of the documentation, of the process that died. */
function reasonsOf({ cases }: GroupedRunner, { ids }: Finding): readonly string[] {
  const members = new Set(ids);
  const reasons = cases.filter(({ id }) => members.has(id)).flatMap(({ reason }) => reason ?? []);
  return [...new Set(reasons)].slice(0, 3);
}
