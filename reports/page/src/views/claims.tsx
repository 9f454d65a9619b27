import type { PageClaim } from '../../../../src/reports/page-data.ts';
import type { Model } from '../data/model.ts';
import { CaseId, CaseLink } from '../parts/case-id.tsx';
import { Linked } from '../parts/linked.tsx';

export function Claims({ model }: { readonly model: Model }) {
  const { claims } = model.data;
  if (claims === null) {
    return <><h1>Claims</h1><p class="empty">This page was made without claims. <code>bn-conformance claims</code> says which statements of the documentation hold for a framework, and which case shows it.</p></>;
  }
  const documents = [...new Set(claims.map(({ document: title }) => title))];
  return (
    <>
      <h1>Claims</h1>
      <p class="lead">Statements of documents, each settled by what the frameworks did.</p>
      {documents.map((title, i) => (
        <section key={title} aria-labelledby={`document-${String(i)}`}>
          <h2 id={`document-${String(i)}`}>{title}</h2>
          {claims.filter((claim) => claim.document === title).map((claim) => <Card key={claim.id} model={model} claim={claim} />)}
        </section>
      ))}
    </>
  );
}

const tones: readonly (readonly [word: RegExp, tone: string])[] = [[/not testable/, 'quiet'], [/condition/, 'warn'], [/not/, 'bad'], [/holds/, 'good']];

function Card({ model, claim: { id, statement, place, verdicts } }: { readonly model: Model; readonly claim: PageClaim }) {
  return (
    <article class="card">
      <h3>{statement}</h3>
      <p class="soft">{id} · {place}</p>
      <ul class="verdicts">{verdicts.map(({ runner, verdict, why, example }) => (
        <li key={runner}>
          <span class={`chip ${tones.find(([word]) => word.test(verdict))?.[1] ?? 'quiet'}`}>{verdict}</span><strong>{runner}</strong><Linked text={why} />
          {example !== null && (model.indexOf(example) < 0 ? <CaseId id={example} /> : <CaseLink id={example} />)}
        </li>
      ))}</ul>
    </article>
  );
}
