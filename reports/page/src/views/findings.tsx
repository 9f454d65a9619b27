import { useEffect } from 'preact/hooks';
import { rerunCommand } from '../../../../src/reports/rerun.ts';
import type { PageFinding } from '../../../../src/reports/page-data.ts';
import { formatCount } from '../../../../src/reports/numbers.ts';
import { filterQuery, noFilter } from '../data/filter.ts';
import type { Model } from '../data/model.ts';
import { CaseLink } from '../parts/case-id.tsx';
import { Chip } from '../parts/chip.tsx';
import { Command } from '../parts/copy.tsx';
import { Evidence } from '../parts/evidence.tsx';
import { type Fact, Facts } from '../parts/facts.tsx';
import { numberOf, ratioText } from '../parts/number-text.ts';
import { Linked } from '../parts/linked.tsx';
import { hrefOf } from '../route.ts';
import { headerOf, runnerOf } from '../data/rerun.ts';

const kinds = [
  ['open', 'Open', 'Count against the gate, or against a strict one.'],
  ['known', 'Known', 'Named by the known-failing list, with cause and reason; they pass the gate.'],
  ['documented', 'Documented departures', 'The framework departs from the core rule as its own documentation says.'],
] as const;

export function Findings({ model, query }: { readonly model: Model; readonly query: URLSearchParams }) {
  const chosen = query.get('finding');
  useEffect(() => { if (chosen !== null) document.getElementById(`finding-${chosen}`)?.scrollIntoView({ block: 'start' }); }, [chosen]);
  const numbered = model.data.findings.map((finding, number) => ({ finding, number }));
  return (
    <>
      <h1>Findings</h1>
      <p class="lead">All cases of a runner that deviate for the same cause, worst first.</p>
      {kinds.map(([kind, title, lead]) => {
        const own = numbered.filter(({ finding }) => finding.kind === kind);
        if (own.length === 0) return kind === 'open' ? <p key={kind}>No case deviates beyond what is known and documented.</p> : null;
        return (
          <section key={kind} aria-labelledby={`kind-${kind}`}>
            <h2 id={`kind-${kind}`}>{title}</h2><p class="soft">{lead}</p>
            {own.map(({ finding, number }) => <Card key={number} model={model} finding={finding} number={number} chosen={chosen === String(number)} />)}
          </section>
        );
      })}
    </>
  );
}

interface CardProps {
  readonly model: Model;
  readonly finding: PageFinding;
  readonly number: number;
  readonly chosen: boolean;
}

function Card({ model, finding, number, chosen }: CardProps) {
  const { kind, status, cause, title, cases, example, runner, worstRatio, harnessError } = finding;
  const columns = model.runners[runner];
  const id = model.idOf(example);
  const worst = numberOf(worstRatio);
  return (
    <article id={`finding-${String(number)}`} class={`card finding ${kind}${chosen ? ' chosen' : ''}`} aria-labelledby={`title-${String(number)}`}>
      <p class="head">
        {harnessError !== null && <span class="chip bad">{harnessError}</span>}{kind === 'known' && <Chip status="known" />}<Chip status={status} />
        <strong>{columns?.label}</strong>
        <a href={hrefOf('cases', filterQuery({ ...noFilter, finding: number }))}>{formatCount(cases.length)} {cases.length === 1 ? 'case' : 'cases'}</a>
        {worst > 0 && <span class="soft">at worst {ratioText(worst)} × the bound</span>}
      </p>
      <h3 id={`title-${String(number)}`}>{title ?? cause}</h3>
      <Facts rows facts={factsOf(model, finding)} />
      <Evidence evidence={finding.evidence} />
      {columns !== undefined && <Command label="command that asks the example again" text={rerunCommand(headerOf(model), runnerOf(columns), id)} />}
    </article>
  );
}

function factsOf(model: Model, { cause, candidates, rule, translation, reasons, example }: PageFinding): readonly Fact[] {
  return [
    ['Cause', <><code>{cause}</code>{candidates.length > 0 && <>: one of {candidates.join(', ')}</>}</>],
    ['Rule', rule === '' ? null : `${rule} ${model.data.rules.find(({ id }) => id === rule)?.title ?? ''}`],
    ['To reconcile', translation],
    ['Reason', reasons.length === 0 ? null : <>{reasons.map((reason) => <Linked key={reason} text={reason} />)}</>],
    ['Smallest example', <CaseLink id={model.idOf(example)} />],
  ];
}
