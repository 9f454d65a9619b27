import { useMemo } from 'preact/hooks';
import { formatCount } from '../../../../src/reports/numbers.ts';
import { filterQuery, noFilter } from '../data/filter.ts';
import { type Axis, type Model, notAsked } from '../data/model.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { hrefOf } from '../route.ts';
import { isSilent } from '../data/status.ts';

export function Coverage({ model }: { readonly model: Model }) {
  return (
    <>
      <h1>Coverage</h1>
      <p class="lead">What was asked and answered, and what was left out on purpose.</p>
      <section aria-labelledby="axes"><h2 id="axes">Axis values</h2><p class="soft">Cases of the plan with each value; in brackets how many some runner answered.</p>
        <div class="axis-list">{model.axes.map((axis) => <AxisCard key={axis.name} model={model} axis={axis} />)}</div>
      </section>
      <Excluded model={model} />
      <Unsupported model={model} />
    </>
  );
}

function AxisCard({ model, axis: { name, values, of } }: { readonly model: Model; readonly axis: Axis }) {
  const counts = useMemo(() => {
    const all = values.map(() => ({ cases: 0, answered: 0 }));
    for (let index = 0; index < of.length; index++) {
      const entry = all[of[index]!];
      if (entry === undefined) continue;
      entry.cases += 1;
      if (model.runners.some(({ status }) => status[index] !== notAsked && !isSilent[status[index]!]!)) entry.answered += 1;
    }
    return all;
  }, [model, name]);
  return (
    <article class="card axis">
      <h3>{name}</h3>
      <ul>{values.map((value, i) => (
        <li key={value}>
          <a href={hrefOf('cases', filterQuery({ ...noFilter, axes: { [name]: [value] } }))}>{value}</a>
          {name === 'behaviour' && <span class="soft">{model.data.coverage.behaviours[value] ?? ''}</span>}
          <span class="number">{formatCount(counts[i]?.cases ?? 0)} <span class="soft">({formatCount(counts[i]?.answered ?? 0)})</span></span>
        </li>
      ))}</ul>
    </article>
  );
}

function Excluded({ model: { data: { coverage: { excluded }, header } } }: { readonly model: Model }) {
  return (
    <section aria-labelledby="excluded">
      <h2 id="excluded">Combinations left out</h2>
      {excluded === null ? <p>The tool that wrote this page plans suite {header.suite} otherwise, or does not know it: the suite’s own file says what it leaves out.</p> : (
        <ScrollBox label="Combinations left out">
          <table>
            <caption>Cells of the full product that the suite removes, and the rule by which they would say nothing.</caption>
            <thead><tr><th scope="col">Behaviour</th><th scope="col">Combination</th><th scope="col">Rule</th><th scope="col">Why</th><th scope="col" class="number">Cells</th></tr></thead>
            <tbody>{excluded.map(({ behaviour, combination, rule, why, cells }, i) => <tr key={i}><th scope="row">{behaviour}</th><td>{combination}</td><td class="rule-id">{rule}</td><td>{why}</td><td class="number">{formatCount(cells)}</td></tr>)}</tbody>
          </table>
        </ScrollBox>
      )}
    </section>
  );
}

/** Reasons why a framework was not judged, most cases first. */
function Unsupported({ model }: { readonly model: Model }) {
  const rows = useMemo(() => model.runners.flatMap((runner) => {
    const counts = new Map<string, number>();
    for (let index = 0; index < model.count; index++) {
      const outcome = model.outcomeOf(runner, index);
      if (outcome?.found !== 'unsupported') continue;
      const reason = model.text(outcome.reason);
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return [...counts].map(([reason, count]) => ({ label: runner.label, reason, count })).sort((a, b) => b.count - a.count);
  }), [model]);
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="unsupported">
      <h2 id="unsupported">Unsupported</h2>
      <ScrollBox label="Unsupported">
        <table>
          <caption>What a framework does not offer, with the words of its documentation or of its refusal.</caption>
          <thead><tr><th scope="col">Runner</th><th scope="col">Reason</th><th scope="col" class="number">Cases</th></tr></thead>
          <tbody>{rows.map(({ label, reason, count }, i) => <tr key={i}><th scope="row" class="runner">{label}</th><td class="reason">{reason}</td><td class="number">{formatCount(count)}</td></tr>)}</tbody>
        </table>
      </ScrollBox>
    </section>
  );
}
