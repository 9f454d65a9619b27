import type { PageChange, PageSide } from '../../../../src/reports/page-data.ts';
import { formatCount } from '../../../../src/reports/numbers.ts';
import type { Model } from '../data/model.ts';
import { CaseId, CaseLink } from '../parts/case-id.tsx';
import { Chip } from '../parts/chip.tsx';
import { numberOf, ratioText } from '../parts/number-text.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';

const titles: Readonly<Record<string, string>> = {
  regression: 'Regressions: passed, and fail now', 'changed-cause': 'Another cause or rule', 'newly-unsupported': 'Newly unsupported', 'changed-status': 'Another status',
  moved: 'Error grew by more than a quarter of the bound', gone: 'Gone', fix: 'Fixes: deviated, and conform now', 'newly-supported': 'Newly supported', new: 'New',
};

/** Rows of one kind that are shown; the rest is counted. */
const mostRows = 100;

export function Compare({ model }: { readonly model: Model }) {
  const { comparison } = model.data;
  if (comparison === null) {
    return <><h1>Compare</h1><p class="empty">This page was made of one run. <code>bn-conformance run --baseline EARLIER</code> compares it with an earlier one; <code>bn-conformance diff EARLIER LATER</code> compares two that are over.</p></>;
  }
  const { before, notes, runners } = comparison;
  return (
    <>
      <h1>Compare</h1>
      <p class="lead">Against the run of {before.startedAt.slice(0, 10)}, suite {before.suite}, judged by version {before.version}.</p>
      {notes.length > 0 && <ul class="note">{notes.map((note) => <li key={note}>{note}</li>)}</ul>}
      {runners.map(({ before: was, after, compared, changes }) => (
        <section key={after} aria-labelledby={`compare-${after}`}>
          <h2 id={`compare-${after}`}>{was === after ? after : `${was} → ${after}`}</h2>
          <p>{formatCount(compared)} cases in both runs, {formatCount(changes.length)} changed.</p>
          {Object.keys(titles).map((kind) => <Kind key={kind} model={model} kind={kind} changes={changes.filter((change) => change.kind === kind)} />)}
        </section>
      ))}
    </>
  );
}

function Kind({ model, kind, changes }: { readonly model: Model; readonly kind: string; readonly changes: readonly PageChange[] }) {
  if (changes.length === 0) return null;
  const title = `${titles[kind] ?? kind} (${formatCount(changes.length)})`;
  return (
    <ScrollBox label={title}>
      <table>
        <caption><strong>{title}</strong>{changes.length > mostRows && `, the first ${String(mostRows)}`}</caption>
        <thead><tr><th scope="col">Case</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
        <tbody>{changes.slice(0, mostRows).map(({ id, before, after }) => (
          <tr key={id}><th scope="row">{model.indexOf(id) < 0 ? <CaseId id={id} /> : <CaseLink id={id} />}</th><td><Side side={before} /></td><td><Side side={after} /></td></tr>
        ))}</tbody>
      </table>
    </ScrollBox>
  );
}

function Side({ side }: { readonly side: PageSide | null }) {
  if (side === null) return <span class="soft">absent</span>;
  return <><Chip status={side.status} /> {side.ratio !== null && <span class="soft number">{ratioText(numberOf(side.ratio))}</span>} {side.cause !== null && <span class="soft">{side.cause}</span>}</>;
}
