import { useMemo } from 'preact/hooks';
import { formatCount } from '../../../../src/reports/numbers.ts';
import { binNames, classesOf, firstOutside, gradedObservables, type Spread, spreadOf } from '../data/histogram.ts';
import type { Model } from '../data/model.ts';
import { CaseLink } from '../parts/case-id.tsx';
import { ratioText } from '../parts/number-text.ts';
import { Plot, type PlotProps } from '../parts/plot.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { Select } from '../parts/select.tsx';
import { go, hrefOf } from '../route.ts';

const axes = ['dtype', 'layout', 'route'] as const;

export function Accuracy({ model, query }: { readonly model: Model; readonly query: URLSearchParams }) {
  const chosen = axes.map((name) => query.get(name) ?? '');
  const key = chosen.join(' ');
  const rows = useMemo(() => spreads(model, chosen), [model, key]);
  const turn = (name: string, value: string): void => {
    const pairs = axes.map((axis, i): readonly [string, string] => [axis, axis === name ? value : chosen[i] ?? '']);
    go(hrefOf('accuracy', Object.fromEntries(pairs.filter(([, each]) => each !== ''))));
  };
  return (
    <>
      <h1>Accuracy</h1>
      <p class="lead">How close every result comes to its derived bound. Class A is what a stable algorithm may err, class B what a naive one may; 1 is the bound itself.</p>
      <form class="controls" onSubmit={(event) => event.preventDefault()}>
        {axes.map((name, i) => <Select key={name} label={name} value={chosen[i] ?? ''} options={[['', 'any'], ...(model.axisNamed(name)?.values ?? [])]} onChange={(value) => turn(name, value)} />)}
      </form>
      <Histograms model={model} rows={rows} />
      <Largest model={model} rows={rows} />
      <Classes model={model} />
    </>
  );
}

interface Row {
  readonly observable: string;
  readonly spreads: readonly Spread[];
}

function spreads(model: Model, chosen: readonly string[]): readonly Row[] {
  const tests = axes.flatMap((name, i) => {
    const axis = model.axisNamed(name);
    const value = axis?.values.indexOf(chosen[i] ?? '') ?? -1;
    return chosen[i] === '' || axis === undefined ? [] : [(index: number) => axis.of[index] === value];
  });
  const includes = (index: number): boolean => tests.every((test) => test(index));
  return gradedObservables(model).map((observable) => ({ observable, spreads: model.runners.map((runner) => spreadOf(runner, observable, includes)) }));
}

function Histograms({ model, rows }: { readonly model: Model; readonly rows: readonly Row[] }) {
  const plots = useMemo(() => rows.flatMap((row) => histogramsOf(model, row)), [rows]);
  return (
    <section aria-labelledby="histograms">
      <h2 id="histograms">Distribution</h2>
      {plots.length === 0 && <p>Nothing was graded here.</p>}
      <div class="plots">{plots.map((plot) => <Plot key={plot.label} {...plot} />)}</div>
    </section>
  );
}

/** Beside each other two bars can still be told apart. */
const runnersPerChart = 2;

/** As many charts as the runners need that were graded on the observable here. */
function histogramsOf({ runners }: Model, { observable, spreads: own }: Row): readonly PlotProps[] {
  const graded = runners.flatMap(({ label }, i) => ((own[i]?.graded ?? 0) === 0 ? [] : [{ label, color: 1 + (i % 5), values: own[i]?.counts ?? [] }]));
  return Array.from({ length: Math.ceil(graded.length / runnersPerChart) }, (_, chart): PlotProps => {
    const series = graded.slice(chart * runnersPerChart, (chart + 1) * runnersPerChart);
    const whose = graded.length > runnersPerChart ? ` (${series.map(({ label }) => label).join(', ')})` : '';
    return { label: `${observable}: results by largest error ÷ class A bound${whose}`, kind: 'bars', log: true, names: binNames, border: firstOutside, height: 180, series };
  });
}

function Largest({ model, rows }: { readonly model: Model; readonly rows: readonly Row[] }) {
  return (
    <section aria-labelledby="largest">
      <h2 id="largest">Largest error</h2>
      <ScrollBox label="Largest error">
        <table>
          <caption>The largest error ÷ class A bound that was seen, and the case that shows it. Elements are those of the whole run.</caption>
          <thead><tr><th scope="col">Observable</th><th scope="col">Runner</th><th scope="col" class="number">Results</th><th scope="col" class="number">Largest</th><th scope="col">Witness</th><th scope="col" class="number">Elements graded</th><th scope="col" class="number">Ungradable</th></tr></thead>
          <tbody>{rows.flatMap(({ observable, spreads: own }) => own.map(({ graded, largest, witness }, i) => (graded === 0 ? null : (
            <tr key={`${observable} ${String(i)}`}>
              <th scope="row"><code>{observable}</code></th><td class="runner">{model.runners[i]?.label}</td><td class="number">{formatCount(graded)}</td>
              <td class={`number${largest > 1 ? ' outside' : ''}`}>{ratioText(largest)}</td><td class="witness"><CaseLink id={model.idOf(witness)} /></td>
              {(model.runners[i]?.page.grading[observable] ?? [0, 0]).map((elements, each) => <td key={each} class="number">{formatCount(elements)}</td>)}
            </tr>
          ))))}</tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

function Classes({ model }: { readonly model: Model }) {
  const rows = useMemo(() => model.runners.flatMap((runner) => classesOf(model, runner).map((row) => ({ label: runner.label, ...row }))), [model]);
  return (
    <section aria-labelledby="classes">
      <h2 id="classes">Accuracy class</h2>
      <ScrollBox label="Accuracy class">
        <table>
          <caption>Cases per framework and path by the class that they reach; the class of a path is that of its worst case.</caption>
          <thead><tr><th scope="col">Runner</th><th scope="col">Path</th><th scope="col">Class</th><th scope="col" class="number">Stable (A)</th><th scope="col" class="number">Naive (B)</th><th scope="col" class="number">Outside both</th></tr></thead>
          <tbody>{rows.map(({ label, path, counts }) => (
            <tr key={`${label} ${path}`}>
              <th scope="row" class="runner">{label}</th><td>{path}</td><td>{counts.outside > 0 ? 'outside' : counts.B > 0 ? 'B' : 'A'}</td>
              <td class="number">{formatCount(counts.A)}</td><td class="number">{formatCount(counts.B)}</td><td class="number">{formatCount(counts.outside)}</td>
            </tr>
          ))}</tbody>
        </table>
      </ScrollBox>
    </section>
  );
}
