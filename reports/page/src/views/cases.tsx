import { useMemo } from 'preact/hooks';
import { statuses } from '../../../../src/diff/verdict.ts';
import { formatCount } from '../../../../src/reports/numbers.ts';
import { filterQuery, findCases, type Filter, parseFilter } from '../data/filter.ts';
import { type Model, notAsked, type RunnerColumns } from '../data/model.ts';
import { CaseId } from '../parts/case-id.tsx';
import { Chip } from '../parts/chip.tsx';
import { ratioText } from '../parts/number-text.ts';
import { useRoving } from '../parts/roving.ts';
import { go, hrefOf } from '../route.ts';
import { Filters } from './filters.tsx';

const pageSize = 50;

export function Cases({ model, query }: { readonly model: Model; readonly query: URLSearchParams }) {
  const filter = useMemo(() => parseFilter(query), [query]);
  const found = useMemo(() => findCases(model, filter), [model, filter]);
  const pages = Math.max(1, Math.ceil(found.cases.length / pageSize));
  const page = Math.min(pages, Math.max(1, Number(query.get('page')) || 1));
  return (
    <>
      <h1>Cases</h1>
      <Filters model={model} filter={filter} />
      <p class="found" role="status">{formatCount(found.cases.length)} of {formatCount(model.count)} cases, {formatCount(found.results)} results</p>
      <List model={model} filter={filter} cases={found.cases.slice((page - 1) * pageSize, page * pageSize)} />
      {pages > 1 && <Pages filter={filter} page={page} pages={pages} />}
    </>
  );
}

function List({ model, filter, cases }: { readonly model: Model; readonly filter: Filter; readonly cases: readonly number[] }) {
  const roving = useRoving<HTMLUListElement>();
  const runners = model.runners.filter(({ key }) => filter.runner.length === 0 || filter.runner.includes(key));
  if (cases.length === 0) return <p class="empty">No case fits. <a href={hrefOf('cases')}>Show all cases</a></p>;
  return (
    <ul class="case-list" ref={roving.ref} onKeyDown={roving.onKeyDown} aria-label="Cases; arrow keys go from case to case">
      {cases.map((index, row) => (
        <li key={index}>
          <a href={hrefOf('case', { id: model.idOf(index) })} data-row={row} data-column={0}><CaseId id={model.idOf(index)} /></a>
          <ul class="results">{runners.filter(({ status }) => status[index] !== notAsked).map((runner) => <li key={runner.key}><Result model={model} runner={runner} index={index} /></li>)}</ul>
        </li>
      ))}
    </ul>
  );
}

function Result({ model, runner, index }: { readonly model: Model; readonly runner: RunnerColumns; readonly index: number }) {
  const outcome = model.outcomeOf(runner, index);
  const status = statuses[runner.status[index]!];
  const cause = outcome === null ? '' : model.text(outcome.cause);
  return (
    <>
      <span class="runner">{runner.label}</span>
      {status !== undefined && <Chip status={status} />}
      {runner.worst()[index]! >= 0 && <span class="soft number" title="largest error ÷ class A bound">{ratioText(runner.worst()[index]!)}</span>}
      {cause !== '' && <span class="soft">{cause}</span>}
    </>
  );
}

function Pages({ filter, page, pages }: { readonly filter: Filter; readonly page: number; readonly pages: number }) {
  const to = (number: number): string => { const query = filterQuery(filter); query.set('page', String(number)); return hrefOf('cases', query); };
  return (
    <nav class="pages" aria-label="Pages of cases">
      <button type="button" class="quiet-button" disabled={page === 1} onClick={() => go(to(page - 1))}>Previous</button>
      <span>Page {formatCount(page)} of {formatCount(pages)}</span>
      <button type="button" class="quiet-button" disabled={page === pages} onClick={() => go(to(page + 1))}>Next</button>
    </nav>
  );
}
