import type { Model } from '../data/model.ts';
import { configurationOf, spell } from '../data/spelling.ts';
import { CaseId } from '../parts/case-id.tsx';
import { Command } from '../parts/copy.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { hrefOf } from '../route.ts';
import { Deviations } from './case-deviations.tsx';
import { Charts } from './case-charts.tsx';
import { Values } from './case-values.tsx';
import { Verdicts } from './case-verdicts.tsx';

export interface CaseProps {
  readonly model: Model;
  readonly index: number;
}

export function Case({ model, query }: { readonly model: Model; readonly query: URLSearchParams }) {
  const id = query.get('id') ?? '';
  const index = model.indexOf(id);
  if (index < 0) return <><h1>Case</h1><p>This run planned no case <CaseId id={id} />.</p><p><a href={hrefOf('cases')}>All cases</a></p></>;
  const detail = model.details().get(index);
  return (
    <>
      <p class="crumbs"><a href={hrefOf('cases')}>Cases</a></p>
      <h1 class="case-title"><CaseId id={id} /></h1>
      <Verdicts model={model} index={index} />
      <Deviations model={model} index={index} />
      {detail !== undefined && <Charts model={model} detail={detail} />}
      <Configuration model={model} index={index} />
      <Program model={model} index={index} />
      {detail === undefined
        ? <p class="note">The page keeps the values of deviating cases and of one case per behaviour. <code>show</code> prints those of any case:</p>
        : <Values model={model} detail={detail} />}
      <Commands model={model} id={id} />
      <Rules model={model} index={index} />
    </>
  );
}

function Configuration({ model, index }: CaseProps) {
  const dialects = model.runners.flatMap(({ label, page: { dialect } }) => (dialect === null ? [] : [{ label, dialect }]));
  return (
    <section aria-labelledby="configuration">
      <h2 id="configuration">Configuration</h2>
      <ScrollBox label="Configuration">
        <table class="configuration">
          <caption>Canonical: momentum is the weight of the new batch.</caption>
          <thead><tr><th scope="col">Parameter</th><th scope="col">Canonical</th>{dialects.map(({ label }) => <th key={label} scope="col">{label}</th>)}</tr></thead>
          <tbody>{configurationOf(model, index).map(([name, value]) => (
            <tr key={name}><th scope="row">{name}</th><td><code>{value}</code></td>{dialects.map(({ label, dialect }) => <td key={label}><code>{spell(dialect, name, value) ?? ''}</code></td>)}</tr>
          ))}</tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

const stepNames: Readonly<Record<string, string>> = {
  train: 'forward in train mode', eval: 'forward in eval mode', fresh: 'forward in the mode that the constructor left', backward: 'backward of the last forward', reload: 'saved, and loaded into a new layer',
};

function Program({ model, index }: CaseProps) {
  const words = model.valueOf('program', index).split('-').filter((word) => word !== '');
  const steps = model.details().get(index)?.program ?? words.map((word) => stepNames[word] ?? word);
  if (steps.length === 0) return null;
  return <section aria-labelledby="program"><h2 id="program">Program</h2><ol class="program" start={0}>{steps.map((step, i) => <li key={i}>{step}</li>)}</ol></section>;
}

function Commands({ model, id }: { readonly model: Model; readonly id: string }) {
  const { suite, seed } = model.data.header;
  const quoted = `'${id.replaceAll("'", String.raw`'\''`)}'`;
  const runners = model.runners.map(({ key }) => `--runner ${key}`).join(' ');
  return (
    <section aria-labelledby="reproduce">
      <h2 id="reproduce">Reproduce</h2>
      <Command label="command that writes a stand-alone script" text={`npm run cli -- reproduce ${quoted} ${runners} --suite ${suite} --seed ${String(seed)}`} />
      <Command label="command that prints every value" text={`npm run cli -- show ${quoted} --suite ${suite} --seed ${String(seed)}`} />
    </section>
  );
}

function Rules({ model: { data, runners, outcomeOf, text }, index }: CaseProps) {
  const reported = new Set(runners.flatMap((runner) => { const outcome = outcomeOf(runner, index); return outcome === null ? [] : [text(outcome.rule)]; }));
  const cited = data.ruleSets[data.ruleSetOf[index] ?? -1] ?? [];
  const rules = data.rules.filter(({ id }, i) => reported.has(id) || cited.includes(i)).sort((a, b) => Number(reported.has(b.id)) - Number(reported.has(a.id)));
  if (rules.length === 0) return null;
  return (
    <section aria-labelledby="rules">
      <h2 id="rules">Rules</h2>
      {rules.map(({ id, level, title, formula, sources }) => (
        <details key={id} class="rule" open={reported.has(id)}>
          <summary><strong>{id}</strong> {title} <span class="soft">{level}</span></summary>
          <p class="formula">{formula}</p><ul class="sources">{sources.map((source) => <li key={source}>{source}</li>)}</ul>
        </details>
      ))}
    </section>
  );
}
