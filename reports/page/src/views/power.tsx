import { formatCount } from '../../../../src/reports/numbers.ts';
import type { Model } from '../data/model.ts';
import { CaseId } from '../parts/case-id.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';

export function Power({ model: { data: { power } } }: { readonly model: Model }) {
  if (power === null) {
    return <><h1>Power</h1><p class="empty">This page was made without a score. <code>bn-conformance score</code> asks the suite of every faulty and every honest miniature, and says what the harness catches.</p></>;
  }
  const { suite, cases, figures, faults, honest } = power;
  return (
    <>
      <h1>Power</h1>
      <p class="lead">{formatCount(cases)} cases of suite {suite} against {formatCount(faults.length)} faults and {formatCount(honest.length)} honest implementations.</p>
      <section aria-labelledby="figures"><h2 id="figures">Figures</h2>
        <ScrollBox label="Figures">
          <table>
            <thead><tr><th scope="col">Figure</th><th scope="col" class="number">Value</th><th scope="col" class="number">Target</th><th scope="col">Met</th></tr></thead>
            <tbody>{figures.map(({ name, value, target, met }) => <tr key={name}><th scope="row">{name}</th><td class="number">{formatCount(value)}</td><td class="number">{target}</td><td><span class={`chip ${met ? 'good' : 'bad'}`}>{met ? 'met' : 'missed'}</span></td></tr>)}</tbody>
          </table>
        </ScrollBox>
      </section>
      <section aria-labelledby="faults"><h2 id="faults">Faults</h2>
        <ScrollBox label="Faults">
          <table>
            <thead><tr><th scope="col">Fault</th><th scope="col">Breaks</th><th scope="col">First finding</th><th scope="col" class="number">Killing cases</th><th scope="col">Smallest</th></tr></thead>
            <tbody>{faults.map(({ name, breaks, rule, cause, killers, smallest }) => (
              <tr key={name}><th scope="row">{name}</th><td class="rule-id">{breaks}</td><td>{rule === null ? 'nothing' : `${rule} ${cause ?? ''}`}</td><td class="number">{formatCount(killers)}</td><td>{smallest !== null && <CaseId id={smallest} />}</td></tr>
            ))}</tbody>
          </table>
        </ScrollBox>
      </section>
      <section aria-labelledby="honest"><h2 id="honest">Honest implementations</h2>
        <ScrollBox label="Honest implementations">
          <table>
            <thead><tr><th scope="col">Implementation</th><th scope="col" class="number">Cases</th><th scope="col" class="number">Inaccurate</th><th scope="col" class="number">False alarms</th></tr></thead>
            <tbody>{honest.map(({ name, planned, inaccurate, falseAlarms }) => <tr key={name}><th scope="row">{name}</th><td class="number">{formatCount(planned)}</td><td class="number">{formatCount(inaccurate)}</td><td class="number">{formatCount(falseAlarms)}</td></tr>)}</tbody>
          </table>
        </ScrollBox>
      </section>
    </>
  );
}
