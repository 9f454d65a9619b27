import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Model } from './data/model.ts';
import { hrefOf, type Route, useRoute, type View, views } from './route.ts';
import { Accuracy } from './views/accuracy.tsx';
import { Case } from './views/case.tsx';
import { Cases } from './views/cases.tsx';
import { Claims } from './views/claims.tsx';
import { Compare } from './views/compare.tsx';
import { Coverage } from './views/coverage.tsx';
import { Findings } from './views/findings.tsx';
import { Matrix } from './views/matrix.tsx';
import { Overview } from './views/overview.tsx';
import { Power } from './views/power.tsx';

const titles: Readonly<Record<View, string>> = {
  overview: 'Overview', findings: 'Findings', matrix: 'Matrix', cases: 'Cases', case: 'Case', accuracy: 'Accuracy', coverage: 'Coverage', compare: 'Compare', power: 'Power', claims: 'Claims',
};

export function App({ model }: { readonly model: Model }) {
  const route = useRoute();
  const main = useFocusOnChange(route);
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>Skip to the results</a>
      <Sidebar model={model} view={route.view} />
      <main id="main" ref={main} tabIndex={-1}><Shown model={model} route={route} /></main>
      <Colophon model={model} />
    </div>
  );
}

/** A new view takes the focus, so that a keyboard and a screen reader go on there; the first one leaves it alone. */
function useFocusOnChange({ view, query }: Route) {
  const main = useRef<HTMLElement>(null);
  const place = `${view} ${query.get('id') ?? ''}`;
  const shown = useRef(place);
  useEffect(() => {
    document.title = `${titles[view]} – bn-conformance`;
    if (shown.current === place) return;
    shown.current = place;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place]);
  return main;
}

function Shown({ model, route: { view, query } }: { readonly model: Model; readonly route: Route }) {
  switch (view) {
    case 'overview': return <Overview model={model} />;
    case 'findings': return <Findings model={model} query={query} />;
    case 'matrix': return <Matrix model={model} query={query} />;
    case 'cases': return <Cases model={model} query={query} />;
    case 'case': return <Case model={model} query={query} />;
    case 'accuracy': return <Accuracy model={model} query={query} />;
    case 'coverage': return <Coverage model={model} />;
    case 'compare': return <Compare model={model} />;
    case 'power': return <Power model={model} />;
    case 'claims': return <Claims model={model} />;
  }
}

function Sidebar({ model: { data }, view }: { readonly model: Model; readonly view: View }) {
  const open = useMemo(() => data.findings.filter(({ kind }) => kind === 'open').length, [data]);
  const active = view === 'case' ? 'cases' : view;
  return (
    <header class="sidebar">
      <p class="brand"><a href={hrefOf('overview')}>bn-conformance</a></p>
      <p class={`gate-mark ${data.gate}`}>Gate {data.gate === 'pass' ? 'passed' : 'failed'}</p>
      <nav aria-label="Views">
        <ul>{views.map((each) => (
          <li key={each}>
            <a href={hrefOf(each)} aria-current={each === active ? 'page' : undefined}>{titles[each]}{each === 'findings' && open > 0 && <span class="badge">{open}</span>}</a>
          </li>
        ))}</ul>
      </nav>
      <p class="suite">Suite {data.header.suite}<br />{data.header.startedAt.slice(0, 10)}</p>
    </header>
  );
}

const files = ['summary.json', 'results.csv', 'discrepancies.csv', 'junit.xml', 'run.ndjson'] as const;

function Colophon({ model: { data: { header } } }: { readonly model: Model }) {
  return (
    <footer class="colophon">
      <p>Written by {header.tool.name} {header.tool.version} from run.ndjson. Beside this page: {files.map((name, i) => <>{i > 0 && ', '}<a key={name} href={name}>{name}</a></>)}.</p>
    </footer>
  );
}
