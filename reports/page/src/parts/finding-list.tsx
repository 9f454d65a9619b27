import type { PageFinding } from '../../../../src/reports/page-data.ts';
import { formatCount } from '../../../../src/reports/numbers.ts';
import type { Model } from '../data/model.ts';
import { hrefOf } from '../route.ts';
import { Chip } from './chip.tsx';
import { numberOf, ratioText } from './number-text.ts';

/** The findings in a line each, worst first; the whole story stands in their own view. */
export function FindingList({ model }: { readonly model: Model }) {
  const { findings } = model.data;
  return (
    <section aria-labelledby="what">
      <h2 id="what">What differs</h2>
      {findings.every(({ kind }) => kind !== 'open') && <p class="lead">No case deviates beyond what is known and documented.</p>}
      <ul class="finding-list">{findings.map((finding, i) => <li key={i}><Entry model={model} finding={finding} number={i} /></li>)}</ul>
    </section>
  );
}

function Entry({ model: { runners, data }, finding: { kind, status, title, cause, rule, runner, cases, worstRatio, translation }, number }: { readonly model: Model; readonly finding: PageFinding; readonly number: number }) {
  const worst = numberOf(worstRatio);
  return (
    <a class={`finding-line ${kind}`} href={hrefOf('findings', { finding: String(number) })}>
      <span class="marks">{kind === 'known' && <Chip status="known" />}<Chip status={status} /></span>
      <span class="what"><strong>{title ?? cause}</strong><span class="soft">{rule} {data.rules.find(({ id }) => id === rule)?.title}</span>
        {translation !== null && <span class="soft">To reconcile: {translation}</span>}</span>
      <span class="who"><strong>{runners[runner]?.label}</strong><span class="soft">{formatCount(cases.length)} {cases.length === 1 ? 'case' : 'cases'}{worst > 0 ? `, ${ratioText(worst)} × the bound` : ''}</span></span>
    </a>
  );
}
