import type { PageEvidence } from '../../../../src/reports/page-data.ts';

/** Outcomes that say that the framework itself errs, or that somebody else does. */
const tones: Readonly<Partial<Record<PageEvidence['outcome'], string>>> = {
  'same-bits': 'firm', 'deviates-again': 'firm', 'deviates-too': 'firm', 'reference-right': 'firm', 'reference-wrong': 'wrong', 'not-reproduced': 'wrong',
};

/** How the smallest case of a finding was looked into, check by check. */
export function Evidence({ evidence }: { readonly evidence: readonly PageEvidence[] }) {
  if (evidence.length === 0) return null;
  return (
    <div class="evidence">
      <h4>Evidence</h4>
      <ul>{evidence.map(({ text, outcome }, i) => <li key={i} class={tones[outcome] ?? ''}>{text}</li>)}</ul>
    </div>
  );
}
